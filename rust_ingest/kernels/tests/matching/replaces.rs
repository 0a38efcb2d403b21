//! What a replaced order keeps and loses.

use kernels::matching::{Command, Side};

use crate::icebergs::iceberg;
use crate::market::Market;

fn two_bids() -> Market {
    Market::of(&[(1, Side::Buy, 100, 5), (2, Side::Buy, 100, 5)])
}

#[test]
fn less_at_the_same_price_keeps_the_place() {
    let mut market = two_bids();
    let said = market.does(Command::replace(1, 0, 3));
    assert_eq!(said, ["1 replaced by 3@100 stop 0, left 3 in place"]);
    assert_eq!(market.queue(Side::Buy), [(1, 3), (2, 5)]);
    let said = market.does(Command::replace(1, 100, 3));
    assert_eq!(said, ["1 replaced by 3@100 stop 0, left 3 in place"]);
}

#[test]
fn more_or_another_price_goes_to_the_end() {
    let mut market = two_bids();
    let said = market.does(Command::replace(1, 0, 6));
    assert_eq!(said, ["1 replaced by 6@100 stop 0, left 6", "1 rests 6 of 6@100"]);
    assert_eq!(market.queue(Side::Buy), [(2, 5), (1, 6)]);
    market.does(Command::replace(2, 99, 0));
    assert_eq!(market.queue(Side::Buy), [(1, 6), (2, 5)]);
}

#[test]
fn a_new_price_may_take() {
    let mut market = two_bids();
    market.does(Command::limit(3, Side::Sell, 101, 4));
    let said = market.does(Command::replace(2, 101, 0));
    let expected = [
        "2 replaced by 5@101 stop 0, left 5",
        "2 trades 4@101 with 3, left 1 and 0",
        "2 rests 1 of 1@101",
    ];
    assert_eq!(said, expected);
    market.does(Command::limit(4, Side::Sell, 102, 9));
    let said = market.does(Command::replace(2, 102, 0));
    assert_eq!(said[1], "2 trades 1@102 with 4, left 0 and 8");
    assert_eq!(market.engine.order(2), None);
}

#[test]
fn the_new_total_counts_what_was_executed() {
    let mut market = two_bids();
    market.does(Command::market(3, Side::Sell, 2));
    let said = market.does(Command::replace(1, 0, 4));
    assert_eq!(said, ["1 replaced by 4@100 stop 0, left 2 in place"]);
}

#[test]
fn an_iceberg_loses_hidden_quantity_first_and_shows_a_whole_part_when_it_comes_in_again() {
    let mut market = Market::new();
    market.does(iceberg(1, Side::Buy, 100, 30, 10));
    market.does(Command::market(2, Side::Sell, 4));
    market.does(Command::replace(1, 0, 12));
    assert_eq!(market.queue(Side::Buy), [(1, 6)]);
    market.does(Command::replace(1, 99, 30));
    assert_eq!(market.queue(Side::Buy), [(1, 10)]);
}

#[test]
fn a_stop_keeps_its_place_while_its_stop_price_stays() {
    let mut market = Market::new();
    market.does(Command::stop(1, Side::Buy, 105, 5));
    market.does(Command::stop(2, Side::Buy, 105, 5));
    let said = market.does(Command::replace(1, 0, 3));
    assert_eq!(said, ["1 replaced by 3@0 stop 105, left 3 in place"]);
    let said = market.does(Command {
        stop_price: 105,
        ..Command::replace(1, 0, 5)
    });
    assert_eq!(said, ["1 replaced by 5@0 stop 105, left 5", "1 waits 5 at 105"]);
    let waiting: Vec<_> = market.engine.stops(Side::Buy).map(|order| order.order_id).collect();
    assert_eq!(waiting, [2, 1]);
}
