//! There is no recording of this stream: the lines are the documentation's examples, written out by hand.

use super::*;
use crate::fixed::{FixedError, Scale};
use crate::l2_book::Level;
use crate::oanda::market::Symbol;
use crate::scan::ScanError;
use crate::spread::Spread;
use proptest::prelude::*;

const PRICE: &str = r#"{"asks":[{"liquidity":10000000,"price":"1.12015"},{"liquidity":10000000,"price":"1.12017"}],"bids":[{"liquidity":10000000,"price":"1.11997"},{"liquidity":10000000,"price":"1.11995"}],"closeoutAsk":"1.12019","closeoutBid":"1.11993","instrument":"EUR_USD","status":"tradeable","time":"2016-06-22T18:41:36.201836422Z","tradeable":true,"type":"PRICE"}"#;
const HEARTBEAT: &str = r#"{"lastTransactionID":"6","time":"2016-06-22T18:41:41.000000000Z","type":"HEARTBEAT"}"#;

fn reader() -> LineReader {
    let symbol = |name: &str| Symbol::new(name, Scale::new(-5).unwrap(), Scale::new(0).unwrap());
    LineReader::new(Streams::of(vec![symbol("USD_CAD"), symbol("EUR_USD")]))
}

fn price(line: &str) -> Result<Price, ParseError> {
    match reader().read(line)? {
        Message::Price(price) => Ok(price),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_price_field_by_field() {
    let mut reader = reader();
    let level = |price| Level {
        price,
        quantity: 10_000_000,
    };
    let expected = Price {
        symbol: 1,
        event_ns: 1_466_620_896_201_836_422,
        bid: Some(level(111_997)),
        ask: Some(level(112_015)),
        spread: Some(Spread::Open),
        is_tradeable: true,
        is_late: false,
    };
    assert_eq!(reader.read(PRICE), Ok(Message::Price(expected)));
    assert_eq!(reader.levels().bids, [level(111_997), level(111_995)]);
    assert_eq!(reader.levels().asks, [level(112_015), level(112_017)]);
    let unix = PRICE.replace("2016-06-22T18:41:36.201836422Z", "1466620896.201836422");
    assert_eq!(
        reader.read(&unix),
        Ok(Message::Price(expected)),
        "the other time format"
    );
    let quoted = PRICE.replace(":10000000", ":\"10000000\"");
    assert_eq!(reader.read(&quoted), Ok(Message::Price(expected)));
}

#[test]
fn what_is_odd_is_flagged_and_kept() {
    let spread = |ask: &str| price(&PRICE.replace("1.12015", ask)).map(|price| price.spread);
    assert_eq!(spread("1.11997"), Ok(Some(Spread::Locked)));
    assert_eq!(spread("1.11990"), Ok(Some(Spread::Crossed)));
    let empty = PRICE.replace(
        r#"{"liquidity":10000000,"price":"1.12015"},{"liquidity":10000000,"price":"1.12017"}"#,
        "",
    );
    let one_sided = price(&empty).unwrap();
    assert_eq!(
        (one_sided.ask, one_sided.spread, one_sided.bid.is_some()),
        (None, None, true)
    );
    let halted = PRICE.replace("true", "false");
    assert_eq!(price(&halted).map(|price| price.is_tradeable), Ok(false));
    let mut reader = reader();
    let mut is_late = |line: &str| match reader.read(line) {
        Ok(Message::Price(price)) => price.is_late,
        other => panic!("{other:?}"),
    };
    let earlier = PRICE.replace("36.201", "36.200");
    assert_eq!(
        [is_late(PRICE), is_late(&earlier), is_late(PRICE)],
        [false, true, false]
    );
}

#[test]
fn heartbeats_and_errors() {
    let event_ns = 1_466_620_901_000_000_000;
    assert_eq!(reader().read(HEARTBEAT), Ok(Message::Heartbeat { event_ns }));
    let refused = reader()
        .read(r#"{"errorMessage":"Insufficient authorization to perform request."}"#)
        .map(|_| ());
    assert_eq!(refused, Ok(()));
    let expected = Message::Error {
        message: "Invalid value specified for 'instruments'".into(),
        code: Some("INVALID".into()),
    };
    let line = r#"{"errorCode":"INVALID","errorMessage":"Invalid value specified for 'instruments'"}"#;
    assert_eq!(reader().read(line), Ok(expected));
}

#[test]
fn errors_say_what_and_where() {
    let at = |what: &str| PRICE.find(what).unwrap();
    let scan = |error| Err(ParseError::Scan(error));
    let fine = ScanError::Fixed {
        position: at("1.12015"),
        source: FixedError::TooFine { exponent: -5 },
    };
    assert_eq!(price(&PRICE.replace("1.12015", "1.120151")), scan(fine));
    assert_eq!(
        price(&PRICE.replace("\"bids\"", "\"bid\"")),
        scan(ScanError::Missing { field: "bids" })
    );
    let unknown = ParseError::UnknownInstrument {
        position: at("\"EUR_USD\""),
        found: "GBP_USD".to_owned(),
    };
    assert_eq!(price(&PRICE.replace("EUR_USD", "GBP_USD")), Err(unknown));
    let unknown = ParseError::UnknownType {
        position: at("\"PRICE\""),
        found: "TRANSACTION".to_owned(),
    };
    assert_eq!(price(&PRICE.replace("PRICE", "TRANSACTION")), Err(unknown));
    let time = price(&PRICE.replace("2016-06-22T", "2016-06-31T"));
    assert!(matches!(time, Err(ParseError::Time { position, .. }) if position == at("\"2016")));
    assert!(price(&PRICE.replace(",\"type\"", ",\"type\":\"PRICE\",\"type\"")).is_err());
    for end in 0..PRICE.len() {
        assert!(reader().read(&PRICE[..end]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(reader().read(&String::from_utf8_lossy(&bytes)).is_err());
    }

    #[test]
    fn garbled_lines_never_panic(at in any::<proptest::sample::Index>(), byte in 0_u8..128) {
        let mut bytes = PRICE.as_bytes().to_vec();
        bytes[at.index(PRICE.len())] = byte;
        let _ = reader().read(std::str::from_utf8(&bytes).unwrap());
    }
}
