//! Lists of an account's orders and trades.

use serde_json::Value;

use super::orders::Request;
use super::reply::Refusal;
use super::{spot, usdm};
use crate::trading::order::{Fill, Order};
use crate::venue::Venue;

/// The most orders or trades in one answer.
const LIST_MAX: usize = 1_000;
const LIST_DEFAULT: usize = 500;

/// Which part of a list is wanted.
struct Page {
    first_id: Option<u64>,
    start_ms: u64,
    end_ms: u64,
    limit: usize,
}

impl Page {
    fn read(request: &Request<'_>, first_id_name: &str) -> Result<Page, Refusal> {
        let parameters = request.parameters;
        Ok(Page {
            first_id: parameters.parsed(first_id_name)?,
            start_ms: parameters.parsed("startTime")?.unwrap_or(0),
            end_ms: parameters.parsed("endTime")?.unwrap_or(u64::MAX),
            limit: parameters.parsed("limit")?.unwrap_or(LIST_DEFAULT).min(LIST_MAX),
        })
    }

    /// "If orderId is set, it will get orders >= that orderId. Otherwise most recent orders are returned." So a list
    /// that says where to begin is cut at its end, and any other at its beginning.
    fn cut<T>(&self, mut list: Vec<T>) -> Vec<T> {
        let has_start = self.first_id.is_some() || self.start_ms > 0;
        let surplus = list.len().saturating_sub(self.limit);
        if has_start {
            list.truncate(self.limit);
        } else {
            list.drain(..surplus);
        }
        list
    }

    fn holds(&self, id: u64, time_ms: u64) -> bool {
        self.first_id.is_none_or(|first| id >= first) && (self.start_ms..=self.end_ms).contains(&time_ms)
    }
}

impl Request<'_> {
    pub(super) fn open_orders(self) -> Result<Value, Refusal> {
        let symbol = self.parameters.get("symbol").map(|_| self.symbol()).transpose()?;
        let ids = self.desk.open_order_ids(self.account, symbol);
        Ok(ids
            .into_iter()
            .map(|id| self.queried(self.desk.ledger().order(id)))
            .collect())
    }

    pub(super) fn all_orders(self) -> Result<Value, Refusal> {
        let symbol = self.symbol()?;
        let page = Page::read(&self, "orderId")?;
        let wanted = |order: &&Order| {
            order.account == self.account && order.symbol == symbol && page.holds(order.id, order.created_ms())
        };
        let orders = self.desk.ledger().orders().iter().filter(wanted).collect();
        Ok(page.cut(orders).into_iter().map(|order| self.queried(order)).collect())
    }

    pub(super) fn trades(self) -> Result<Value, Refusal> {
        let symbol = self.symbol()?;
        let page = Page::read(&self, "fromId")?;
        let order_id: Option<u64> = self.parameters.parsed("orderId")?;
        let ledger = self.desk.ledger();
        let fills: Box<dyn Iterator<Item = &Fill>> = match order_id {
            Some(id) if id == 0 || id >= ledger.next_order_id() => Box::new(std::iter::empty()),
            Some(id) => Box::new(ledger.fills_of(ledger.order(id))),
            None => Box::new(ledger.fills().iter()),
        };
        let wanted = |(fill, order): &(&Fill, &Order)| {
            order.account == self.account && order.symbol == symbol && page.holds(fill.id, fill.time_ms)
        };
        let trades = fills.map(|fill| (fill, ledger.order(fill.order_id))).filter(wanted);
        let told = |(fill, order): (&Fill, &Order)| match self.venue {
            Venue::Spot => spot::trade(fill, order),
            Venue::UsdM => usdm::trade(fill, order, &self.desk.listings.get(order.listing).instrument),
        };
        Ok(page.cut(trades.collect()).into_iter().map(told).collect())
    }
}
