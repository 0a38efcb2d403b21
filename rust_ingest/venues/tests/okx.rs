//! OKX's messages, field by field, and what is no message of OKX's.

mod support;

use contracts::Side;
use support::garbled;
use venues::book_sequence::SeqIds;
use venues::fixed::{FixedError, NANO};
use venues::l2_book::Level;
use venues::okx::ParseError;
use venues::okx::frame::{Frame, Message};
use venues::okx::market::{Book, Quote, Symbol, Ticker, Trade};
use venues::okx::status::{Answer, Notice, Status};
use venues::okx::streams::Streams;
use venues::scan::ScanError;
use venues::sequence::{GaplessIds, Step};
use venues::spread::Spread;

const TRADE: &str = r#"{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3","source":"0","seqId":1234}]}"#;
const TICKER: &str = r#"{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","last":"9999.99","lastSz":"0.1","askPx":"9999.99","askSz":"11","bidPx":"8888.88","bidSz":"5","open24h":"9000","ts":"1597026383085"}]}"#;
const QUOTE: &str = r#"{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["8476.98","415","0","13"]],"bids":[["8476.97","256","0","12"]],"ts":"1597026383085","seqId":363996337}]}"#;
const BOOK: &str = r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"],["8477","0","0","0"]],"bids":[["8476.97","256","0","12"]],"ts":"1597026383085","checksum":-855196043,"prevSeqId":123456,"seqId":123457}]}"#;
const STATUS: &str = r#"{"arg":{"channel":"status"},"data":[{"title":"Spot System Upgrade","state":"scheduled","begin":"1610019546","href":"","end":"","serviceType":"1","ts":"1597026383085"}]}"#;
const ANSWER: &str = r#"{"event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"accb8e21"}"#;
const ERROR: &str =
    r#"{"event":"error","code":"60012","msg":"Invalid request: {\"op\": \"subscribe\"}","connId":"a4d3ae55"}"#;

const MESSAGES: [&str; 7] = [TRADE, TICKER, QUOTE, BOOK, STATUS, ANSWER, ERROR];
const EVENT_NS: i64 = 1_597_026_383_085_000_000;

fn streams() -> Streams {
    let symbol = |name: &str| Symbol::new(name, NANO, NANO);
    Streams::of(vec![symbol("ETH-USDT"), symbol("BTC-USDT")])
}

fn frame(text: &str) -> Result<Frame, ParseError> {
    let mut frame = Frame::default();
    frame.read(&streams(), text)?;
    Ok(frame)
}

/// The only message of a frame.
fn only(text: &str) -> Result<Message, ParseError> {
    let frame = frame(text)?;
    assert_eq!(frame.messages().len(), 1);
    Ok(frame.messages()[0].clone())
}

fn level(price: i64, quantity: i64) -> Level {
    Level { price, quantity }
}

