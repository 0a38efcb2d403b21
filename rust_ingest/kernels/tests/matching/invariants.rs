//! What holds of every book, whatever was done to it.

use kernels::matching::{Depth, MatchingEngine, OrderView, Phase, Side};

use crate::rebuilt::{Known, Rebuilt};

pub fn check(engine: &MatchingEngine, rebuilt: &Rebuilt) {
    let (bids, asks): (Vec<_>, Vec<_>) = (engine.orders(Side::Buy).collect(), engine.orders(Side::Sell).collect());
    if let (Phase::Open, Some(bid), Some(ask)) = (engine.phase(), bids.first(), asks.first()) {
        assert!(bid.price < ask.price, "crossed: {bid:?} {ask:?}");
    }
    for (side, orders) in [(Side::Buy, &bids), (Side::Sell, &asks)] {
        check_depth(engine, side, orders);
        assert_eq!(known(orders), rebuilt.queue(side, false), "events tell the whole book");
        let stops: Vec<_> = engine.stops(side).collect();
        assert_eq!(known(&stops), rebuilt.queue(side, true), "events tell all stops");
        assert!(
            orders
                .iter()
                .all(|order| 0 < order.displayed && order.displayed <= order.open_quantity)
        );
    }
    let stops = engine.stops(Side::Buy).count() + engine.stops(Side::Sell).count();
    assert_eq!(engine.len(), bids.len() + asks.len() + stops);
}

fn check_depth(engine: &MatchingEngine, side: Side, orders: &[OrderView]) {
    let mut depth: Vec<Depth> = Vec::new();
    for order in orders {
        assert_eq!(engine.order(order.order_id).as_ref(), Some(order));
        match depth.last_mut() {
            Some(level) if level.price == order.price => {
                let ahead = (u64::from(level.orders), level.displayed);
                assert_eq!(engine.queue_position(order.order_id), Some(ahead));
                level.displayed += order.displayed;
                level.orders += 1;
            }
            _ => {
                assert_eq!(engine.queue_position(order.order_id), Some((0, 0)));
                depth.push(Depth {
                    price: order.price,
                    displayed: order.displayed,
                    orders: 1,
                });
            }
        }
    }
    assert!(
        depth
            .iter()
            .all(|level| engine.displayed_at(side, level.price) == level.displayed)
    );
    assert!(engine.depth(side, None).eq(depth.iter().copied()));
    assert!(engine.depth(side, Some(2)).eq(depth.into_iter().take(2)));
}

fn known(orders: &[OrderView]) -> Vec<Known> {
    orders.iter().copied().map(Known::from).collect()
}
