//! Each kind of Kraken's messages, field by field. v1's are recorded ones or the documentation's; of v2 there is no
//! recording: its messages are the documentation's examples, written out by hand.

use contracts::Side;
use proptest::prelude::*;
use venues::fixed::{FixedError, Scale};
use venues::kraken::ParseError;
use venues::kraken::dialect::Dialect;
use venues::kraken::envelope::{Message, read};
use venues::kraken::market::{Buffers, OrderType, Symbol, Trade};
use venues::kraken::status::{Answer, Outcome, Status, System};
use venues::kraken::streams::Streams;
use venues::l2_book::{KrakenDecimals, Level};
use venues::scan::ScanError;
use venues::spread::Spread;

const V1_TRADE: &str = r#"[0,[["5541.20000","0.15850568","1534614057.321597","s","l",""],["6060.00000","0.02455000","1534614057.324998","b","m",""]],"trade","XBT/USD"]"#;
const V1_SPREAD: &str =
    r#"[0,["5698.40000","5700.00000","1542057299.545897","1.01234567","0.98765432"],"spread","XBT/USD"]"#;
const V1_TICKER: &str = r#"[0,{"a":["5525.40000",1,"1.000"],"b":["5525.10000",1,"2.000"],"c":["5525.10000","0.00398963"],"v":["2634.11501494","3591.17907851"],"p":["5631.44067","5653.78939"],"t":[11493,16267],"l":["5505.00000","5505.00000"],"h":["5783.00000","5783.00000"],"o":["5760.70000","5763.40000"]},"ticker","XBT/USD"]"#;
const V1_SNAPSHOT: &str = r#"[0,{"as":[["5541.30000","2.50700000","1534614248.123678"],["5541.80000","0.33000000","1534614098.345543"]],"bs":[["5541.20000","1.52900000","1534614248.765567"]]},"book-10","XBT/USD"]"#;
const V1_UPDATE: &str = r#"[1234,{"a":[["5541.30000","2.50700000","1534614248.456738"],["5542.50000","0.40100000","1534614248.456738","r"]]},{"b":[["5541.30000","0.00000000","1534614335.345903"]],"c":"974942666"},"book-10","XBT/USD"]"#;

const V2_TRADE: &str = r#"{"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.5147,"qty":6423.46326,"ord_type":"limit","trade_id":4665846,"timestamp":"2023-09-25T07:48:36.925533Z"},{"symbol":"BTC/USD","side":"buy","price":26000.1,"qty":1e-8,"ord_type":"market","trade_id":7,"timestamp":"2023-09-25T07:49:36.925603Z"}]}"#;
const V2_TICKER: &str = r#"{"channel":"ticker","type":"snapshot","data":[{"symbol":"MATIC/USD","bid":0.10025,"bid_qty":740.0,"ask":0.10036,"ask_qty":1361.44813783,"last":0.10035,"volume":997038.98383185,"vwap":0.10148,"low":0.09979,"high":0.10285,"change":-0.00017,"change_pct":-0.17}]}"#;
const V2_SNAPSHOT: &str = r#"{"channel":"book","type":"snapshot","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5666,"qty":4831.75496356},{"price":0.5665,"qty":6658.22734739}],"asks":[{"price":0.5668,"qty":4410.79769741}],"checksum":2439117997}]}"#;
const V2_UPDATE: &str = r#"{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.3947558}],"asks":[],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}"#;
const V2_STATUS: &str = r#"{"channel":"status","type":"update","data":[{"version":"2.0.0","system":"online","api_version":"v2","connection_id":12393906104898154338}]}"#;
const V2_SUBSCRIBED: &str = r#"{"method":"subscribe","result":{"channel":"trade","snapshot":false,"symbol":"MATIC/USD"},"success":true,"time_in":"2023-09-25T09:04:31.742599Z","time_out":"2023-09-25T09:04:31.742648Z","req_id":3}"#;

const ALL: [&str; 11] = [
    V1_TRADE,
    V1_SPREAD,
    V1_TICKER,
    V1_SNAPSHOT,
    V1_UPDATE,
    V2_TRADE,
    V2_TICKER,
    V2_SNAPSHOT,
    V2_UPDATE,
    V2_STATUS,
    V2_SUBSCRIBED,
];

