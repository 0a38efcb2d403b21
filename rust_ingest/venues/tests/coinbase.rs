//! Coinbase's messages, field by field, and what is no message of Coinbase's.

mod support;

use contracts::Side;
use support::garbled;
use venues::coinbase::ParseError;
use venues::coinbase::dialect::Dialect;
use venues::coinbase::frame::{Frame, Message};
use venues::coinbase::market::{Best, Book, Heartbeat, LastTrade, Symbol, Ticker, Trade};
use venues::coinbase::status::{ProductStatus, Subscriptions, VenueError};
use venues::coinbase::streams::Streams;
use venues::fixed::{FixedError, NANO};
use venues::l2_book::Level;
use venues::scan::ScanError;
use venues::spread::Spread;
use venues::times::rfc3339_ns;

const MATCH: &str = r#"{"type":"match","trade_id":10,"maker_order_id":"ac9","taker_order_id":"132","side":"sell","size":"5.23512","price":"400.23","product_id":"BTC-USD","sequence":50,"time":"2014-11-07T08:19:27.028459Z"}"#;
const TICKER: &str = r#"{"type":"ticker","sequence":37475248783,"product_id":"BTC-USD","price":"1285.22","open_24h":"1310.79","volume_24h":"245532.79","best_bid":"1285.04","best_bid_size":"0.46688654","best_ask":"1285.27","best_ask_size":"1.56637040","side":"buy","time":"2022-10-19T23:28:22.061769Z","trade_id":370843401,"last_size":"11.4396987"}"#;
const SNAPSHOT: &str = r#"{"type":"snapshot","product_id":"BTC-USD","bids":[["10101.10","0.45054140"]],"asks":[["10102.55","0.57753524"]]}"#;
const UPDATE: &str = r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","22356.27","0.00000000"],["sell","22356.30","1.5"],["buy","22356.25","2"]],"time":"2022-08-04T15:25:05.010758Z"}"#;
const HEARTBEAT: &str = r#"{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07T08:19:28.464459Z"}"#;
const L2_DATA: &str = r#"{"channel":"l2_data","client_id":"","timestamp":"2023-02-09T20:32:50.714964855Z","sequence_num":7,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"2023-02-09T20:32:50.5Z","price_level":"21921.73","new_quantity":"0.06317902"},{"side":"offer","event_time":"2023-02-09T20:32:50.6Z","price_level":"21921.74","new_quantity":"0"}]}]}"#;
const MARKET_TRADES: &str = r#"{"channel":"market_trades","client_id":"","timestamp":"2023-02-09T20:19:35.39625135Z","sequence_num":8,"events":[{"type":"update","trades":[{"trade_id":"12","product_id":"BTC-USD","price":"1260.02","size":"0.3","side":"SELL","time":"2019-08-14T20:42:27.265Z"},{"trade_id":"11","product_id":"BTC-USD","price":"1260.01","size":"0.2","side":"BUY","time":"2019-08-14T20:42:27.265Z"}]}]}"#;
const TICKER_EVENT: &str = r#"{"channel":"ticker","client_id":"","timestamp":"2023-02-09T20:30:37.167359596Z","sequence_num":0,"events":[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"21932.98","volume_24_h":"16038.28","best_bid":"21931.98","best_bid_quantity":"8000.21","best_ask":"21933.98","best_ask_quantity":"8038.07770938"}]}]}"#;
const BEAT: &str = r#"{"channel":"heartbeats","client_id":"","timestamp":"2023-06-23T20:31:26.122969572Z","sequence_num":3,"events":[{"current_time":"2023-06-23 20:31:56.121961769 +0000 UTC m=+91717.525857105","heartbeat_counter":"3049"}]}"#;

const EXCHANGE_MESSAGES: [&str; 5] = [MATCH, TICKER, SNAPSHOT, UPDATE, HEARTBEAT];
const ADVANCED_MESSAGES: [&str; 4] = [L2_DATA, MARKET_TRADES, TICKER_EVENT, BEAT];

