//! Clients that read get everything they asked for, in order, exactly; however many they are.

mod common;

use common::{Client, Market, Message, start, websocket_only};
use contracts::{Record, SchemaIds, decode};

/// More than the test makes: nothing can be too slow.
const ROOM: usize = 256 << 20;

#[test]
fn in_order_and_exactly_in_both_forms() {
    let broadcast = start(&websocket_only(ROOM));
    let address = broadcast.websocket().unwrap();
    let mut json = Client::open(address, "");
    let mut avro = Client::open(address, "format=avro");
    let mut chosen = Client::open(address, "instruments=ETH-USDT,SOL-USDT&kinds=Trade&venues=binance");
    let mut market = Market::default();
    for round in 0..20 {
        market.batch.clear();
        market.some(&["BTC-USDT", "ETH-USDT"], 100);
        broadcast.publish(market.batch.iter(), 1_000 + round);
        let mut trades = 0;
        for entry in market.batch.iter() {
            assert_eq!(avro.message(), Message::Binary(entry.value.to_vec()));
            let text = json.message().json();
            assert_eq!(text["send_ns"], 1_000 + round);
            let record = &text["record"];
            let ids = SchemaIds::embedded();
            match decode(&ids, entry.value).unwrap() {
                Record::Trade(trade) => {
                    assert_eq!(
                        (&text["kind"], &record["instrument"]),
                        (&"Trade".into(), &trade.instrument.into())
                    );
                    assert_eq!(record["price"].as_i64(), Some(trade.price));
                    assert_eq!(record["trade_id"].as_i64(), Some(trade.trade_id));
                    if trade.instrument == "ETH-USDT" {
                        assert_eq!(chosen.message().json(), text, "the same message for all");
                        trades += 1;
                    }
                }
                Record::Quote(quote) => {
                    assert_eq!(
                        (&text["kind"], &record["instrument"]),
                        (&"Quote".into(), &quote.instrument.into())
                    );
                    assert_eq!(record["update_id"].as_i64(), Some(quote.update_id));
                    assert!(record["event_ns"].is_null());
                }
                other => panic!("{other:?} was not made"),
            }
        }
        assert_eq!(trades, 34);
    }
}

#[test]
fn numbers_count_each_stream_for_itself() {
    let broadcast = start(&websocket_only(ROOM));
    let mut market = Market::default();
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 1);
    let mut late = Client::open(broadcast.websocket().unwrap(), "");
    market.batch.clear();
    market.trade("BTC-USDT");
    market.quote("BTC-USDT");
    market.trade("ETH-USDT");
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 2);
    let numbers: Vec<_> = late
        .messages(4)
        .into_iter()
        .map(|message| message.json()["sequence"].as_u64())
        .collect();
    assert_eq!(
        numbers,
        [Some(1), Some(0), Some(0), Some(2)],
        "counted from before it came"
    );
}

#[test]
fn a_hundred_clients() {
    let broadcast = start(&websocket_only(ROOM));
    let address = broadcast.websocket().unwrap();
    let mut clients: Vec<_> = (0..100).map(|_| Client::open(address, "")).collect();
    let mut market = Market::default();
    market.some(&["BTC-USDT"], 50);
    broadcast.publish(market.batch.iter(), 1);
    let first = clients[0].messages(50);
    for client in &mut clients[1..] {
        assert_eq!(client.messages(50), first);
    }
    drop(broadcast);
    for client in &mut clients {
        assert_eq!(client.message(), Message::Close(1001, "the publisher ends".to_owned()));
    }
}
