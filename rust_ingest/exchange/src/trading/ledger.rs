//! Everything that was ordered, filled and refused: it is never forgotten, so that a checker can ask afterwards.

use std::collections::HashMap;

use super::order::{Fill, Order};

/// A new order that was refused.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Whose.
    pub account: usize,
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
    by_client_order_id: Vec<HashMap<String, u64>>,
    fills: Vec<Fill>,
    refused: Vec<Refused>,
    made_up_ids: u64,
}

/// The order that a request means: whose, of which symbol, and an id, a client id, or both.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Number of the account.
    pub account: usize,
    /// `BTCUSDT`
    pub symbol: &'a str,
    /// The venue's id.
    pub id: Option<u64>,
    /// The client's id.
    pub client_order_id: Option<&'a str>,
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
        self.name(order.account, order.client_order_id.clone(), order.id);
        self.orders.push(order);
    }

    fn name(&mut self, account: usize, client_order_id: String, id: u64) {
        if self.by_client_order_id.len() <= account {
            self.by_client_order_id.resize_with(account + 1, HashMap::new);
        }
        self.by_client_order_id[account].insert(client_order_id, id);
    }

    fn named(&self, account: usize, client_order_id: &str) -> Option<u64> {
        self.by_client_order_id.get(account)?.get(client_order_id).copied()
    }

    /// Whether the client id belongs to an order of the account, open or past.
    pub fn has_client_order_id(&self, account: usize, id: &str) -> bool {
        self.named(account, id).is_some()
    }

    /// The order that is meant; None if there is none, or it is another's.
    pub fn find(&self, named: Named<'_>) -> Option<&Order> {
        let id = match (named.id, named.client_order_id) {
            (Some(id), _) => id,
            (None, Some(client_order_id)) => self.named(named.account, client_order_id)?,
            (None, None) => return None,
        };
        let order = self.orders.get(usize::try_from(id).ok()?.checked_sub(1)?)?;
        let is_named = named
            .client_order_id
            .is_none_or(|client_order_id| order.client_order_id == client_order_id);
        (order.account == named.account && order.symbol == named.symbol && is_named).then_some(order)
    }

    /// Gives an order another client id; the one before stays used.
    pub fn rename(&mut self, id: u64, client_order_id: String) {
        let order = self.order_mut(id);
        order.client_order_id.clone_from(&client_order_id);
        let account = order.account;
        self.name(account, client_order_id, id);
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

    /// The newest fill.
    pub fn last_fill(&self) -> Option<&Fill> {
        self.fills.last()
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