fn streams(dialect: Dialect) -> Streams {
    let symbol = |name: &str| Symbol::new(name, NANO, NANO);
    Streams::of(dialect, vec![symbol("ETH-USD"), symbol("BTC-USD")])
}

fn frame(dialect: Dialect, text: &str) -> Result<Frame, ParseError> {
    let mut frame = Frame::default();
    frame.read(dialect, &streams(dialect), text)?;
    Ok(frame)
}

/// The only message of a frame of the Exchange feed.
fn exchange(text: &str) -> Result<Message, ParseError> {
    let frame = frame(Dialect::Exchange, text)?;
    assert_eq!(frame.messages().len(), 1);
    assert_eq!((frame.publish_ns(), frame.sequence()), (None, None));
    Ok(frame.messages()[0].clone())
}

fn ns(text: &str) -> i64 {
    rfc3339_ns(text).unwrap()
}

fn level(price: i64, quantity: i64) -> Level {
    Level { price, quantity }
}

#[test]
fn a_match_tells_the_makers_side() {
    let trade = Trade {
        event_ns: ns("2014-11-07T08:19:27.028459Z"),
        trade_id: 10,
        sequence: Some(50),
        price: 400_230_000_000,
        quantity: 5_235_120_000,
        aggressor: Side::Buy,
        is_past: false,
    };
    assert_eq!(exchange(MATCH), Ok(Message::Trade { symbol: 1, trade }));
    let sold = Trade {
        aggressor: Side::Sell,
        is_past: true,
        ..trade
    };
    let text = MATCH
        .replace("\"sell\"", "\"buy\"")
        .replace("\"match\"", "\"last_match\"");
    assert_eq!(exchange(&text), Ok(Message::Trade { symbol: 1, trade: sold }));
}

#[test]
fn a_ticker_tells_the_takers_side() {
    let best = |price, quantity| Some(Best { price, quantity });
    let ticker = Ticker {
        sequence: Some(37_475_248_783),
        price: 1_285_220_000_000,
        last: Some(LastTrade {
            event_ns: ns("2022-10-19T23:28:22.061769Z"),
            trade_id: 370_843_401,
            quantity: 11_439_698_700,
            aggressor: Side::Buy,
        }),
        bid: best(1_285_040_000_000, Some(466_886_540)),
        ask: best(1_285_270_000_000, Some(1_566_370_400)),
    };
    assert_eq!(exchange(TICKER), Ok(Message::Ticker { symbol: 1, ticker }));
    assert_eq!(ticker.spread(), Some(Spread::Open));
    let crossed = TICKER.replace("1285.04", "1285.28");
    assert!(
        matches!(exchange(&crossed), Ok(Message::Ticker { ticker, .. }) if ticker.spread() == Some(Spread::Crossed))
    );
    let untraded =
        r#"{"type":"ticker","sequence":1,"product_id":"ETH-USD","price":"0","best_bid":"1.5","best_ask":""}"#;
    let ticker = Ticker {
        sequence: Some(1),
        price: 0,
        last: None,
        bid: best(1_500_000_000, None),
        ask: None,
    };
    assert_eq!(exchange(untraded), Ok(Message::Ticker { symbol: 0, ticker }));
}

#[test]
fn books_of_the_exchange_feed() {
    let read = frame(Dialect::Exchange, SNAPSHOT).unwrap();
    let book = Book {
        event_ns: None,
        is_snapshot: true,
    };
    assert_eq!(
        read.messages(),
        [Message::Book {
            symbol: 1,
            book,
            levels: 0
        }]
    );
    let levels = read.levels(0).unwrap();
    assert_eq!(levels.bids, [level(10_101_100_000_000, 450_541_400)]);
    assert_eq!(levels.asks, [level(10_102_550_000_000, 577_535_240)]);

    let read = frame(Dialect::Exchange, UPDATE).unwrap();
    let book = Book {
        event_ns: Some(ns("2022-08-04T15:25:05.010758Z")),
        is_snapshot: false,
    };
    assert_eq!(
        read.messages(),
        [Message::Book {
            symbol: 1,
            book,
            levels: 0
        }]
    );
    let levels = read.levels(0).unwrap();
    assert_eq!(
        levels.bids,
        [level(22_356_270_000_000, 0), level(22_356_250_000_000, 2_000_000_000)]
    );
    assert_eq!(levels.asks, [level(22_356_300_000_000, 1_500_000_000)]);
    assert_eq!(read.levels(1), None);
}

