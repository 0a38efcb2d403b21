//! What the logs tell the desk: orders, cancels, changes; and after a restart, reports.

use std::cmp::Reverse;

use contracts::{ExecutionReport, New, Origin};
use venues::binance::trading::ticket::ticket;

use super::Desk;
use crate::moment::Moment;
use crate::order::{Order, Reports};
use crate::refusal::refusal;

/// Whether an order may have been sent by an earlier router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Written under this router's claim: nobody else has sent it.
    Fresh,
    /// Found in the log at the start.
    Recovered,
}

/// Why a record cannot be worked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("order {0} is not open here: no New with this client id came before")]
    UnknownOrder(String),
    #[error("client order id {0} belongs to another order in this log")]
    RepeatedId(String),
}

impl Desk {
    /// Takes note of a report that the log holds already: before the orders of the log, in the order of `risk.inbox`.
    pub fn recall(&mut self, report: &ExecutionReport<'_>) {
        let key = (report.origin.partition, report.origin.offset);
        self.told.entry(key).or_default().recover(report);
    }

    /// Takes an order. `ordered_ns` is when it was written to the log, ns since 1970.
    pub fn take_new(
        &mut self,
        position: Origin,
        order: &New<'_>,
        ordered_ns: i64,
        age: Age,
        now: Moment,
        reports: &mut impl Reports,
    ) -> Result<(), Trouble> {
        let key = (position.partition, position.offset);
        let told = self.told.remove(&key);
        if !self.is_news(order.origin) {
            return Ok(());
        }
        let id = order.client_order_id;
        if self.by_id.contains_key(id) || self.done.has(id) {
            return Err(Trouble::RepeatedId(id.to_owned()));
        }
        if told.as_ref().is_some_and(|told| told.is_final) {
            self.done.add(id.to_owned());
            return Ok(());
        }
        let wording = match self.venues.get(order.venue) {
            Some(market) => ticket(*market, order).map_err(|error| error.to_string()),
            None if age == Age::Recovered => {
                self.unserved.push(format!("{id} at {}", order.venue));
                return Ok(());
            }
            None => Err(format!("the router is not connected to venue {}", order.venue)),
        };
        let ticket = match wording {
            Ok(ticket) => ticket,
            Err(why) => {
                reports.report(&refusal(position, order, &why, now));
                self.done.add(id.to_owned());
                return Ok(());
            }
        };
        let worked = match age {
            Age::Fresh => Order::fresh(position, order, ticket, ordered_ns, now),
            Age::Recovered => Order::recovered(position, order, ticket, ordered_ns, told, &self.rules, now),
        };
        self.by_id.insert(id.to_owned(), key);
        self.orders.insert(key, worked);
        self.agenda.push(Reverse((now.steady_ns, key)));
        Ok(())
    }

    pub fn take_cancel(&mut self, origin: Origin, client_order_id: &str, now: Moment) -> Result<(), Trouble> {
        self.change(origin, client_order_id, now, |order| order.cancel(now))
    }

    pub fn take_modify(&mut self, origin: Origin, client_order_id: &str, now: Moment) -> Result<(), Trouble> {
        self.change(origin, client_order_id, now, |order| order.modify(now))
    }

    fn change(
        &mut self,
        origin: Origin,
        id: &str,
        now: Moment,
        change: impl FnOnce(&mut Order),
    ) -> Result<(), Trouble> {
        if !self.is_news(origin) {
            return Ok(());
        }
        match self.by_id.get(id) {
            Some(key) => {
                if let Some(order) = self.orders.get_mut(key) {
                    change(order);
                    self.agenda.push(Reverse((now.steady_ns, *key)));
                }
                Ok(())
            }
            // It ended while this was on its way; its last report says so.
            None if self.done.has(id) => Ok(()),
            None => Err(Trouble::UnknownOrder(id.to_owned())),
        }
    }

    /// Risk may have written a record twice, after a crash: the second has the origin of the first.
    fn is_news(&mut self, origin: Origin) -> bool {
        let highest = self.highest.get(&origin.partition);
        let is_news = highest.is_none_or(|highest| origin > *highest);
        if is_news {
            self.highest.insert(origin.partition, origin);
        }
        is_news
    }
}
