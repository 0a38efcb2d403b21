//! The one report of an order that cannot be put into its venue's words: it never was sent, and never could be.

use contracts::{ExecutionReport, New, OrderStatus, Origin};

use crate::moment::Moment;

/// Rejected, for this reason, by the router itself.
pub(crate) fn refusal<'a>(position: Origin, order: &New<'a>, reason: &'a str, now: Moment) -> ExecutionReport<'a> {
    ExecutionReport {
        origin: Origin { index: 0, ..position },
        account: order.account,
        venue: order.venue,
        instrument: order.instrument,
        price_exponent: order.price_exponent,
        quantity_exponent: order.quantity_exponent,
        client_order_id: order.client_order_id,
        venue_order_id: None,
        status: OrderStatus::Rejected,
        side: order.side,
        order_quantity: order.quantity,
        last_quantity: 0,
        last_price: None,
        cumulative_quantity: 0,
        fee: 0,
        fee_exponent: -9,
        fee_asset: "",
        trade_id: None,
        reason,
        event_ns: now.wall_ns,
        order_receive_ns: order.receive_ns,
        sent_ns: 0,
        receive_ns: now.wall_ns,
    }
}