fn streams(dialect: Dialect) -> Streams {
    let names = match dialect {
        Dialect::V1 => ["XBT/EUR", "XBT/USD"],
        Dialect::V2 => ["BTC/USD", "MATIC/USD"],
    };
    let symbol = |name: &str| Symbol {
        name: name.to_owned(),
        price: Scale::new(-5).unwrap(),
        quantity: Scale::new(-8).unwrap(),
        decimals: None,
    };
    Streams::of(dialect, names.map(symbol).to_vec(), 10).unwrap()
}

fn dialect_of(text: &str) -> Dialect {
    let is_v1 = text.starts_with('[') || text.contains("\"event\"");
    if is_v1 { Dialect::V1 } else { Dialect::V2 }
}

fn message(text: &str) -> Result<Message<'_>, ParseError> {
    read(text, &streams(dialect_of(text)), &mut Buffers::default())
}

fn filled(text: &str) -> (Message<'_>, Buffers) {
    let mut buffers = Buffers::default();
    let message = read(text, &streams(dialect_of(text)), &mut buffers).unwrap();
    (message, buffers)
}

fn level(price: i64, quantity: i64) -> Level {
    Level { price, quantity }
}

#[test]
fn v1_trades() {
    let (message, buffers) = filled(V1_TRADE);
    assert_eq!(message, Message::Trades { is_snapshot: false });
    let sold = Trade {
        symbol: 1,
        event_ns: 1_534_614_057_321_597_000,
        trade_id: None,
        price: 554_120_000,
        quantity: 15_850_568,
        aggressor: Side::Sell,
        order_type: OrderType::Limit,
    };
    let bought = Trade {
        event_ns: 1_534_614_057_324_998_000,
        price: 606_000_000,
        quantity: 2_455_000,
        aggressor: Side::Buy,
        order_type: OrderType::Market,
        ..sold
    };
    assert_eq!(buffers.trades, [sold, bought]);
}

#[test]
fn v1_best_prices() {
    let Message::Quote(quote) = message(V1_SPREAD).unwrap() else {
        panic!()
    };
    assert_eq!((quote.symbol, quote.event_ns), (1, Some(1_542_057_299_545_897_000)));
    assert_eq!(quote.bid, level(569_840_000, 101_234_567));
    assert_eq!(quote.ask, level(570_000_000, 98_765_432));
    let Message::Quote(quote) = message(V1_TICKER).unwrap() else {
        panic!()
    };
    assert_eq!((quote.event_ns, quote.spread), (None, Spread::Open));
    assert_eq!(
        (quote.bid, quote.ask),
        (level(552_510_000, 200_000_000), level(552_540_000, 100_000_000))
    );
    let spread = |bid: &str| match message(&V1_SPREAD.replace("5698.40000", bid)) {
        Ok(Message::Quote(quote)) => quote.spread,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (spread("5700.00000"), spread("5700.10000")),
        (Spread::Locked, Spread::Crossed)
    );
}

#[test]
fn v1_books() {
    let (snapshot, buffers) = filled(V1_SNAPSHOT);
    let Message::Book(snapshot) = snapshot else { panic!() };
    assert_eq!(
        (snapshot.symbol, snapshot.is_snapshot, snapshot.checksum),
        (1, true, None)
    );
    assert_eq!(
        snapshot.event_ns,
        Some(1_534_614_248_765_567_000),
        "of the newest level"
    );
    assert_eq!(snapshot.decimals, Some(KrakenDecimals { price: 5, quantity: 8 }));
    assert_eq!(buffers.levels.bids, [level(554_120_000, 152_900_000)]);
    assert_eq!(
        buffers.levels.asks,
        [level(554_130_000, 250_700_000), level(554_180_000, 33_000_000)]
    );
    let (update, buffers) = filled(V1_UPDATE);
    let Message::Book(update) = update else { panic!() };
    assert_eq!((update.is_snapshot, update.checksum), (false, Some(974_942_666)));
    assert_eq!(buffers.levels.bids, [level(554_130_000, 0)], "removed");
    assert_eq!(buffers.levels.asks.len(), 2, "told again is told");
    let one_side = V1_UPDATE.replace(
        r#"{"b":[["5541.30000","0.00000000","1534614335.345903"]],"c""#,
        r#"{"b":[],"c""#,
    );
    assert!(message(&one_side).is_ok());
}