#[test]
fn heartbeats_and_answers_of_the_exchange_feed() {
    let heartbeat = Heartbeat {
        event_ns: ns("2014-11-07T08:19:28.464459Z"),
        sequence: 90,
        last_trade_id: 20,
    };
    assert_eq!(exchange(HEARTBEAT), Ok(Message::Heartbeat { symbol: 1, heartbeat }));
    let answer = r#"{"type":"subscriptions","channels":[{"name":"level2","product_ids":["BTC-USD","ETH-USD"]},{"name":"status","product_ids":null}]}"#;
    assert!(exchange(answer).is_err(), "products are a list");
    let answer = r#"{"type":"subscriptions","channels":[{"name":"level2","product_ids":["BTC-USD","ETH-USD"],"account_ids":null},{"name":"status"}]}"#;
    let channels = vec![
        ("level2".to_owned(), vec!["BTC-USD".to_owned(), "ETH-USD".to_owned()]),
        ("status".to_owned(), vec![]),
    ];
    assert_eq!(exchange(answer), Ok(Message::Subscriptions(Subscriptions { channels })));
    let status = r#"{"type":"status","products":[{"id":"BTC-USD","base_currency":"BTC","status":"online","status_message":null,"post_only":false}],"currencies":[{"id":"USD"}]}"#;
    let online = ProductStatus {
        product: "BTC-USD".to_owned(),
        status: "online".to_owned(),
        message: String::new(),
    };
    assert_eq!(exchange(status), Ok(Message::Status(vec![online])));
    let refused = r#"{"type":"error","message":"Failed to subscribe","reason":"user is not a member"}"#;
    let error = VenueError {
        message: "Failed to subscribe".to_owned(),
        reason: "user is not a member".to_owned(),
    };
    assert_eq!(exchange(refused), Ok(Message::Error(error)));
}

#[test]
fn books_of_advanced_trade() {
    let read = frame(Dialect::AdvancedTrade, L2_DATA).unwrap();
    assert_eq!(read.publish_ns(), Some(ns("2023-02-09T20:32:50.714964855Z")));
    assert_eq!(read.sequence(), Some(7));
    let book = Book {
        event_ns: Some(ns("2023-02-09T20:32:50.6Z")),
        is_snapshot: false,
    };
    assert_eq!(
        read.messages(),
        [Message::Book {
            symbol: 1,
            book,
            levels: 0
        }]
    );
    let levels = read.levels(0).unwrap();
    assert_eq!(levels.bids, [level(21_921_730_000_000, 63_179_020)]);
    assert_eq!(levels.asks, [level(21_921_740_000_000, 0)]);
    let snapshot = L2_DATA.replace("\"update\"", "\"snapshot\"");
    let read = frame(Dialect::AdvancedTrade, &snapshot).unwrap();
    let book = Book {
        event_ns: None,
        is_snapshot: true,
    };
    assert!(matches!(read.messages(), [Message::Book { book: read, .. }] if *read == book));
}

#[test]
fn several_events_have_levels_of_their_own() {
    let event = L2_DATA.split_once("\"events\":[").unwrap().1;
    let event = event.strip_suffix("]}").unwrap();
    let other = event.replace("BTC-USD", "ETH-USD").replace("21921.73", "1.5");
    let text = L2_DATA.replace(event, &format!("{event},{other}"));
    let mut read = frame(Dialect::AdvancedTrade, &text).unwrap();
    let symbols = |frame: &Frame| -> Vec<(usize, i64)> {
        let of = |message: &Message| match message {
            Message::Book { symbol, levels, .. } => (*symbol, frame.levels(*levels).unwrap().bids[0].price),
            other => panic!("{other:?}"),
        };
        frame.messages().iter().map(of).collect()
    };
    assert_eq!(symbols(&read), [(1, 21_921_730_000_000), (0, 1_500_000_000)]);
    let streams = streams(Dialect::AdvancedTrade);
    read.read(Dialect::AdvancedTrade, &streams, L2_DATA).unwrap();
    assert_eq!(
        symbols(&read),
        [(1, 21_921_730_000_000)],
        "nothing is left of the frame before"
    );
}

