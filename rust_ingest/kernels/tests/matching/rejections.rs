//! Each reason, and that of two the earlier is said.

use kernels::matching::{Command, Kind, Rejection, Rules, Side, TimeInForce};

use crate::market::Market;

/// Ticks of 5, lots of 10; a sell of owner 1 rests with 100@1000 and has 50 left.
fn market() -> Market {
    let mut market = Market::with(Rules {
        tick_size: 5,
        lot_size: 10,
        ..Rules::default()
    });
    market.does(Command {
        owner: 1,
        time_ns: 10,
        ..Command::limit(1, Side::Sell, 1000, 100)
    });
    market.does(at_ten(Command::market(2, Side::Buy, 50)));
    market
}

fn at_ten(command: Command) -> Command {
    Command { time_ns: 10, ..command }
}

fn own(command: Command) -> Command {
    at_ten(Command { owner: 1, ..command })
}

#[test]
fn each_reason() {
    let buy = Command::limit(3, Side::Buy, 995, 10);
    let stop = Command::stop(3, Side::Buy, 1005, 10);
    let market_order = Command::market(3, Side::Buy, 10);
    let cases = [
        (Command { time_ns: 9, ..buy }, Rejection::TimeBackwards),
        (Command { action: 9, ..buy }, Rejection::BadCommand),
        (Command { side: 0, ..buy }, Rejection::BadCommand),
        (Command { kind: 5, ..buy }, Rejection::BadCommand),
        (
            Command {
                time_in_force: 0,
                ..buy
            },
            Rejection::BadCommand,
        ),
        (Command { self_trade: 5, ..buy }, Rejection::BadCommand),
        (Command { post_only: 2, ..buy }, Rejection::BadCommand),
        (at_ten(Command { order_id: 1, ..buy }), Rejection::DuplicateOrder),
        (at_ten(Command::cancel(9)), Rejection::UnknownOrder),
        (at_ten(Command::cancel(1)), Rejection::WrongOwner),
        (at_ten(Command { quantity: 15, ..buy }), Rejection::BadQuantity),
        (
            at_ten(Command {
                quantity: 0,
                price: 1,
                ..buy
            }),
            Rejection::BadQuantity,
        ),
        (own(Command::replace(1, 0, -10)), Rejection::BadQuantity),
        (own(Command::replace(1, 0, 50)), Rejection::QuantityBelowExecuted),
        (own(Command::reduce(1, 60)), Rejection::QuantityAboveOpen),
        (own(Command::reduce(1, 5)), Rejection::BadQuantity),
        (at_ten(Command { price: 996, ..buy }), Rejection::BadPrice),
        (at_ten(Command { price: -5, ..buy }), Rejection::BadPrice),
        (
            at_ten(Command {
                price: 5,
                ..market_order
            }),
            Rejection::BadPrice,
        ),
        (
            own(Command {
                stop_price: 5,
                ..Command::replace(1, 0, 0)
            }),
            Rejection::BadStopPrice,
        ),
        (
            at_ten(Command {
                stop_price: 1001,
                ..stop
            }),
            Rejection::BadStopPrice,
        ),
        (
            at_ten(Command {
                display_quantity: 20,
                ..buy
            }),
            Rejection::BadDisplay,
        ),
        (
            at_ten(Command {
                display_quantity: -10,
                ..buy
            }),
            Rejection::BadDisplay,
        ),
        (
            at_ten(Command {
                display_quantity: 10,
                ..stop
            }),
            Rejection::BadDisplay,
        ),
        (
            at_ten(Command {
                time_in_force: TimeInForce::Gtd as u8,
                expires_ns: 10,
                ..buy
            }),
            Rejection::BadTimeInForce,
        ),
        (at_ten(Command { expires_ns: 20, ..buy }), Rejection::BadTimeInForce),
        (
            at_ten(Command {
                time_in_force: TimeInForce::Gtc as u8,
                ..market_order
            }),
            Rejection::BadTimeInForce,
        ),
        (
            at_ten(Command {
                time_in_force: TimeInForce::Ioc as u8,
                ..stop
            }),
            Rejection::BadTimeInForce,
        ),
        (
            at_ten(Command {
                post_only: 1,
                ..market_order
            }),
            Rejection::BadPostOnly,
        ),
        (
            at_ten(Command {
                kind: Kind::StopLimit as u8,
                price: 1000,
                post_only: 1,
                ..stop
            }),
            Rejection::BadPostOnly,
        ),
        (
            at_ten(Command {
                quantity: i64::MAX / 10 * 10,
                side: 2,
                ..buy
            }),
            Rejection::Overflow,
        ),
        (
            at_ten(Command {
                stop_price: 1000,
                ..stop
            }),
            Rejection::WouldTrigger,
        ),
        (
            at_ten(Command {
                price: 1000,
                post_only: 1,
                ..buy
            }),
            Rejection::WouldTake,
        ),
    ];
    for (command, rejection) in cases {
        assert_eq!(market().refuses(command), rejection, "{command:?}");
    }
}

#[test]
fn the_open_quantity_of_a_side_stays_within_64_bits() {
    let mut market = Market::new();
    market.does(Command::limit(1, Side::Buy, 1, i64::MAX - 1));
    assert_eq!(market.refuses(Command::limit(2, Side::Buy, 1, 2)), Rejection::Overflow);
    assert_eq!(market.refuses(Command::stop(2, Side::Buy, 5, 2)), Rejection::Overflow);
    market.does(Command::replace(1, 0, i64::MAX));
    market.does(Command::limit(2, Side::Sell, i64::MAX, i64::MAX - 7));
    assert_eq!(
        market.does(Command::market(3, Side::Sell, 7))[1],
        format!("3 trades 7@1 with 1, left 0 and {}", i64::MAX - 7)
    );
}

#[test]
fn a_batch_says_why_in_one_byte_each() {
    let mut market = Market::new();
    let commands = [
        Command::limit(1, Side::Buy, 100, 1),
        Command::cancel(2),
        Command::default(),
        Command::cancel(1),
    ];
    let mut codes = Vec::new();
    market.engine.apply_all(&commands, &mut market.events, &mut codes);
    assert_eq!(
        codes,
        [0, Rejection::UnknownOrder.code(), Rejection::BadCommand.code(), 0]
    );
}
