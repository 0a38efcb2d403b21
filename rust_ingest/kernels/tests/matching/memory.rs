//! What a large book holds.

use kernels::matching::{Command, MatchingEngine, Rules, Side};

const ORDERS: u64 = 100_000;

/// Megabytes of 100,000 orders, `ticks` apart from one to the next of a side.
fn megabytes(ticks: i64, prices: i64) -> f64 {
    let mut engine = MatchingEngine::new(Rules::default()).expect("rules of a test");
    let mut events = Vec::new();
    for id in 0..ORDERS {
        let distance = 1 + id as i64 / 2 % prices * ticks;
        let (side, price) = if id % 2 == 0 {
            (Side::Buy, -distance)
        } else {
            (Side::Sell, distance)
        };
        events.clear();
        let order = Command::limit(id, side, 1_000_000_000 + price, 10);
        engine.apply(&order, &mut events).expect("it rests");
    }
    assert_eq!(engine.len() as u64, ORDERS);
    engine.resident_bytes() as f64 / 1e6
}

#[test]
fn a_hundred_thousand_orders_fit_10_mb() {
    let megabytes = megabytes(1, 2_000);
    assert!(megabytes < 10.0, "{megabytes}");
}

#[test]
fn far_apart_each_at_a_price_of_its_own_they_fit_50_mb() {
    let megabytes = megabytes(1_000, i64::MAX / 1_000_000);
    assert!(megabytes < 50.0, "{megabytes}");
}