#[test]
fn trades_of_advanced_trade_come_in_the_order_of_their_ids() {
    let read = frame(Dialect::AdvancedTrade, MARKET_TRADES).unwrap();
    let first = Trade {
        event_ns: ns("2019-08-14T20:42:27.265Z"),
        trade_id: 11,
        sequence: None,
        price: 1_260_010_000_000,
        quantity: 200_000_000,
        aggressor: Side::Sell,
        is_past: false,
    };
    let second = Trade {
        trade_id: 12,
        price: 1_260_020_000_000,
        quantity: 300_000_000,
        aggressor: Side::Buy,
        ..first
    };
    let trade = |trade| Message::Trade { symbol: 1, trade };
    assert_eq!(read.messages(), [trade(first), trade(second)]);
}

#[test]
fn tickers_beats_and_answers_of_advanced_trade() {
    let read = |text: &str| frame(Dialect::AdvancedTrade, text).map(|frame| frame.messages().to_vec());
    let best = |price, quantity| Some(Best { price, quantity });
    let ticker = Ticker {
        sequence: None,
        price: 21_932_980_000_000,
        last: None,
        bid: best(21_931_980_000_000, Some(8_000_210_000_000)),
        ask: best(21_933_980_000_000, Some(8_038_077_709_380)),
    };
    assert_eq!(read(TICKER_EVENT), Ok(vec![Message::Ticker { symbol: 1, ticker }]));
    assert_eq!(read(BEAT), Ok(vec![Message::Beat { counter: 3_049 }]));
    assert_eq!(read(&BEAT.replace("\"3049\"", "3049")), read(BEAT));
    let answer = r#"{"channel":"subscriptions","client_id":"","timestamp":"2023-02-09T20:30:37Z","sequence_num":1,"events":[{"subscriptions":{"level2":["BTC-USD"],"heartbeats":["heartbeats"]}}]}"#;
    let channels = vec![
        ("level2".to_owned(), vec!["BTC-USD".to_owned()]),
        ("heartbeats".to_owned(), vec!["heartbeats".to_owned()]),
    ];
    assert_eq!(
        read(answer),
        Ok(vec![Message::Subscriptions(Subscriptions { channels })])
    );
    let status = r#"{"channel":"status","client_id":"","timestamp":"2023-02-09T20:29:49.753424311Z","sequence_num":0,"events":[{"type":"snapshot","products":[{"product_type":"SPOT","id":"BTC-USD","status":"offline","status_message":"maintenance","min_market_funds":"1"}]}]}"#;
    let offline = ProductStatus {
        product: "BTC-USD".to_owned(),
        status: "offline".to_owned(),
        message: "maintenance".to_owned(),
    };
    assert_eq!(read(status), Ok(vec![Message::Status(vec![offline])]));
    let refused = r#"{"type":"error","message":"authentication failure"}"#;
    assert!(
        matches!(read(refused).as_deref(), Ok([Message::Error(error)]) if error.message == "authentication failure")
    );
}

