//! A book made of events alone. Every event is checked against it: priority, prices, and that no quantity is lost or made.

use std::collections::BTreeMap;

use kernels::matching::{Event, EventKind, OrderView, PLACE_KEPT, STOP, Side, UNCROSSING};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub order_id: u64,
    pub owner: u32,
    pub price: i64,
    pub stop_price: i64,
    pub quantity: i64,
    pub open: i64,
    pub displayed: i64,
}

#[derive(Debug, Default)]
pub struct Rebuilt {
    sequence: u64,
    orders: BTreeMap<u64, Known>,
    /// Queues of ids by (side, is a stop, price).
    queues: BTreeMap<(u8, bool, i64), Vec<u64>>,
}

impl Rebuilt {
    pub fn hear(&mut self, event: &Event) {
        self.sequence += 1;
        assert_eq!(event.sequence, self.sequence);
        let kind = [
            (EventKind::Accepted, Self::accepted as fn(&mut Self, &Event)),
            (EventKind::Traded, Self::traded),
            (EventKind::Rested, Self::rested),
            (EventKind::Cancelled, Self::cancelled),
            (EventKind::Reduced, Self::reduced),
            (EventKind::Replaced, Self::replaced),
            (EventKind::Triggered, Self::triggered),
            (EventKind::Refreshed, Self::refreshed),
        ];
        if let Some((_, hear)) = kind.into_iter().find(|&(kind, _)| kind as u8 == event.kind) {
            hear(self, event);
        }
    }

    /// Resting orders or stops of a side, as the engine iterates them.
    pub fn queue(&self, side: Side, stops: bool) -> Vec<Known> {
        let mut prices: Vec<_> = self
            .queues
            .range((side as u8, stops, i64::MIN)..=(side as u8, stops, i64::MAX))
            .collect();
        if (side == Side::Buy) != stops {
            prices.reverse();
        }
        prices
            .into_iter()
            .flat_map(|(_, ids)| ids.iter().map(|id| self.orders[id]))
            .collect()
    }

    fn accepted(&mut self, event: &Event) {
        assert_eq!(event.quantity, event.left);
        let known = Known {
            order_id: event.order_id,
            owner: event.owner,
            price: event.price,
            stop_price: event.other.cast_signed(),
            quantity: event.quantity,
            open: event.left,
            displayed: 0,
        };
        assert_eq!(self.orders.insert(event.order_id, known), None);
    }

    fn traded(&mut self, event: &Event) {
        assert!(event.quantity > 0);
        let uncrossing = event.flags & UNCROSSING != 0;
        let opposite = if event.side == Side::Buy as u8 {
            Side::Sell
        } else {
            Side::Buy
        };
        let first = self.queue(opposite, false)[0];
        assert_eq!(
            (first.order_id, first.owner),
            (event.other, event.other_owner),
            "first come, first served"
        );
        if uncrossing {
            let first = self.queue(Side::Buy, false)[0];
            assert_eq!((first.order_id, event.side), (event.order_id, Side::Buy as u8));
            self.leave_if_done(event.order_id, event.quantity, event.left);
        } else {
            assert_eq!(event.price, first.price, "at the maker's price");
            let taker = self.order(event.order_id);
            let (limit, price) = (taker.price, event.price);
            assert!(
                limit == 0
                    || if opposite == Side::Sell {
                        price <= limit
                    } else {
                        price >= limit
                    }
            );
            taker.open -= event.quantity;
            assert_eq!(taker.open, event.left);
            if event.left == 0 {
                self.orders.remove(&event.order_id);
            }
        }
        self.leave_if_done(event.other, event.quantity, event.other_left);
    }

    fn rested(&mut self, event: &Event) {
        let stop = event.flags & STOP != 0;
        let order = self.order(event.order_id);
        order.displayed = event.quantity;
        assert_eq!(order.open, event.left);
        assert_eq!(if stop { order.stop_price } else { order.price }, event.price);
        self.queues
            .entry((event.side, stop, event.price))
            .or_default()
            .push(event.order_id);
    }

    fn cancelled(&mut self, event: &Event) {
        assert_eq!(self.order(event.order_id).open, event.quantity);
        self.unqueue(event.order_id);
        self.orders.remove(&event.order_id);
    }

    fn reduced(&mut self, event: &Event) {
        let order = self.order(event.order_id);
        assert_eq!(order.open - event.quantity, event.left);
        order.open = event.left;
        order.displayed = order.displayed.min(event.left);
    }

    fn replaced(&mut self, event: &Event) {
        let order = self.order(event.order_id);
        assert_eq!(
            order.quantity - order.open,
            event.quantity - event.left,
            "what was executed stays"
        );
        let kept = event.flags & PLACE_KEPT != 0;
        order.price = event.price;
        order.stop_price = event.other.cast_signed();
        order.quantity = event.quantity;
        order.open = event.left;
        order.displayed = order.displayed.min(event.left);
        if !kept {
            self.unqueue(event.order_id);
        }
    }

    fn triggered(&mut self, event: &Event) {
        self.unqueue(event.order_id);
        let order = self.order(event.order_id);
        assert_eq!(std::mem::take(&mut order.stop_price), event.price);
    }

    fn refreshed(&mut self, event: &Event) {
        let order = self.order(event.order_id);
        order.displayed = event.quantity;
        assert_eq!(order.open, event.left);
        let price = order.price;
        if event.flags & PLACE_KEPT == 0 {
            self.unqueue(event.order_id);
            self.queues
                .entry((event.side, false, price))
                .or_default()
                .push(event.order_id);
        }
    }

    fn order(&mut self, id: u64) -> &mut Known {
        self.orders.get_mut(&id).unwrap_or_else(|| panic!("order {id} lives"))
    }

    /// A resting order has traded.
    fn leave_if_done(&mut self, id: u64, quantity: i64, left: i64) {
        let order = self.order(id);
        order.open -= quantity;
        assert_eq!(order.open, left);
        // What an iceberg shows after an uncrossing is said by `refreshed`.
        order.displayed = (order.displayed - quantity).max(0);
        if left == 0 {
            self.unqueue(id);
            self.orders.remove(&id);
        }
    }

    fn unqueue(&mut self, id: u64) {
        for ids in self.queues.values_mut() {
            ids.retain(|&other| other != id);
        }
        self.queues.retain(|_, ids| !ids.is_empty());
    }
}

impl From<OrderView> for Known {
    fn from(view: OrderView) -> Self {
        Self {
            order_id: view.order_id,
            owner: view.owner,
            price: view.price,
            stop_price: view.stop_price,
            quantity: view.quantity,
            open: view.open_quantity,
            displayed: view.displayed,
        }
    }
}
