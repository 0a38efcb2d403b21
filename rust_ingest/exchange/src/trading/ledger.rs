//! Everything that was ordered, filled and refused: it is never forgotten, so that a checker can ask afterwards.

use std::collections::HashMap;

use super::order::{Fill, Order};

/// A new order that was refused.
#[derive(Clone, Debug)]
pub struct Refused {
    /// When, ms.
    pub time_ms: u64,
    /// The client's id, if it sent one.
    pub client_order_id: Option<String>,
    /// The symbol it named.
    pub symbol: String,
    /// The venue's code.
    pub code: i32,
    /// The venue's words.
    pub message: String,
}

/// Orders by id and client id, their fills, and refusals.
#[derive(Debug, Default)]
pub struct Ledger {
    orders: Vec<Order>,
    by_client_order_id: HashMap<String, u64>,
    fills: Vec<Fill>,
    refused: Vec<Refused>,
    made_up_ids: u64,
}

impl Ledger {
    /// The id that the next order will have.
    pub fn next_order_id(&self) -> u64 {
        self.orders.len() as u64 + 1
    }

    /// A client id for an order whose client chose none.
    pub fn make_up_client_order_id(&mut self) -> String {
        self.made_up_ids += 1;
        format!("tapeflow{:014}", self.made_up_ids)
    }

    /// Takes in an order under [`Ledger::next_order_id`].
    pub fn add(&mut self, order: Order) {
        self.by_client_order_id.insert(order.client_order_id.clone(), order.id);
        self.orders.push(order);
    }

    /// Whether the client id belongs to an order, open or past.
    pub fn has_client_order_id(&self, id: &str) -> bool {
        self.by_client_order_id.contains_key(id)
    }

    /// The order of a symbol with an id, a client id, or both.
    pub fn find(&self, symbol: &str, id: Option<u64>, client_order_id: Option<&str>) -> Option<&Order> {
        let id = match (id, client_order_id) {
            (Some(id), _) => id,
            (None, Some(client_order_id)) => *self.by_client_order_id.get(client_order_id)?,
            (None, None) => return None,
        };
        let order = self.orders.get(usize::try_from(id).ok()?.checked_sub(1)?)?;
        let names_it = client_order_id.is_none_or(|client_order_id| order.client_order_id == client_order_id);
        (order.symbol == symbol && names_it).then_some(order)
    }

    /// The order with an id that the ledger gave out.
    pub fn order_mut(&mut self, id: u64) -> &mut Order {
        &mut self.orders[id as usize - 1]
    }

    /// The order with an id that the ledger gave out.
    pub fn order(&self, id: u64) -> &Order {
        &self.orders[id as usize - 1]
    }

    /// All orders, oldest first.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// Writes down a fill of an order; its id follows from its place.
    pub fn add_fill(&mut self, mut fill: Fill) {
        let number = self.fills.len();
        fill.id = number as u64 + 1;
        self.orders[fill.order_id as usize - 1].fills.push(number);
        self.fills.push(fill);
    }

    /// All fills, oldest first.
    pub fn fills(&self) -> &[Fill] {
        &self.fills
    }

    /// The fills of an order.
    pub fn fills_of<'a>(&'a self, order: &'a Order) -> impl Iterator<Item = &'a Fill> {
        order.fills.iter().map(|number| &self.fills[*number])
    }

    /// Writes down a refusal.
    pub fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }

    /// All refused orders, oldest first.
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }
}
