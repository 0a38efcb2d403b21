//! <https://crates.io/crates/lobster>. It has no move: an order that is moved is cancelled and placed anew.

use ::lobster::{OrderBook, OrderEvent, OrderType, Side};

use crate::engine::{Engine, Fill};
use crate::flow::{Action, Op};

pub struct Lobster(OrderBook);

impl Engine for Lobster {
    const NAME: &'static str = "lobster";
    type Ask = (OrderType, Option<OrderType>);

    fn new(_telling: bool) -> Self {
        Self(OrderBook::default())
    }

    fn ask(op: &Op) -> Self::Ask {
        let side = match op.side {
            kernels::matching::Side::Buy => Side::Bid,
            kernels::matching::Side::Sell => Side::Ask,
        };
        let (id, qty, price) = (op.id.into(), op.quantity as u64, op.price as u64);
        match op.action {
            Action::Limit => (
                OrderType::Limit {
                    id,
                    side,
                    qty,
                    price,
                },
                None,
            ),
            Action::Market => (OrderType::Market { id, side, qty }, None),
            Action::Cancel => (OrderType::Cancel { id }, None),
            Action::Move => (
                OrderType::Cancel { id },
                Some(OrderType::Limit {
                    id,
                    side,
                    qty,
                    price,
                }),
            ),
        }
    }

    #[inline]
    fn apply(&mut self, ask: &Self::Ask) -> usize {
        let made = count(&self.0.execute(ask.0));
        ask.1.map_or(made, |then| count(&self.0.execute(then)))
    }

    fn apply_telling(&mut self, ask: &Self::Ask, fills: &mut Vec<Fill>) {
        let asked = [Some(ask.0), ask.1];
        for order in asked.into_iter().flatten() {
            if let OrderEvent::Filled { fills: made, .. }
            | OrderEvent::PartiallyFilled { fills: made, .. } = self.0.execute(order)
            {
                fills.extend(made.iter().map(|fill| Fill {
                    taker: fill.order_1 as u64,
                    maker: fill.order_2 as u64,
                    price: fill.price as i64,
                    quantity: fill.qty as i64,
                }));
            }
        }
    }
}

fn count(event: &OrderEvent) -> usize {
    match event {
        OrderEvent::Filled { fills, .. } | OrderEvent::PartiallyFilled { fills, .. } => fills.len(),
        _ => 0,
    }
}
