//! Stops wait for a trade.

use kernels::matching::{Command, Kind, Rejection, Side, TimeInForce};

use crate::market::Market;

fn stop_limit(id: u64, side: Side, stop_price: i64, price: i64, quantity: i64) -> Command {
    Command {
        kind: Kind::StopLimit as u8,
        price,
        ..Command::stop(id, side, stop_price, quantity)
    }
}

#[test]
fn a_stop_waits_unseen_until_a_trade_reaches_it() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 1), (2, Side::Sell, 103, 5)]);
    assert_eq!(
        market.does(Command::stop(3, Side::Buy, 100, 4)),
        ["3 accepted", "3 waits 4 at 100"]
    );
    assert_eq!(market.queue(Side::Buy), []);
    let said = market.does(Command::limit(4, Side::Buy, 100, 1));
    let expected = [
        "4 accepted",
        "4 trades 1@100 with 1, left 0 and 0",
        "3 triggered at 100",
        "3 trades 4@103 with 2, left 0 and 1",
    ];
    assert_eq!(said, expected);
}

#[test]
fn buys_by_rising_price_then_sells_by_falling_price_and_what_they_trigger_behind() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 1), (2, Side::Sell, 110, 1)]);
    market.does(Command::stop(11, Side::Buy, 100, 1));
    market.does(Command::stop(12, Side::Buy, 99, 1));
    market.does(Command::stop(13, Side::Sell, 100, 1));
    market.does(Command::stop(14, Side::Sell, 105, 1));
    market.does(Command::stop(15, Side::Buy, 105, 1));
    let said = market.does(Command::limit(3, Side::Buy, 100, 1));
    let expected = [
        "3 accepted",
        "3 trades 1@100 with 1, left 0 and 0",
        "12 triggered at 99",
        "12 trades 1@110 with 2, left 0 and 0",
        "11 triggered at 100",
        "11 cancelled 1: no_liquidity",
        "14 triggered at 105",
        "14 cancelled 1: no_liquidity",
        "13 triggered at 100",
        "13 cancelled 1: no_liquidity",
        "15 triggered at 105",
        "15 cancelled 1: no_liquidity",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_triggered_stop_limit_is_a_limit_order() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 1)]);
    market.does(stop_limit(2, Side::Buy, 100, 99, 3));
    let said = market.does(Command::limit(3, Side::Buy, 100, 1));
    assert_eq!(said[2..], ["2 triggered at 100", "2 rests 3 of 3@99"]);
    let order = market.engine.order(2).expect("it rests");
    assert_eq!((order.kind, order.stop_price), (Kind::Limit, 0));
    let replace = Command {
        stop_price: 101,
        ..Command::replace(2, 0, 0)
    };
    assert_eq!(market.refuses(replace), Rejection::BadStopPrice);
}

#[test]
fn a_stop_limit_may_take_at_once_or_not_at_all() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 1), (2, Side::Sell, 101, 1)]);
    for (id, time_in_force) in [(3, TimeInForce::Fok), (4, TimeInForce::Ioc)] {
        let order = stop_limit(id, Side::Buy, 100, 101, 2);
        market.does(Command {
            time_in_force: time_in_force as u8,
            ..order
        });
    }
    let said = market.does(Command::limit(5, Side::Buy, 100, 1));
    let expected = [
        "3 triggered at 100",
        "3 cancelled 2: fok",
        "4 triggered at 100",
        "4 trades 1@101 with 2, left 1 and 0",
        "4 cancelled 1: ioc",
    ];
    assert_eq!(said[2..], expected);
}

#[test]
fn a_stop_through_the_last_trade_is_rejected() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 1)]);
    market.does(Command::market(2, Side::Buy, 1));
    assert_eq!(
        market.refuses(Command::stop(3, Side::Buy, 100, 1)),
        Rejection::WouldTrigger
    );
    assert_eq!(
        market.refuses(Command::stop(3, Side::Sell, 100, 1)),
        Rejection::WouldTrigger
    );
    market.does(Command::stop(3, Side::Buy, 101, 1));
    let through = Command {
        stop_price: 99,
        ..Command::replace(3, 0, 0)
    };
    assert_eq!(market.refuses(through), Rejection::WouldTrigger);
}
