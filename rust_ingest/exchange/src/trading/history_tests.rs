//! A recorded book that is traded with: what it gives, what it keeps, and where in its queues we stand.

use kernels::matching::{Command, Side as EngineSide, TimeInForce};

use super::engine_words::MARKET_IDS;
use super::floor::{Floor, Liquidity};
use super::history::QueueModel;
use crate::book::message::{Depth, Level, Trade};
use crate::fixed::Fixed;
use crate::instrument::{Instrument, SeenDecimals};
use crate::venue::Venue;

/// A tick of 1e-8, so that prices are small numbers.
fn floor(model: QueueModel) -> Floor {
    let seen = SeenDecimals {
        price_needed: 8,
        quantity_needed: 8,
        ..SeenDecimals::default()
    };
    let mut floor = Floor::new(&Instrument::new(Venue::Spot, "XUSDT", seen), Liquidity::Recorded(model)).unwrap();
    show(&mut floor, 10, &[(99, 10)], &[(100, 5), (101, 7), (103, 9)]);
    floor.open(1);
    floor
}

fn show(floor: &mut Floor, last: u64, bids: &[(i64, i64)], asks: &[(i64, i64)]) {
    let level = |(price, quantity): &(i64, i64)| Level(Fixed(*price), Fixed(*quantity));
    let depth = Depth {
        first_update_id: last,
        previous_update_id: None,
        last_update_id: last,
        bids: bids.iter().map(level).collect(),
        asks: asks.iter().map(level).collect(),
        publish_ms: 0,
        transaction_ms: 0,
    };
    floor.show_depth(depth, || 1);
}

fn ticker(floor: &mut Floor, id: u64, ask: &str, quantity: &str) {
    let body = format!(
        r#"{{"stream":"x@bookTicker","data":{{"u":{id},"s":"X","b":"0.00000001","B":"1.0","a":"{ask}","A":"{quantity}"}}}}"#
    );
    floor.show_ticker(body.as_bytes(), || 1);
}

fn trade(floor: &mut Floor, price: i64, quantity: i64, buyer_is_maker: bool) {
    let trade = Trade {
        price: Fixed(price),
        quantity: Fixed(quantity),
        buyer_is_maker: Some(buyer_is_maker),
    };
    floor.show_trade(trade, || 1);
}

/// Fills of our order `id` since the last call, as price and quantity.
fn fills(floor: &mut Floor, id: u64) -> Vec<(i64, i64)> {
    let events = floor.engine.take_events();
    let ours = events.iter().filter(|event| event.quantity > 0 && event.kind == 2);
    ours.filter(|event| event.order_id == id || event.other == id)
        .map(|event| (event.price, event.quantity))
        .collect()
}

fn buy(floor: &mut Floor, id: u64, limit: i64, quantity: i64) -> Vec<(i64, i64)> {
    let order = Command {
        time_in_force: TimeInForce::Ioc as u8,
        ..Command::limit(id, EngineSide::Buy, limit, quantity)
    };
    floor.apply(order).unwrap();
    fills(floor, id)
}

fn rest(floor: &mut Floor, id: u64, price: i64, quantity: i64) {
    floor
        .apply(Command::limit(id, EngineSide::Buy, price, quantity))
        .unwrap();
    floor.engine.take_events();
}

#[test]
fn walks_the_levels_up_to_the_limit() {
    let mut floor = floor(QueueModel::Even);
    assert_eq!(buy(&mut floor, 1, 101, 20), [(100, 5), (101, 7)]);
    assert_eq!(buy(&mut floor, 2, 102, 1), []);
}

#[test]
fn does_not_give_the_same_quantity_twice_until_the_feed_changes_it() {
    let mut floor = floor(QueueModel::Even);
    assert_eq!(buy(&mut floor, 1, 200, 3), [(100, 3)]);
    show(&mut floor, 11, &[], &[(100, 5), (101, 7)]);
    assert_eq!(buy(&mut floor, 2, 200, 3), [(100, 2), (101, 1)]);
    show(&mut floor, 12, &[], &[(100, 4)]);
    assert_eq!(buy(&mut floor, 3, 100, 9), [(100, 4)]);
    assert_eq!(floor.book().asks().next(), Some((Fixed(100), Fixed(4))));
}

