//! Execution reports: what became of an order.
//!
//! A report whose index is not past the last one of its order is a repeat, and dropped. The position follows the
//! venue's `cumulative_quantity`: what it grew by is what was filled, even if a report in between was lost; then, or
//! if the fill's price is missing, a letter `fill_mismatch` says so and the order's own price stands in. A report of
//! an order that is not known (from before this log, or forgotten) counts all the same, as the venue's word on money
//! does, with a letter `unknown_order`; from then on the order is one of ours, and a kill cancels it.

use contracts::{ExecutionReport, OrderStatus};

use crate::Refusal;
use crate::account::Account;
use crate::checked::{not_negative, positive};
use crate::holding::{Holding, check_scale};
use crate::orders::Order;
use crate::scale::Scale;

/// What a report changes.
pub(crate) struct Effect {
    order: Order,
    done: bool,
    quantity: i64,
    price: i64,
    scale: Scale,
    /// What is odd about the report, though it counts.
    pub letters: Vec<Refusal>,
}

impl Effect {
    pub fn apply(self, account: &mut Account) {
        let order = self.order;
        let holding = account
            .holdings
            .get_or_insert(&order.venue, &order.instrument, || Holding::new(self.scale));
        holding.fill(order.side, self.quantity, self.price);
        account.orders.put(order.clone(), self.done);
        account.legs.on_report(&order, self.quantity, &account.orders);
        account.quotes.on_report(&order, self.quantity);
    }
}

/// Whether a report says nothing new.
pub(crate) fn is_repeat(account: Option<&Account>, report: &ExecutionReport<'_>) -> bool {
    let known = account.and_then(|account| account.orders.get(report.client_order_id));
    known.is_some_and(|order| report.origin.index <= order.report_index)
}

/// What follows from a report that is no repeat, for an account that may not be known yet.
///
/// # Errors
/// The report contradicts itself or its order, or the position would overflow.
pub(crate) fn effect(account: Option<&Account>, report: &ExecutionReport<'_>) -> Result<Effect, Refusal> {
    positive("order_quantity", report.order_quantity)?;
    not_negative("last_quantity", report.last_quantity)?;
    not_negative("cumulative_quantity", report.cumulative_quantity)?;
    let scale = Scale::new(report.price_exponent, report.quantity_exponent);
    let holding = account.and_then(|account| account.holdings.get(report.venue, report.instrument));
    check_scale(holding, scale, report.venue, report.instrument)?;
    let known = account.and_then(|account| account.orders.get(report.client_order_id));
    let is_other = |order: &&Order| {
        order.side != report.side || order.venue != report.venue || order.instrument != report.instrument
    };
    if known.is_some_and(|order| is_other(&order)) {
        return Err(Refusal::OrderMismatch {
            client_order_id: report.client_order_id.to_owned(),
        });
    }
    let mut letters = Vec::new();
    if known.is_none() {
        letters.push(Refusal::UnknownOrder {
            client_order_id: report.client_order_id.to_owned(),
        });
    }
    let last_price = report.last_price.filter(|price| *price > 0);
    let filled_before = known.map_or(report.cumulative_quantity - report.last_quantity, |order| {
        order.filled_quantity
    });
    let quantity = report.cumulative_quantity - filled_before;
    if quantity < 0 || filled_before < 0 {
        return Err(Refusal::bad_value(
            "cumulative_quantity",
            report.cumulative_quantity,
            "is below what was filled before, or in this report",
        ));
    }
    let fallback = known.map_or(0, |order| order.price);
    let price = last_price.unwrap_or(fallback);
    if quantity > 0 {
        positive("last_price", price)?;
    }
    if quantity != report.last_quantity || (quantity > 0 && last_price.is_none()) {
        letters.push(Refusal::FillMismatch {
            client_order_id: report.client_order_id.to_owned(),
            quantity,
            price,
        });
    }
    let side = report.side;
    if quantity > 0 && holding.is_some_and(|holding| !holding.has_room_for(side, quantity)) {
        return Err(Refusal::overflow("position", report.venue, report.instrument));
    }
    let order = Order {
        client_order_id: report.client_order_id.to_owned(),
        venue: report.venue.to_owned(),
        instrument: report.instrument.to_owned(),
        side,
        quantity: report.order_quantity,
        filled_quantity: report.cumulative_quantity,
        price: if fallback > 0 { fallback } else { price },
        report_index: report.origin.index,
    };
    Ok(Effect {
        order,
        done: is_done(report.status),
        quantity,
        price,
        scale,
        letters,
    })
}

fn is_done(status: OrderStatus) -> bool {
    match status {
        OrderStatus::Accepted | OrderStatus::PartiallyFilled => false,
        OrderStatus::Filled | OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Rejected => true,
    }
}