#[test]
fn errors_say_what_and_where() {
    let at = |text: &str, part: &str| text.find(part).unwrap();
    let (position, source) = (at(MATCH, "5.23512"), FixedError::Negative);
    let negative = MATCH.replace("5.23512", "-5.2351");
    assert_eq!(exchange(&negative), Err(ScanError::Fixed { position, source }.into()));
    let text = MATCH.replace("BTC-USD", "BTC-EUR");
    let (position, name) = (at(&text, "\"BTC-EUR\""), "BTC-EUR".to_owned());
    assert_eq!(exchange(&text), Err(ParseError::UnknownProduct { position, name }));
    let text = MATCH.replace("\"match\"", "\"done\"");
    let (position, name) = (8, "done".to_owned());
    assert_eq!(exchange(&text), Err(ParseError::UnknownMessage { position, name }));
    let text = MATCH.replace("\"sell\"", "\"bid\"");
    let found = "bid".to_owned();
    let (position, field) = (at(&text, "\"bid\""), "side");
    assert_eq!(exchange(&text), Err(ParseError::UnknownWord { position, field, found }));
    let text = MATCH.replace("08:19:27.028459Z", "08:19:27");
    let (position, field, found) = (at(&text, "\"2014"), "time", "2014-11-07T08:19:27".to_owned());
    assert_eq!(exchange(&text), Err(ParseError::Time { position, field, found }));
    let unnamed = MATCH.replace("\"product_id\"", "\"product\"");
    let missing = |field| ParseError::from(ScanError::Missing { field });
    assert_eq!(exchange(&unnamed), Err(missing("product_id")));
    let advanced = |text: &str| frame(Dialect::AdvancedTrade, text).map(|_| ());
    assert_eq!(
        advanced(&L2_DATA.replace("\"sequence_num\":7,", "")),
        Err(missing("sequence_num"))
    );
    assert_eq!(
        advanced(&L2_DATA.replace("l2_data", "candles"))
            .unwrap_err()
            .to_string()
            .split(':')
            .next(),
        Some("byte 11")
    );
    assert!(advanced(&L2_DATA.replace("\"offer\"", "\"ask\"")).is_err());
    for (text, part, field) in [
        (MATCH, r#""product_id":"BTC-USD""#, "product_id"),
        (UPDATE, r#""type":"l2update""#, "type"),
        (SNAPSHOT, r#""product_id":"BTC-USD""#, "product_id"),
    ] {
        let position = at(text, part) + 2 * part.len() + ",".len() - part.split_once(':').unwrap().1.len();
        let twice = text.replace(part, &format!("{part},{part}"));
        assert_eq!(exchange(&twice), Err(ScanError::Repeated { position, field }.into()));
    }
    for part in [
        r#""product_id":"BTC-USD""#,
        r#""type":"update""#,
        r#""channel":"l2_data""#,
    ] {
        let twice = L2_DATA.replace(part, &format!("{part},{part}"));
        assert!(
            matches!(advanced(&twice), Err(ParseError::Scan(ScanError::Repeated { .. }))),
            "{part}"
        );
    }
    let twice = MATCH.replace("\"sequence\":50", "\"sequence\":50,\"sequence\":51");
    let position = at(&twice, ":51") + ":51".len();
    let field = "sequence";
    assert_eq!(exchange(&twice), Err(ScanError::Repeated { position, field }.into()));
}

#[test]
fn a_frame_that_cannot_be_read_leaves_nothing() {
    let streams = streams(Dialect::AdvancedTrade);
    let mut frame = Frame::default();
    let cut = MARKET_TRADES.strip_suffix("}").unwrap();
    assert!(frame.read(Dialect::AdvancedTrade, &streams, cut).is_err());
    assert_eq!((frame.messages(), frame.sequence()), (&[][..], None));
}

fn both(text: &str) -> [bool; 2] {
    Dialect::ALL.map(|dialect| frame(dialect, text).is_ok())
}

#[test]
fn random_bytes_are_refused() {
    garbled::random_bytes_are_refused(|text| both(text).contains(&true));
}

#[test]
fn cut_messages_are_refused() {
    for text in EXCHANGE_MESSAGES.iter().chain(&ADVANCED_MESSAGES) {
        for end in 0..text.len() {
            assert_eq!(both(&text[..end]), [false, false], "{}", &text[..end]);
        }
    }
}

/// Any byte changed into any other, and any stretch doubled or removed: no panic, and what is still taken is JSON.
#[test]
fn garbled_messages_never_panic() {
    let messages = [&EXCHANGE_MESSAGES[..], &ADVANCED_MESSAGES[..]].concat();
    garbled::what_is_read_is_json(&messages, |text| both(text).contains(&true));
}