#[test]
fn believes_a_newer_ticker_about_the_top_until_the_book_is_newer() {
    let mut floor = floor(QueueModel::Even);
    ticker(&mut floor, 11, "0.00000101", "0.00000002");
    assert_eq!(buy(&mut floor, 1, 200, 3), [(101, 2), (103, 1)]);
    ticker(&mut floor, 9, "0.00000050", "0.00000001");
    assert_eq!(buy(&mut floor, 2, 100, 1), []);
    show(&mut floor, 12, &[], &[]);
    assert_eq!(buy(&mut floor, 3, 101, 20), [(100, 5), (101, 7)]);
}

#[test]
fn an_order_stands_behind_what_was_there_and_before_what_comes() {
    let mut floor = floor(QueueModel::Even);
    rest(&mut floor, 1, 99, 4);
    show(&mut floor, 11, &[(99, 30)], &[]);
    trade(&mut floor, 99, 9, true);
    assert_eq!(fills(&mut floor, 1), []);
    trade(&mut floor, 99, 3, true);
    assert_eq!(fills(&mut floor, 1), [(99, 2)]);
    trade(&mut floor, 99, 3, true);
    assert_eq!(fills(&mut floor, 1), [(99, 2)]);
    // History has what it would have without us: 30 less the 15 that were traded.
    let taken: Vec<_> = (0..2).map(|id| sell(&mut floor, 8 + id, 99, 10)).collect();
    assert_eq!(taken, [vec![(99, 10)], vec![(99, 5)]]);
}

fn sell(floor: &mut Floor, id: u64, limit: i64, quantity: i64) -> Vec<(i64, i64)> {
    let order = Command {
        time_in_force: TimeInForce::Ioc as u8,
        ..Command::limit(id, EngineSide::Sell, limit, quantity)
    };
    floor.apply(order).unwrap();
    let fills = fills(floor, id);
    let sum = fills.iter().map(|(_, quantity)| quantity).sum();
    if fills.is_empty() {
        fills
    } else {
        vec![(fills[0].0, sum)]
    }
}

#[test]
fn cancellations_move_us_up_as_the_model_has_it() {
    for (model, first, second) in [(QueueModel::Even, vec![(99, 1)], 3), (QueueModel::Cautious, vec![], 2)] {
        let mut floor = floor(model);
        rest(&mut floor, 1, 99, 4);
        show(&mut floor, 11, &[(99, 20)], &[]);
        // 10 before us and 10 behind; 10 are cancelled: 5 of each, or those behind.
        show(&mut floor, 12, &[(99, 10)], &[]);
        trade(&mut floor, 99, 6, true);
        assert_eq!(fills(&mut floor, 1), first, "{model:?}");
        trade(&mut floor, 99, 6, true);
        assert_eq!(fills(&mut floor, 1), [(99, second)], "{model:?}");
    }
}

#[test]
fn a_trade_through_our_price_fills_us_first_at_our_price() {
    let mut floor = floor(QueueModel::Even);
    rest(&mut floor, 1, 99, 4);
    trade(&mut floor, 98, 5, true);
    assert_eq!(fills(&mut floor, 1), [(99, 4)]);
    // A trade above the best bid, of a seller, proves nothing about bids below.
    rest(&mut floor, 2, 97, 4);
    trade(&mut floor, 100, 5, false);
    assert_eq!(fills(&mut floor, 2), []);
}

#[test]
fn a_level_that_comes_to_our_order_trades_with_it_and_a_crossed_book_with_nobody() {
    let mut floor = floor(QueueModel::Even);
    rest(&mut floor, 1, 99, 4);
    show(&mut floor, 11, &[(99, 0)], &[(98, 3)]);
    assert_eq!(fills(&mut floor, 1), [(99, 3)]);
    // A bid above the asks, as after a lost event: the asks are no longer believed.
    show(&mut floor, 12, &[(102, 6)], &[]);
    let events = floor.engine.take_events();
    let among_the_market = |event: &&kernels::matching::Event| event.kind == 2 && event.order_id >= MARKET_IDS;
    assert!(
        events
            .iter()
            .filter(among_the_market)
            .all(|event| event.other < MARKET_IDS)
    );
    assert_eq!(buy(&mut floor, 2, 102, 1), []);
    assert_eq!(sell(&mut floor, 3, 102, 9), [(102, 6)]);
}