#[test]
fn a_trade_tells_the_takers_side() {
    let trade = Trade {
        event_ns: 1_630_048_897_897_000_000,
        trade_id: 130_639_474,
        count: 3,
        price: 42_219_900_000_000,
        quantity: 120_603_060,
        aggressor: Side::Buy,
        sequence: Some(1_234),
    };
    assert_eq!(only(TRADE), Ok(Message::Trade { symbol: 1, trade }));
    let older = TRADE
        .replace(r#","count":"3","source":"0","seqId":1234"#, "")
        .replace("buy", "sell");
    let trade = Trade {
        count: 1,
        aggressor: Side::Sell,
        sequence: None,
        ..trade
    };
    assert_eq!(only(&older), Ok(Message::Trade { symbol: 1, trade }));
}

#[test]
fn trades_told_together_leave_no_gap() {
    let Ok(Message::Trade { trade, .. }) = only(TRADE) else {
        panic!()
    };
    let mut ids = GaplessIds::default();
    let step = |ids: &mut GaplessIds, trade_id, count| {
        Trade {
            trade_id,
            count,
            ..trade
        }
        .step(ids)
    };
    assert_eq!(step(&mut ids, 10, 1), Step::Next);
    assert_eq!(step(&mut ids, 13, 3), Step::Next);
    assert_eq!(step(&mut ids, 13, 3), Step::Old { last: 13 });
    assert_eq!(step(&mut ids, 16, 2), Step::Gap { expected: 14 });
    assert_eq!(step(&mut ids, 17, 1), Step::Next);
}

#[test]
fn tickers_and_quotes() {
    let ticker = Ticker {
        event_ns: EVENT_NS,
        last: Some(level(9_999_990_000_000, 100_000_000)),
        bid: Some(level(8_888_880_000_000, 5_000_000_000)),
        ask: Some(level(9_999_990_000_000, 11_000_000_000)),
    };
    assert_eq!(only(TICKER), Ok(Message::Ticker { symbol: 1, ticker }));
    assert_eq!(ticker.spread(), Some(Spread::Open));
    let one_sided = TICKER.replace("8888.88", "").replace("\"5\"", "\"\"");
    let ticker = Ticker { bid: None, ..ticker };
    assert_eq!(only(&one_sided), Ok(Message::Ticker { symbol: 1, ticker }));
    assert_eq!(ticker.spread(), None);

    let quote = Quote {
        event_ns: EVENT_NS,
        sequence: Some(363_996_337),
        bid: Some(level(8_476_970_000_000, 256_000_000_000)),
        ask: Some(level(8_476_980_000_000, 415_000_000_000)),
    };
    assert_eq!(only(QUOTE), Ok(Message::Quote { symbol: 1, quote }));
    let Ok(Message::Quote { quote, .. }) = only(&QUOTE.replace("8476.97", "8476.99")) else {
        panic!("a crossed quote is taken")
    };
    assert_eq!(quote.spread(), Some(Spread::Crossed));
}

#[test]
fn books() {
    let read = frame(BOOK).unwrap();
    let book = Book {
        event_ns: EVENT_NS,
        is_snapshot: false,
        sequence: Some(SeqIds {
            previous: 123_456,
            last: 123_457,
        }),
        checksum: Some(-855_196_043),
    };
    assert_eq!(read.messages(), [Message::Book { symbol: 1, book }]);
    assert_eq!(read.levels().bids, [level(8_476_970_000_000, 256_000_000_000)]);
    assert_eq!(
        read.levels().asks,
        [level(8_476_980_000_000, 415_000_000_000), level(8_477_000_000_000, 0)]
    );
    let snapshot = BOOK
        .replace("update", "snapshot")
        .replace("\"prevSeqId\":123456", "\"prevSeqId\":-1");
    let Ok(Message::Book { book, .. }) = only(&snapshot) else {
        panic!()
    };
    assert_eq!((book.is_snapshot, book.sequence.unwrap().previous), (true, -1));
}

#[test]
fn fields_come_in_any_order() {
    let (_, data) = BOOK.split_once("\"data\":").unwrap();
    let data = data.strip_suffix('}').unwrap();
    for text in [
        format!(r#"{{"data":{data},"arg":{{"instId":"BTC-USDT","channel":"books"}},"action":"update"}}"#),
        format!(r#"{{"arg":{{"channel":"books","instId":"BTC-USDT"}},"data":{data},"action":"update"}}"#),
        format!(
            r#" {{ "arg" : {{"channel":"books","instId":"BTC-USDT"}}, "x":[], "action":"update","data":{data} }} "#
        ),
        format!(r#"{{"arg":{{"channel":"books","instId":"BTC-USDT"}},"action":"update","data":{data},"x":{{}}}}"#),
    ] {
        assert_eq!(only(&text), only(BOOK), "{text}");
    }
}

#[test]
fn answers_errors_and_notices() {
    let answer = Answer {
        is_subscribed: true,
        channel: "books".to_owned(),
        instrument: Some("BTC-USDT".to_owned()),
    };
    assert_eq!(only(ANSWER), Ok(Message::Answer(answer)));
    let refused = Notice {
        code: "60012".to_owned(),
        message: "Invalid request: {\"op\": \"subscribe\"}".to_owned(),
    };
    assert_eq!(only(ERROR), Ok(Message::Error(refused)));
    let notice = ERROR.replace("\"error\"", "\"notice\"").replace("60012", "64008");
    assert!(matches!(only(&notice), Ok(Message::Notice(notice)) if notice.is_closing()));
    let connections = r#"{"event":"channel-conn-count-error","channel":"orders","connCount":"20","connId":"a4d3ae55"}"#;
    let expected = Message::Connections {
        channel: "orders".to_owned(),
        count: 20,
        is_refused: true,
    };
    assert_eq!(only(connections), Ok(expected));
    let status = Status {
        title: "Spot System Upgrade".to_owned(),
        state: "scheduled".to_owned(),
        begin_ns: Some(1_610_019_546_000_000),
        end_ns: None,
    };
    assert_eq!(
        status.to_string(),
        "Spot System Upgrade: scheduled, from 1610019546000000 ns"
    );
    assert_eq!(only(STATUS), Ok(Message::Status(status)));
    assert_eq!(only("pong"), Ok(Message::Pong));
}

#[test]
fn errors_say_what_and_where() {
    let at = |text: &str, part: &str| text.find(part).unwrap();
    let text = TRADE.replace("0.12060306", "0.0000000001");
    let (position, source) = (at(&text, "0.0000000001"), FixedError::TooFine { exponent: -9 });
    assert_eq!(only(&text), Err(ScanError::Fixed { position, source }.into()));
    let text = TRADE.replace("\"instId\":\"BTC-USDT\"},", "\"instId\":\"BTC-EUR\"},");
    let (position, name) = (at(&text, "\"BTC-EUR\""), "BTC-EUR".to_owned());
    assert_eq!(only(&text), Err(ParseError::UnknownInstrument { position, name }));
    let text = TRADE.replace("\"trades\"", "\"candle1m\"");
    let (position, name) = (at(&text, "\"candle1m\""), "candle1m".to_owned());
    assert_eq!(only(&text), Err(ParseError::UnknownMessage { position, name }));
    let text = TRADE.replace("\"buy\"", "\"long\"");
    let (position, field, found) = (at(&text, "\"long\""), "side", "long".to_owned());
    assert_eq!(only(&text), Err(ParseError::UnknownWord { position, field, found }));
    let text = BOOK.replace("\"update\"", "\"partial\"");
    let (position, field, found) = (at(&text, "\"partial\""), "action", "partial".to_owned());
    assert_eq!(only(&text), Err(ParseError::UnknownWord { position, field, found }));
    let text = TRADE.replace("1630048897897", "9223372036854775807");
    assert!(matches!(only(&text), Err(ParseError::Time { field: "ts", .. })));
    for (text, field) in [
        (TRADE.replace("tradeId", "id"), "tradeId"),
        (BOOK.replace("\"action\":\"update\",", ""), "action"),
        (BOOK.replace("\"bids\"", "\"bid\""), "bids"),
        (TRADE.replace(",\"instId\":\"BTC-USDT\"},", "},"), "instId"),
        (ERROR.replace("\"code\"", "\"kode\""), "code"),
    ] {
        assert_eq!(only(&text), Err(ScanError::Missing { field }.into()));
    }
    let (head, row) = BOOK.split_once("\"data\":[").unwrap();
    let row = row.strip_suffix("]}").unwrap();
    let doubled = format!("{head}\"data\":[{row},{row}]}}");
    assert!(matches!(
        only(&doubled),
        Err(ParseError::Scan(ScanError::Repeated { field: "data", .. }))
    ));
    let twice = TRADE.replace("}]}", "}],\"data\":[]}");
    assert!(matches!(
        only(&twice),
        Err(ParseError::Scan(ScanError::Repeated { field: "data", .. }))
    ));
    for number in ["- 5", "--5", "\"5\"", "1.5", "-"] {
        let text = BOOK.replace("-855196043", number);
        assert!(only(&text).is_err(), "{text}");
    }
}

#[test]
fn a_frame_that_cannot_be_read_leaves_nothing() {
    let mut frame = frame(BOOK).unwrap();
    assert!(frame.read(&streams(), BOOK.strip_suffix('}').unwrap()).is_err());
    assert_eq!((frame.messages(), frame.levels().bids.len()), (&[][..], 0));
}

#[test]
fn random_bytes_are_refused() {
    garbled::random_bytes_are_refused(|text| frame(text).is_ok());
}

#[test]
fn cut_messages_are_refused() {
    for text in MESSAGES {
        for end in 0..text.len() {
            assert!(frame(&text[..end]).is_err(), "{}", &text[..end]);
        }
    }
}

/// Any byte changed into any other, and any stretch doubled or removed: no panic, and what is still taken is JSON.
#[test]
fn garbled_messages_never_panic() {
    garbled::what_is_read_is_json(&MESSAGES, |text| frame(text).is_ok());
}
