use super::*;
use crate::fixed::NANO;

fn symbols(names: &[&str]) -> Vec<Symbol> {
    let symbol = |name: &&str| Symbol {
        name: (*name).to_owned(),
        price: NANO,
        quantity: NANO,
        decimals: None,
    };
    names.iter().map(symbol).collect()
}

#[test]
fn v1_requests_are_those_of_the_documentation() {
    let streams = Streams::of(Dialect::V1, symbols(&["XBT/USD", "XBT/EUR"]), 10).unwrap();
    let expected = [
        r#"{"event":"subscribe","pair":["XBT/USD","XBT/EUR"],"subscription":{"name":"trade"}}"#,
        r#"{"event":"subscribe","pair":["XBT/USD","XBT/EUR"],"subscription":{"name":"spread"}}"#,
        r#"{"event":"subscribe","pair":["XBT/USD","XBT/EUR"],"subscription":{"name":"book","depth":10}}"#,
    ];
    assert_eq!(streams.subscribe(), expected);
    assert!(streams.resubscribe_book(0)[0].starts_with(r#"{"event":"unsubscribe","pair":"#));
    assert_eq!(ping(Dialect::V1, 42), r#"{"event":"ping","reqid":42}"#);
}

#[test]
fn v2_requests_are_those_of_the_documentation() {
    let streams = Streams::of(Dialect::V2, symbols(&["BTC/USD"]), 100).unwrap();
    let expected = [
        r#"{"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"],"snapshot":true}}"#,
        r#"{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD"],"event_trigger":"bbo"}}"#,
        r#"{"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":100}}"#,
    ];
    assert_eq!(streams.subscribe(), expected);
    assert_eq!(ping(Dialect::V2, 101), r#"{"method":"ping","req_id":101}"#);
}

#[test]
fn many_symbols_are_several_requests() {
    let names: Vec<String> = (0..SYMBOLS_PER_REQUEST_MAX + 1)
        .map(|index| format!("A{index}/USD"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let streams = Streams::of(Dialect::V2, symbols(&names), 10).unwrap();
    assert_eq!(streams.subscribe().len(), 6);
    assert!(streams.subscribe()[5].contains(r#"["A100/USD"]"#));
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    let depth = Streams::of(Dialect::V1, symbols(&["XBT/USD"]), 11).unwrap_err();
    assert_eq!(
        depth.to_string(),
        "depth 11 is none of Kraken's; choose 10, 25, 100, 500 or 1000"
    );
    let twice = Streams::of(Dialect::V1, symbols(&["XBT/USD", "XBT/USD"]), 10).unwrap_err();
    assert_eq!(
        twice,
        StreamsError::Twice {
            symbol: "XBT/USD".to_owned()
        }
    );
}

#[test]
fn channels_are_those_asked_for() {
    let v1 = Streams::of(Dialect::V1, symbols(&["XBT/USD"]), 25).unwrap();
    let found = ["trade", "spread", "ticker", "book-25", "book-10", "book", "ohlc-1", ""].map(|name| v1.channel(name));
    let expected = [Channel::Trades, Channel::Spread, Channel::Ticker, Channel::Book].map(Some);
    assert_eq!(found[..4], expected);
    assert_eq!(found[4..], [None; 4]);
}
