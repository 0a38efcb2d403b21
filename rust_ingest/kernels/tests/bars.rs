//! What bars makes of trades, quotes, heartbeats and gaps.

mod run;

use contracts::{Bar, Gap, GapStream, Heartbeat, Origin, Quote, Record, Side, Trade};
use run::{Made, PARTITION, Run, SECOND};

/// Midnight of some day: a multiple of all intervals.
const START: i64 = 1_704_067_200 * SECOND;
const ONE_SECOND: &str = r#"{"intervals_ns": [1000000000], "lateness_ns": 500000000}"#;

fn trade(at_ns: i64, price: i64, quantity: i64) -> Trade<'static> {
    Trade {
        venue: "binance",
        instrument: "BTC-USDT",
        price_exponent: -2,
        quantity_exponent: -3,
        event_ns: START + at_ns,
        publish_ns: START + at_ns,
        receive_ns: START + at_ns + 7,
        trade_id: 1,
        price,
        quantity,
        aggressor: Side::Buy,
        trade_type: "",
        flags: 0,
    }
}

fn quote(bid: (i64, i64), ask: (i64, i64)) -> Quote<'static> {
    Quote {
        venue: "binance",
        instrument: "BTC-USDT",
        price_exponent: -2,
        quantity_exponent: -3,
        event_ns: None,
        publish_ns: None,
        receive_ns: START,
        update_id: 1,
        bid_price: bid.0,
        bid_quantity: bid.1,
        ask_price: ask.0,
        ask_quantity: ask.1,
        flags: 0,
    }
}

fn heartbeat(at_ns: i64) -> Heartbeat<'static> {
    Heartbeat {
        venue: "binance",
        instrument: "BTC-USDT",
        event_ns: START + at_ns,
        receive_ns: START + at_ns,
    }
}

fn bar(made: &Made) -> Bar<'_> {
    match made.only() {
        Record::Bar(bar) => bar,
        other => panic!("not a bar: {other:?}"),
    }
}

#[test]
fn a_trade_past_the_end_closes_the_bar() {
    let mut run = Run::new("bars", ONE_SECOND);
    assert!(run.take(trade(0, 100, 10)).is_empty());
    assert!(run.take(trade(1, 104, 20)).is_empty());
    let sold = Trade {
        aggressor: Side::Sell,
        ..trade(SECOND - 1, 99, 30)
    };
    assert!(run.take(sold).is_empty());
    let made = run.take(trade(3 * SECOND, 98, 1));
    let bar = bar(&made);
    assert_eq!((bar.open_ns, bar.close_ns), (START, START + SECOND));
    assert_eq!((bar.open, bar.high, bar.low, bar.close), (100, 104, 99, 99));
    assert_eq!((bar.volume, bar.buy_volume, bar.sell_volume), (60, 30, 30));
    assert_eq!(bar.notional, 100 * 10 + 104 * 20 + 99 * 30);
    assert_eq!(bar.vwap, 6050 / 60, "truncated");
    assert_eq!((bar.trade_count, bar.first_offset, bar.last_offset), (3, 0, 2));
    // The closing trade is the cause, and its receive time goes along.
    let cause = Origin {
        partition: PARTITION,
        offset: 3,
        index: 0,
    };
    assert_eq!((bar.origin, bar.receive_ns), (cause, START + 3 * SECOND + 7));
    assert_eq!((bar.bid_price, bar.ask_price), (None, None), "no quote was seen");
}