#[test]
fn v1_words() {
    let said = |text: &'static str| message(text).unwrap();
    assert_eq!(said(r#"{"event":"heartbeat"}"#), Message::Heartbeat);
    assert_eq!(
        said(r#"{"event":"pong","reqid":42}"#),
        Message::Pong { request_id: Some(42) }
    );
    let status = Status {
        system: System::Maintenance,
        version: "1.8.3".into(),
        connection_id: Some(18_239_578_009_413_566_319),
    };
    let text =
        r#"{"connectionID":18239578009413566319,"event":"systemStatus","status":"maintenance","version":"1.8.3"}"#;
    assert_eq!(said(text), Message::Status(status));
    for word in [
        "online",
        "maintenance",
        "cancel_only",
        "limit_only",
        "post_only",
        "reduce_only",
    ] {
        let text = format!(r#"{{"event":"systemStatus","status":"{word}"}}"#);
        assert!(matches!(message(&text).unwrap(), Message::Status(status) if status.system.word() == word));
    }
    let answer = |outcome, channel: Option<&'static str>, symbol: &'static str| {
        Message::Answer(Answer {
            outcome,
            channel: channel.map(Into::into),
            symbol: Some(symbol.into()),
            request_id: None,
        })
    };
    assert_eq!(
        said(
            r#"{"channelID":1665,"channelName":"trade","event":"subscriptionStatus","pair":"XBT/USD","status":"subscribed","subscription":{"name":"trade"}}"#
        ),
        answer(Outcome::Subscribed, Some("trade"), "XBT/USD")
    );
    assert_eq!(
        said(r#"{"channelName":"book-10","event":"subscriptionStatus","pair":"XBT/USD","status":"unsubscribed"}"#),
        answer(Outcome::Unsubscribed, Some("book-10"), "XBT/USD")
    );
    assert_eq!(
        said(
            r#"{"errorMessage":"Currency pair not supported XBT/USDD","event":"subscriptionStatus","pair":"XBT/USDD","status":"error","subscription":{"name":"ticker"}}"#
        ),
        answer(
            Outcome::Refused("Currency pair not supported XBT/USDD".into()),
            None,
            "XBT/USDD"
        )
    );
    let error = Message::Error {
        message: "Malformed request".into(),
        request_id: None,
    };
    assert_eq!(said(r#"{"errorMessage":"Malformed request","event":"error"}"#), error);
}

#[test]
fn v2_trades_of_several_symbols() {
    let (message, buffers) = filled(V2_TRADE);
    assert_eq!(message, Message::Trades { is_snapshot: false });
    let matic = Trade {
        symbol: 1,
        event_ns: 1_695_628_116_925_533_000,
        trade_id: Some(4_665_846),
        price: 51_470,
        quantity: 642_346_326_000,
        aggressor: Side::Sell,
        order_type: OrderType::Limit,
    };
    let bitcoin = Trade {
        symbol: 0,
        event_ns: 1_695_628_176_925_603_000,
        trade_id: Some(7),
        price: 2_600_010_000,
        quantity: 1,
        aggressor: Side::Buy,
        order_type: OrderType::Market,
    };
    assert_eq!(buffers.trades, [matic, bitcoin]);
}

#[test]
fn v2_best_prices() {
    let Message::Quote(quote) = message(V2_TICKER).unwrap() else {
        panic!()
    };
    assert_eq!((quote.symbol, quote.event_ns, quote.spread), (1, None, Spread::Open));
    assert_eq!(
        (quote.bid, quote.ask),
        (level(10_025, 74_000_000_000), level(10_036, 136_144_813_783))
    );
    let dated = V2_TICKER.replace("\"last\"", "\"timestamp\":\"2025-01-02T03:04:05.000001Z\",\"last\"");
    let Message::Quote(quote) = message(&dated).unwrap() else {
        panic!()
    };
    assert_eq!(quote.event_ns, Some(1_735_787_045_000_001_000));
}

#[test]
fn v2_books() {
    let (snapshot, buffers) = filled(V2_SNAPSHOT);
    let Message::Book(snapshot) = snapshot else { panic!() };
    assert_eq!(
        (snapshot.symbol, snapshot.is_snapshot, snapshot.event_ns),
        (1, true, None)
    );
    assert_eq!(snapshot.checksum, Some(2_439_117_997));
    assert_eq!(snapshot.decimals, Some(KrakenDecimals { price: 4, quantity: 8 }));
    assert_eq!(
        buffers.levels.bids,
        [level(56_660, 483_175_496_356), level(56_650, 665_822_734_739)]
    );
    assert_eq!(buffers.levels.asks, [level(56_680, 441_079_769_741)]);
    let (update, buffers) = filled(V2_UPDATE);
    let Message::Book(update) = update else { panic!() };
    assert_eq!((update.is_snapshot, update.checksum), (false, Some(2_114_181_697)));
    assert_eq!(update.event_ns, Some(1_696_613_755_440_295_000));
    assert_eq!((buffers.levels.bids.len(), buffers.levels.asks.len()), (1, 0));
}

#[test]
fn v2_words() {
    assert_eq!(message(r#"{"channel":"heartbeat"}"#), Ok(Message::Heartbeat));
    let status = Status {
        system: System::Online,
        version: "2.0.0".into(),
        connection_id: Some(12_393_906_104_898_154_338),
    };
    assert_eq!(message(V2_STATUS), Ok(Message::Status(status)));
    let pong = r#"{"method":"pong","req_id":101,"time_in":"2023-09-24T14:10:23.799685Z","time_out":"2023-09-24T14:10:23.799703Z"}"#;
    assert_eq!(message(pong), Ok(Message::Pong { request_id: Some(101) }));
    let answer = Answer {
        outcome: Outcome::Subscribed,
        channel: Some("trade".into()),
        symbol: Some("MATIC/USD".into()),
        request_id: Some(3),
    };
    assert_eq!(message(V2_SUBSCRIBED), Ok(Message::Answer(answer)));
    let words = "Currency pair not supported XBT/USD";
    let refused = Answer {
        outcome: Outcome::Refused(words.into()),
        channel: None,
        symbol: Some("XBT/USD".into()),
        request_id: None,
    };
    let text = format!(r#"{{"error":"{words}","method":"subscribe","success":false,"symbol":"XBT/USD"}}"#);
    assert_eq!(message(&text), Ok(Message::Answer(refused)));
    let error = Message::Error {
        message: "Malformed request".into(),
        request_id: Some(9),
    };
    assert_eq!(
        message(r#"{"error":"Malformed request","method":"error","req_id":9,"success":false}"#),
        Ok(error)
    );
    let listed = r#"{"channel":"instrument","type":"update","data":{"assets":[],"pairs":[]}}"#;
    assert_eq!(message(listed), Ok(Message::Instruments));
}

#[test]
fn errors_say_what_and_where() {
    let fixed = ScanError::Fixed {
        position: V1_TRADE.find("5541.2").unwrap(),
        source: FixedError::TooFine { exponent: -5 },
    };
    assert_eq!(
        message(&V1_TRADE.replace("5541.20000", "5541.200001")),
        Err(fixed.into())
    );
    let side = ParseError::UnknownWord {
        position: V1_TRADE.find("\"s\"").unwrap(),
        field: "side",
        found: "x".to_owned(),
    };
    assert_eq!(message(&V1_TRADE.replace("\"s\"", "\"x\"")), Err(side));
    let symbol = |text: &str, position: usize, found: &str| {
        let expected = ParseError::UnknownSymbol {
            position,
            found: found.to_owned(),
        };
        assert_eq!(message(text), Err(expected));
    };
    symbol(
        &V1_TRADE.replace("XBT/USD", "ETH/USD"),
        V1_TRADE.find("\"XBT/USD").unwrap(),
        "ETH/USD",
    );
    symbol(
        &V2_UPDATE.replace("MATIC", "ETH"),
        V2_UPDATE.find("\"MATIC").unwrap(),
        "ETH/USD",
    );
    let channel = |text: &str, position: usize, found: &str| {
        let expected = ParseError::UnknownChannel {
            position,
            found: found.to_owned(),
        };
        assert_eq!(message(text), Err(expected));
    };
    channel(
        &V1_UPDATE.replace("book-10", "book-25"),
        V1_UPDATE.find("\"book").unwrap(),
        "book-25",
    );
    channel(&V2_TRADE.replace("\"trade\"", "\"ohlc\""), 11, "ohlc");
    let missing = |text: &str, field| assert_eq!(message(text), Err(ScanError::Missing { field }.into()));
    missing(&V1_UPDATE.replace("\"c\"", "\"d\""), "c");
    missing(&V1_SNAPSHOT.replace("\"bs\"", "\"xs\""), "bs");
    missing(&V2_UPDATE.replace("\"checksum\"", "\"check\""), "checksum");
    missing(&V2_TRADE.replace("\"trade_id\"", "\"id\""), "trade_id");
    missing(r#"{"status":"online"}"#, "method");
    let no_day = V2_TRADE.replace("2023-09-25T07:48", "2023-09-31T07:48");
    assert!(
        matches!(message(&no_day), Err(ParseError::Time { position, .. }) if position == V2_TRADE.find("\"2023").unwrap())
    );
    let word = message(r#"{"event":"news"}"#);
    assert!(matches!(word, Err(ParseError::UnknownWord { field: "event", .. })));
    let large = V2_UPDATE.replace("2114181697", "4294967296");
    assert!(
        message(&large)
            .unwrap_err()
            .to_string()
            .contains("a checksum of 32 bits")
    );
    let twice = V2_UPDATE.replace("}]}", "}],\"data\":[]}");
    assert!(matches!(
        message(&twice),
        Err(ParseError::Scan(ScanError::Repeated { field: "data", .. }))
    ));
}

/// By the rules of JSON: white space, escapes and the order of fields do not matter.
#[test]
fn every_form_of_a_message_is_the_message() {
    for text in ALL {
        let spaced = text.replace(',', " , ").replace('[', " [ ").replace(']', " ] ");
        let escaped = text.replace("/", "\\/");
        let (expected, buffers) = filled(text);
        for other in [spaced.as_str(), escaped.as_str()] {
            let mut found = Buffers::default();
            let read =
                read(other, &streams(dialect_of(text)), &mut found).unwrap_or_else(|error| panic!("{error}: {other}"));
            assert_eq!(
                (read, &found.trades, &found.levels),
                (expected.clone(), &buffers.trades, &buffers.levels)
            );
        }
    }
    let data = V2_UPDATE.strip_prefix(r#"{"channel":"book","type":"update","#).unwrap();
    let moved = format!(
        r#"{{{},"type":"update","channel":"book"}}"#,
        data.strip_suffix('}').unwrap()
    );
    assert_eq!(message(&moved), message(V2_UPDATE));
}

#[test]
fn no_message_is_taken_in_part() {
    for text in ALL {
        for end in 0..text.len() {
            assert!(read(&text[..end], &streams(dialect_of(text)), &mut Buffers::default()).is_err());
        }
        for tail in ["]", "}", "x", "{}"] {
            assert!(message(&format!("{text}{tail}")).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(13),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        for dialect in Dialect::ALL {
            prop_assert!(read(&text, &streams(dialect), &mut Buffers::default()).is_err());
        }
    }

    /// Text of the right alphabet gets further into the parsers than random bytes do.
    #[test]
    fn random_words_never_panic(words in proptest::collection::vec(proptest::sample::select(WORDS.to_vec()), 0..24)) {
        let text = words.concat();
        for dialect in Dialect::ALL {
            let _ = read(&text, &streams(dialect), &mut Buffers::default());
        }
    }

    /// No panic, and what is still taken is still JSON.
    #[test]
    fn garbled_messages_are_refused_or_json(
        text in proptest::sample::select(ALL.to_vec()), at in any::<proptest::sample::Index>(), byte in 0_u8..128,
    ) {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at.index(text.len())] = byte;
        let garbled = String::from_utf8(bytes).unwrap();
        if read(&garbled, &streams(dialect_of(text)), &mut Buffers::default()).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&garbled).is_ok(), "{}", garbled);
        }
    }
}

const WORDS: [&str; 24] = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "0",
    "1.5",
    "\"1.5\"",
    "\"trade\"",
    "\"book\"",
    "\"book-10\"",
    "\"XBT/USD\"",
    "\"BTC/USD\"",
    "\"a\"",
    "\"bs\"",
    "\"c\"",
    "\"channel\"",
    "\"type\"",
    "\"update\"",
    "\"data\"",
    "\"event\"",
    "null",
];
