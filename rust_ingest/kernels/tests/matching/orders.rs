//! Limit and market orders, their times in force, cancel and reduce.

use kernels::matching::{Command, Rejection, Side, TimeInForce};

use crate::market::Market;

fn lasting(time_in_force: TimeInForce, command: Command) -> Command {
    Command {
        time_in_force: time_in_force as u8,
        ..command
    }
}

#[test]
fn best_price_first_then_first_come_first_served_at_the_makers_price() {
    let mut market = Market::of(&[
        (1, Side::Sell, 102, 5),
        (2, Side::Sell, 101, 5),
        (3, Side::Sell, 101, 5),
    ]);
    let said = market.does(Command::limit(4, Side::Buy, 102, 12));
    let expected = [
        "4 accepted",
        "4 trades 5@101 with 2, left 7 and 0",
        "4 trades 5@101 with 3, left 2 and 0",
        "4 trades 2@102 with 1, left 0 and 3",
    ];
    assert_eq!(said, expected);
    assert_eq!(market.engine.last_price(), 102);
}

#[test]
fn what_is_left_of_a_limit_order_rests() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 5)]);
    let said = market.does(Command::limit(2, Side::Buy, 100, 8));
    assert_eq!(
        said,
        [
            "2 accepted",
            "2 trades 5@100 with 1, left 3 and 0",
            "2 rests 3 of 3@100"
        ]
    );
}

#[test]
fn ioc_takes_and_cancels_the_rest() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 5)]);
    let said = market.does(lasting(TimeInForce::Ioc, Command::limit(2, Side::Buy, 100, 8)));
    assert_eq!(
        said,
        [
            "2 accepted",
            "2 trades 5@100 with 1, left 3 and 0",
            "2 cancelled 3: ioc"
        ]
    );
    assert_eq!(market.engine.order(2), None);
}

#[test]
fn fok_takes_all_or_nothing() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 5), (2, Side::Sell, 101, 5)]);
    let fok = |id, price| lasting(TimeInForce::Fok, Command::limit(id, Side::Buy, price, 8));
    assert_eq!(market.does(fok(3, 100)), ["3 accepted", "3 cancelled 8: fok"]);
    let said = market.does(fok(4, 101));
    assert_eq!(
        said[1..],
        [
            "4 trades 5@100 with 1, left 3 and 0",
            "4 trades 3@101 with 2, left 0 and 2"
        ]
    );
}

#[test]
fn a_market_order_ends_at_the_band() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 5), (2, Side::Sell, 111, 5)]);
    market.does(Command::bands(90, 110));
    let said = market.does(Command::market(3, Side::Buy, 8));
    assert_eq!(
        said[1..],
        ["3 trades 5@100 with 1, left 3 and 0", "3 cancelled 3: no_liquidity"]
    );
    market.does(Command::bands(0, 0));
    let said = market.does(Command::market(4, Side::Buy, 5));
    assert_eq!(said[1..], ["4 trades 5@111 with 2, left 0 and 0"]);
}

#[test]
fn a_market_fok_that_cannot_says_fok() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 5)]);
    let said = market.does(lasting(TimeInForce::Fok, Command::market(2, Side::Buy, 8)));
    assert_eq!(said, ["2 accepted", "2 cancelled 8: fok"]);
}

#[test]
fn post_only_rests_or_is_rejected() {
    let mut market = Market::of(&[(1, Side::Sell, 100, 5)]);
    let post_only = |id, price| Command {
        post_only: 1,
        ..Command::limit(id, Side::Buy, price, 1)
    };
    assert_eq!(market.refuses(post_only(2, 100)), Rejection::WouldTake);
    assert_eq!(market.does(post_only(3, 99)), ["3 accepted", "3 rests 1 of 1@99"]);
    assert_eq!(market.refuses(Command::replace(3, 100, 0)), Rejection::WouldTake);
}

#[test]
fn cancel_takes_one_order_out_of_the_middle() {
    let mut market = Market::of(&[(1, Side::Buy, 100, 1), (2, Side::Buy, 100, 2), (3, Side::Buy, 100, 3)]);
    assert_eq!(market.does(Command::cancel(2)), ["2 cancelled 2: user"]);
    assert_eq!(market.queue(Side::Buy), [(1, 1), (3, 3)]);
    assert_eq!(market.engine.queue_position(3), Some((1, 1)));
}

#[test]
fn reduce_keeps_the_place_and_of_all_cancels() {
    let mut market = Market::of(&[(1, Side::Buy, 100, 5), (2, Side::Buy, 100, 5)]);
    assert_eq!(market.does(Command::reduce(1, 2)), ["1 reduced by 2 to 3: user"]);
    assert_eq!(market.queue(Side::Buy), [(1, 3), (2, 5)]);
    assert_eq!(market.does(Command::reduce(1, 3)), ["1 cancelled 3: reduced"]);
}

#[test]
fn gtd_orders_expire_by_end_and_entry_before_the_command_is_judged() {
    let mut market = Market::new();
    for (id, expires_ns) in [(1, 20), (2, 10), (3, 10)] {
        let order = lasting(TimeInForce::Gtd, Command::limit(id, Side::Buy, 100, 1));
        market.does(Command { expires_ns, ..order });
    }
    assert_eq!(market.does(Command::time(9)), [""; 0]);
    let said = market.does(Command {
        time_ns: 25,
        ..Command::limit(4, Side::Sell, 100, 1)
    });
    let expected = [
        "2 cancelled 1: expired",
        "3 cancelled 1: expired",
        "1 cancelled 1: expired",
        "4 accepted",
        "4 rests 1 of 1@100",
    ];
    assert_eq!(said, expected);
}

#[test]
fn mass_cancel_goes_by_entry_over_what_it_names() {
    let mut market = Market::new();
    for (id, owner, side) in [
        (5, 1, Side::Buy),
        (4, 2, Side::Buy),
        (3, 1, Side::Sell),
        (2, 1, Side::Buy),
    ] {
        let price = if side == Side::Buy { 99 } else { 101 };
        market.does(Command {
            owner,
            ..Command::limit(id, side, price, 1)
        });
    }
    market.does(Command {
        owner: 1,
        ..Command::stop(1, Side::Buy, 105, 1)
    });
    let said = market.does(Command::mass_cancel(1, Some(Side::Buy)));
    assert_eq!(
        said,
        ["5 cancelled 1: mass", "2 cancelled 1: mass", "1 cancelled 1: mass"]
    );
    let said = market.does(Command::mass_cancel(0, None));
    assert_eq!(said, ["4 cancelled 1: mass", "3 cancelled 1: mass"]);
}