#[test]
fn intervals_close_in_ascending_order_and_count_from_zero() {
    let mut run = Run::new("bars", r#"{"intervals_ns": [1000000000, 5000000000]}"#);
    run.take(trade(0, 100, 1));
    let made = run.take(trade(5 * SECOND, 100, 1));
    let bars: Vec<_> = made
        .records()
        .into_iter()
        .map(|record| match record {
            Record::Bar(bar) => (bar.interval_ns / SECOND, bar.origin.index),
            other => panic!("not a bar: {other:?}"),
        })
        .collect();
    assert_eq!(bars, [(1, 0), (5, 1)]);
}

#[test]
fn a_heartbeat_closes_the_bar_after_the_allowed_lateness() {
    let mut run = Run::new("bars", ONE_SECOND);
    run.take(trade(0, 100, 1));
    assert!(run.take(heartbeat(SECOND + SECOND / 2 - 1)).is_empty());
    assert_eq!(bar(&run.take(heartbeat(SECOND + SECOND / 2))).close, 100);
    assert!(run.take(heartbeat(9 * SECOND)).is_empty(), "no trade, no bar");
}

#[test]
fn a_late_trade_counts_into_the_bar_that_is_open() {
    let mut run = Run::new("bars", ONE_SECOND);
    run.take(trade(0, 100, 1));
    run.take(trade(SECOND, 101, 1));
    run.take(trade(SECOND / 2, 102, 5));
    let made = run.take(trade(2 * SECOND, 100, 1));
    let bar = bar(&made);
    assert_eq!((bar.late_count, bar.volume, bar.close), (1, 6, 102));
}

#[test]
fn a_late_trade_without_an_open_bar_opens_the_first_interval_that_is_not_closed() {
    let mut run = Run::new("bars", ONE_SECOND);
    run.take(trade(0, 100, 1));
    run.take(heartbeat(4 * SECOND));
    run.take(trade(SECOND / 2, 101, 1));
    let made = run.take(heartbeat(5 * SECOND));
    let bar = bar(&made);
    assert_eq!((bar.open_ns, bar.late_count, bar.volume), (START + SECOND, 1, 1));
}

#[test]
fn quotes_count_from_close_to_close() {
    let mut run = Run::new("bars", ONE_SECOND);
    run.take(quote((100, 5), (101, 7)));
    run.take(trade(0, 100, 1));
    run.take(quote((100, 8), (101, 7)));
    let made = run.take(trade(SECOND, 100, 1));
    let first = bar(&made);
    assert_eq!((first.quote_count, first.order_flow_imbalance), (2, 3));
    assert_eq!((first.bid_price, first.bid_quantity), (Some(100), Some(8)));
    assert_eq!((first.ask_price, first.ask_quantity), (Some(101), Some(7)));
    let made = run.take(trade(2 * SECOND, 100, 1));
    let second = bar(&made);
    assert_eq!((second.quote_count, second.order_flow_imbalance), (0, 0));
    assert_eq!(second.bid_price, Some(100), "the last quote still stands");
}

#[test]
fn a_lost_connection_forgets_the_quote() {
    let mut run = Run::new("bars", ONE_SECOND);
    run.take(quote((100, 5), (101, 7)));
    run.take(trade(0, 100, 1));
    run.take(Gap {
        venue: "binance",
        instrument: "BTC-USDT",
        receive_ns: START,
        stream: GapStream::Connection,
        expected_id: None,
        received_id: None,
        reason: "closed",
    });
    let made = run.take(trade(SECOND, 100, 1));
    let bar = bar(&made);
    assert_eq!((bar.gap_count, bar.bid_price, bar.ask_price), (1, None, None));
}

#[test]
fn what_cannot_be_counted_is_refused_and_changes_nothing() {
    let mut run = Run::new("bars", ONE_SECOND);
    run.take(trade(0, 100, 1));
    let before = run.kernel_state();
    assert_eq!(run.take(trade(1, 0, 1)).refusal(), "bad_value");
    assert_eq!(run.take(trade(1, 100, -1)).refusal(), "bad_value");
    assert_eq!(run.take(trade(1, 100, i64::MAX)).refusal(), "overflow");
    let other_scale = Trade {
        price_exponent: -3,
        ..trade(1, 100, 1)
    };
    assert_eq!(run.take(other_scale).refusal(), "scale_changed");
    assert_eq!(run.take_bytes(b"\x00\x00\x00").refusal(), "parse");
    assert_eq!(run.take_bytes(b"\x00\x00\x00\xff\xff").refusal(), "unknown_schema");
    assert_eq!(run.kernel_state(), before);
}
