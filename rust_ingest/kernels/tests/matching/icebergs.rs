//! Orders that show a part.

use kernels::matching::{Command, Depth, Side, TimeInForce};

use crate::market::Market;

pub fn iceberg(id: u64, side: Side, price: i64, quantity: i64, display_quantity: i64) -> Command {
    Command {
        display_quantity,
        ..Command::limit(id, side, price, quantity)
    }
}

#[test]
fn a_part_is_shown_and_the_next_one_joins_the_end_of_the_queue() {
    let mut market = Market::new();
    assert_eq!(
        market.does(iceberg(1, Side::Sell, 100, 25, 10)),
        ["1 accepted", "1 rests 10 of 25@100"]
    );
    market.does(Command::limit(2, Side::Sell, 100, 5));
    let said = market.does(Command::limit(3, Side::Buy, 100, 18));
    let expected = [
        "3 accepted",
        "3 trades 10@100 with 1, left 8 and 15",
        "1 shows 10 of 15",
        "3 trades 5@100 with 2, left 3 and 0",
        "3 trades 3@100 with 1, left 0 and 12",
    ];
    assert_eq!(said, expected);
    let depth: Vec<_> = market.engine.depth(Side::Sell, None).collect();
    assert_eq!(
        depth,
        [Depth {
            price: 100,
            displayed: 7,
            orders: 1
        }]
    );
}

#[test]
fn the_last_part_is_what_is_left() {
    let mut market = Market::new();
    market.does(iceberg(1, Side::Sell, 100, 25, 10));
    let said = market.does(Command::limit(2, Side::Buy, 100, 20));
    assert_eq!(said[4], "1 shows 5 of 5");
}

#[test]
fn a_taker_takes_with_all_of_it() {
    let mut market = Market::of(&[(1, Side::Buy, 100, 20)]);
    let said = market.does(iceberg(2, Side::Sell, 100, 25, 2));
    assert_eq!(
        said[1..],
        ["2 trades 20@100 with 1, left 5 and 0", "2 rests 2 of 5@100"]
    );
}

#[test]
fn hidden_quantity_fills_a_fok_and_goes_first_when_reduced() {
    let mut market = Market::new();
    market.does(iceberg(1, Side::Sell, 100, 25, 10));
    market.does(Command::reduce(1, 12));
    assert_eq!(market.queue(Side::Sell), [(1, 10)]);
    market.does(Command::reduce(1, 5));
    assert_eq!(market.queue(Side::Sell), [(1, 8)]);
    let order = Command::limit(2, Side::Buy, 100, 8);
    let said = market.does(Command {
        time_in_force: TimeInForce::Fok as u8,
        ..order
    });
    assert_eq!(said[1], "2 trades 8@100 with 1, left 0 and 0");
}
