//! The call and its uncrossing.

use kernels::matching::{Command, Phase, Rules, Side};

use crate::icebergs::iceberg;
use crate::market::Market;

/// Opens after a call with these orders: what is said, in words.
fn opened(last_price: i64, bids: &[(i64, i64)], asks: &[(i64, i64)]) -> Vec<String> {
    let mut market = Market::with(Rules {
        last_price,
        ..Rules::default()
    });
    market.does(Command::phase(Phase::Call));
    for (id, &(price, quantity)) in (1..).zip(bids) {
        market.does(Command::limit(id, Side::Buy, price, quantity));
    }
    for (id, &(price, quantity)) in (11..).zip(asks) {
        market.does(Command::limit(id, Side::Sell, price, quantity));
    }
    market.does(Command::phase(Phase::Open))
}

#[test]
fn the_highest_volume_wins() {
    let said = opened(0, &[(102, 10), (101, 20), (100, 50)], &[(99, 10), (100, 25), (101, 10)]);
    assert_eq!(said[0], "uncrossed 35@100");
}

#[test]
fn then_the_smallest_surplus() {
    let said = opened(0, &[(103, 10), (101, 5)], &[(100, 10), (102, 8)]);
    // A surplus of 5 on the buy side at 100 and 101, of 8 on the sell side at 102 and 103.
    assert_eq!(said[0], "uncrossed 10@101");
}

#[test]
fn then_the_side_of_the_surplus() {
    let highest = opened(100, &[(103, 20)], &[(100, 10)]);
    assert_eq!(highest[0], "uncrossed 10@103");
    let lowest = opened(103, &[(103, 10)], &[(100, 20)]);
    assert_eq!(lowest[0], "uncrossed 10@100");
}

#[test]
fn else_the_last_price_moved_into_the_range() {
    for (last_price, price) in [(0, 100), (90, 100), (101, 101), (110, 103)] {
        let said = opened(last_price, &[(103, 10)], &[(100, 10)]);
        assert_eq!(said[0], format!("uncrossed 10@{price}"));
    }
}

#[test]
fn trades_go_by_priority_and_the_phase_changes_after_them() {
    let said = opened(0, &[(101, 5), (101, 5), (102, 4)], &[(100, 12)]);
    let expected = [
        "uncrossed 12@101",
        "3 trades 4@101 with 11, left 0 and 8 uncrossing",
        "1 trades 5@101 with 11, left 0 and 3 uncrossing",
        "2 trades 3@101 with 11, left 2 and 0 uncrossing",
        "phase 1",
    ];
    assert_eq!(said, expected);
}

#[test]
fn an_iceberg_trades_with_all_of_it_and_shows_again_in_its_place() {
    let mut market = Market::new();
    market.does(Command::phase(Phase::Call));
    market.does(iceberg(1, Side::Sell, 100, 30, 10));
    market.does(Command::limit(2, Side::Sell, 100, 5));
    market.does(Command::limit(3, Side::Buy, 100, 17));
    let said = market.does(Command::phase(Phase::Open));
    let expected = [
        "uncrossed 17@100",
        "3 trades 17@100 with 1, left 0 and 13 uncrossing",
        "1 shows 10 of 13 in place",
        "phase 1",
    ];
    assert_eq!(said, expected);
    assert_eq!(market.queue(Side::Sell), [(1, 10), (2, 5)]);
}

#[test]
fn stops_are_triggered_after_it() {
    let mut market = Market::new();
    market.does(Command::phase(Phase::Call));
    market.does(Command::stop(1, Side::Buy, 100, 1));
    market.does(Command::limit(2, Side::Sell, 100, 5));
    market.does(Command::limit(3, Side::Buy, 100, 3));
    market.does(Command::phase(Phase::Halted));
    let said = market.does(Command::phase(Phase::Open));
    assert_eq!(
        said[2..],
        ["phase 1", "1 triggered at 100", "1 trades 1@100 with 2, left 0 and 1"]
    );
}

#[test]
fn nothing_crossed_opens_quietly() {
    assert_eq!(opened(0, &[(99, 1)], &[(100, 1)]), ["phase 1"]);
}
