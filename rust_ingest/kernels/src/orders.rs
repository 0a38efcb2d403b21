//! The orders of one account.

use contracts::{OrderState, Side};

/// How many done orders are remembered. A repeated report can only come from a router that died with requests under
/// way: these are a handful, and seconds old.
const CLOSED_MAX: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub client_order_id: String,
    pub venue: String,
    pub instrument: String,
    pub side: Side,
    pub quantity: i64,
    pub filled_quantity: i64,
    /// Limit price, or the reference price of a market order.
    pub price: i64,
    /// -1 before the first report.
    pub report_index: i32,
}

impl Order {
    /// What may still fill.
    pub fn remaining(&self) -> i64 {
        self.quantity.saturating_sub(self.filled_quantity).max(0)
    }

    pub fn state(&self) -> OrderState<'_> {
        OrderState {
            client_order_id: &self.client_order_id,
            venue: &self.venue,
            instrument: &self.instrument,
            side: self.side,
            quantity: self.quantity,
            filled_quantity: self.filled_quantity,
            price: self.price,
            report_index: self.report_index,
        }
    }

    pub fn restored(state: &OrderState<'_>) -> Self {
        Self {
            client_order_id: state.client_order_id.to_owned(),
            venue: state.venue.to_owned(),
            instrument: state.instrument.to_owned(),
            side: state.side,
            quantity: state.quantity,
            filled_quantity: state.filled_quantity,
            price: state.price,
            report_index: state.report_index,
        }
    }
}

/// Orders that may still fill, and the newest of those that are done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Orders {
    /// In the order in which they were made.
    pub open: Vec<Order>,
    /// In the order in which they were closed.
    pub closed: Vec<Order>,
}

impl Orders {
    pub fn get(&self, client_order_id: &str) -> Option<&Order> {
        let mut all = self.open.iter().chain(&self.closed);
        all.find(|order| order.client_order_id == client_order_id)
    }

    pub fn open_one(&self, client_order_id: &str) -> Option<&Order> {
        self.open.iter().find(|order| order.client_order_id == client_order_id)
    }

    /// Puts an order where it now belongs. One that is done stays done.
    pub fn put(&mut self, order: Order, done: bool) {
        let same = |other: &Order| other.client_order_id == order.client_order_id;
        if let Some(at) = self.closed.iter().position(same) {
            self.closed[at] = order;
            return;
        }
        match (self.open.iter().position(same), done) {
            (Some(at), false) => self.open[at] = order,
            (None, false) => self.open.push(order),
            (found, true) => {
                if let Some(at) = found {
                    self.open.remove(at);
                }
                self.closed.push(order);
                if self.closed.len() > CLOSED_MAX {
                    self.closed.remove(0);
                }
            }
        }
    }

    /// What open orders of one side of an instrument may still fill.
    pub fn remaining(&self, venue: &str, instrument: &str, side: Side) -> i128 {
        let open = self.open.iter();
        let counted = open.filter(|order| order.side == side && order.instrument == instrument && order.venue == venue);
        counted.map(|order| i128::from(order.remaining())).sum()
    }
}
