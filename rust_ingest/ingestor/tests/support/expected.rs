//! The records that a frame of a streaming venue should become: each starts as one of these, and names what differs.

use contracts::{BookDelta, BookSnapshot, Level, Quote, Record, Side, Trade};
use venues::fixed::Scale;
use venues::symbols::Symbol;
use venues::times::rfc3339_ns;
use venues::venue::Venue;

use super::{Bench, feeds};

pub const RECEIVE_NS: i64 = 77;

pub fn bench(venue: &str, symbol: &str, exponents: (i8, i8)) -> Bench {
    let venue = Venue::of_name(venue).unwrap();
    let scale = |exponent| Scale::new(exponent).unwrap();
    let symbol = Symbol::new(symbol, scale(exponents.0), scale(exponents.1));
    Bench::of(venue, feeds(venue, &[symbol]))
}

/// The records of one frame, each beside the expected one.
pub fn becomes(bench: &mut Bench, frame: &str, expected: &[Record<'_>]) {
    bench.cut();
    bench.frame(frame, RECEIVE_NS);
    let mut index = 0;
    bench.drain(|record| {
        assert_eq!(Some(record), expected.get(index), "{frame}");
        index += 1;
    });
    assert_eq!(index, expected.len(), "{frame}");
}

pub fn ns(text: &str) -> i64 {
    rfc3339_ns(text).unwrap()
}

pub fn level(price: i64, quantity: i64) -> Level {
    Level { price, quantity }
}

pub fn trade<'a>(venue: &'a str, instrument: &'a str) -> Trade<'a> {
    Trade {
        venue,
        instrument,
        price_exponent: -9,
        quantity_exponent: -9,
        event_ns: 0,
        publish_ns: 0,
        receive_ns: RECEIVE_NS,
        trade_id: 0,
        price: 0,
        quantity: 0,
        aggressor: Side::Buy,
        trade_type: "",
        flags: 0,
    }
}

pub fn quote<'a>(venue: &'a str, instrument: &'a str) -> Quote<'a> {
    Quote {
        venue,
        instrument,
        price_exponent: -9,
        quantity_exponent: -9,
        event_ns: None,
        publish_ns: None,
        receive_ns: RECEIVE_NS,
        update_id: 0,
        bid_price: 0,
        bid_quantity: 0,
        ask_price: 0,
        ask_quantity: 0,
        flags: 0,
    }
}

pub fn snapshot<'a>(venue: &'a str, instrument: &'a str) -> BookSnapshot<'a> {
    BookSnapshot {
        venue,
        instrument,
        price_exponent: -9,
        quantity_exponent: -9,
        event_ns: None,
        publish_ns: None,
        receive_ns: RECEIVE_NS,
        final_update_id: 1,
        bids: Vec::new(),
        asks: Vec::new(),
        flags: 0,
        depth_max: None,
    }
}

pub fn delta<'a>(venue: &'a str, instrument: &'a str) -> BookDelta<'a> {
    BookDelta {
        venue,
        instrument,
        price_exponent: -9,
        quantity_exponent: -9,
        event_ns: None,
        publish_ns: None,
        receive_ns: RECEIVE_NS,
        first_update_id: 2,
        final_update_id: 2,
        previous_update_id: None,
        bids: Vec::new(),
        asks: Vec::new(),
        bid_price: None,
        bid_quantity: None,
        ask_price: None,
        ask_quantity: None,
        flags: 0,
    }
}
