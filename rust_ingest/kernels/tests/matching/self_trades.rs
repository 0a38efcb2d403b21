//! Orders of one owner do not trade with each other, if the taker says so.

use kernels::matching::{Command, SelfTrade, Side, TimeInForce};

use crate::icebergs::iceberg;
use crate::market::Market;

const OWNER: u32 = 7;

/// Sells of the owner: 1 (5@100), and of another: 2 (5@100).
fn market() -> Market {
    let mut market = Market::new();
    market.does(Command {
        owner: OWNER,
        ..Command::limit(1, Side::Sell, 100, 5)
    });
    market.does(Command {
        owner: OWNER + 1,
        ..Command::limit(2, Side::Sell, 100, 5)
    });
    market
}

fn buy(quantity: i64, mode: SelfTrade) -> Command {
    let order = Command::limit(3, Side::Buy, 100, quantity);
    Command {
        owner: OWNER,
        self_trade: mode as u8,
        ..order
    }
}

#[test]
fn none_trades() {
    assert_eq!(
        market().does(buy(5, SelfTrade::None))[1],
        "3 trades 5@100 with 1, left 0 and 0"
    );
}

#[test]
fn nobody_never_trades_with_himself() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 5)]);
    let said = market.does(Command {
        owner: 0,
        ..buy(5, SelfTrade::CancelBoth)
    });
    assert_eq!(said[1], "3 trades 5@100 with 1, left 0 and 0");
}

#[test]
fn cancel_newest_ends_the_taker() {
    assert_eq!(
        market().does(buy(8, SelfTrade::CancelNewest))[1..],
        ["3 cancelled 8: self_trade"]
    );
}

#[test]
fn cancel_oldest_ends_the_maker_and_goes_on() {
    let said = market().does(buy(8, SelfTrade::CancelOldest));
    let expected = [
        "1 cancelled 5: self_trade",
        "3 trades 5@100 with 2, left 3 and 0",
        "3 rests 3 of 3@100",
    ];
    assert_eq!(said[1..], expected);
}

#[test]
fn cancel_both_ends_both() {
    let said = market().does(buy(8, SelfTrade::CancelBoth));
    assert_eq!(said[1..], ["1 cancelled 5: self_trade", "3 cancelled 8: self_trade"]);
}

#[test]
fn decrement_takes_the_smaller_from_both() {
    let said = market().does(buy(8, SelfTrade::Decrement));
    let expected = [
        "1 cancelled 5: self_trade",
        "3 reduced by 5 to 3: self_trade",
        "3 trades 3@100 with 2, left 0 and 2",
    ];
    assert_eq!(said[1..], expected);
    let said = market().does(buy(3, SelfTrade::Decrement));
    assert_eq!(
        said[1..],
        ["1 reduced by 3 to 2: self_trade", "3 cancelled 3: self_trade"]
    );
}

#[test]
fn fok_counts_what_prevention_lets_it_have() {
    let fok = |quantity, mode| Command {
        time_in_force: TimeInForce::Fok as u8,
        ..buy(quantity, mode)
    };
    assert_eq!(
        market().does(fok(5, SelfTrade::CancelNewest))[1..],
        ["3 cancelled 5: fok"]
    );
    assert_eq!(
        market().does(fok(6, SelfTrade::CancelOldest))[1..],
        ["3 cancelled 6: fok"]
    );
    let said = market().does(fok(5, SelfTrade::CancelOldest));
    assert_eq!(
        said[1..],
        ["1 cancelled 5: self_trade", "3 trades 5@100 with 2, left 0 and 0"]
    );
}

#[test]
fn fok_does_not_count_hidden_parts_that_would_be_shown_behind_an_own_order() {
    for (quantity, outcome) in [
        (11, "3 cancelled 11: fok"),
        (10, "3 trades 10@100 with 4, left 0 and 20"),
    ] {
        let mut market = Market::new();
        market.does(iceberg(4, Side::Sell, 100, 30, 10));
        market.does(Command {
            owner: OWNER,
            ..Command::limit(1, Side::Sell, 100, 5)
        });
        let order = buy(quantity, SelfTrade::CancelNewest);
        let said = market.does(Command {
            time_in_force: TimeInForce::Fok as u8,
            ..order
        });
        assert_eq!(said[1], outcome);
    }
}
