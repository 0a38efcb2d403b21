//! What works in a halt, a call and after the close.

use kernels::matching::{Command, Phase, Rejection, Side, TimeInForce};

use crate::market::Market;

#[test]
fn halted_and_closed_take_nothing_new() {
    for (phase, rejection) in [(Phase::Halted, Rejection::Halted), (Phase::Closed, Rejection::Closed)] {
        let mut market = Market::of(&[(1, Side::Buy, 100, 5)]);
        market.does(Command::phase(phase));
        assert_eq!(market.refuses(Command::limit(2, Side::Buy, 100, 1)), rejection);
        assert_eq!(market.refuses(Command::replace(1, 0, 1)), rejection);
        market.does(Command::reduce(1, 1));
        market.does(Command::cancel(1));
    }
}

#[test]
fn a_call_takes_orders_that_can_rest() {
    let mut market = Market::new();
    market.does(Command {
        post_only: 1,
        ..Command::limit(1, Side::Buy, 100, 1)
    });
    market.does(Command::phase(Phase::Call));
    let ioc = Command {
        time_in_force: TimeInForce::Ioc as u8,
        ..Command::limit(2, Side::Sell, 100, 1)
    };
    assert_eq!(market.refuses(ioc), Rejection::NotInCall);
    assert_eq!(market.refuses(Command::market(2, Side::Sell, 1)), Rejection::NotInCall);
    assert_eq!(market.refuses(Command::replace(1, 99, 0)), Rejection::NotInCall);
    assert_eq!(
        market.does(Command::limit(2, Side::Sell, 90, 1)),
        ["2 accepted", "2 rests 1 of 1@90"]
    );
}

#[test]
fn day_orders_end_with_the_day() {
    let mut market = Market::new();
    market.does(Command::limit(1, Side::Buy, 100, 1));
    market.does(Command {
        time_in_force: TimeInForce::Day as u8,
        ..Command::limit(2, Side::Buy, 100, 2)
    });
    market.does(Command {
        time_in_force: TimeInForce::Day as u8,
        ..Command::stop(3, Side::Buy, 105, 3)
    });
    let said = market.does(Command::phase(Phase::Closed));
    assert_eq!(said, ["2 cancelled 2: expired", "3 cancelled 3: expired", "phase 4"]);
}

#[test]
fn bands_judge_what_comes_in_not_what_rests() {
    let mut market = Market::of(&[(1, Side::Buy, 80, 5)]);
    assert_eq!(market.does(Command::bands(90, 110)), ["bands 90 to 110"]);
    assert_eq!(
        market.refuses(Command::limit(2, Side::Buy, 89, 1)),
        Rejection::OutsideBand
    );
    assert_eq!(
        market.refuses(Command::limit(2, Side::Sell, 111, 1)),
        Rejection::OutsideBand
    );
    assert_eq!(market.refuses(Command::replace(1, 0, 6)), Rejection::OutsideBand);
    market.does(Command::replace(1, 0, 4));
    assert_eq!(market.refuses(Command::bands(110, 90)), Rejection::BadPrice);
}
