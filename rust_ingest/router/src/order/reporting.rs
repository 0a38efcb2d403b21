//! What the log is told of an order.

use contracts::{ExecutionReport, OrderStatus, Origin};
use venues::orders::{Fill, Standing};

use super::{Order, Reports, Stage};
use crate::moment::Moment;
use crate::rules::Rules;
use crate::told::is_final;

/// What a report says beside the order's own terms.
#[derive(Clone, Copy)]
struct Line<'a> {
    status: OrderStatus,
    reason: &'a str,
    event_ns: i64,
    fill: Option<&'a Fill>,
}

impl Order {
    /// Ends an order that the venue has never seen, if it is cancelled or too old.
    pub(super) fn end_unsent(&mut self, venue_says_so: bool, now: Moment, rules: &Rules, reports: &mut impl Reports) {
        if self.is_past {
            let reason = "not sent: its time was up, and the venue has never seen it";
            self.write(OrderStatus::Expired, reason, now.wall_ns, now, reports);
        } else if self.is_cancelled {
            self.write(
                OrderStatus::Cancelled,
                "cancelled before it was sent",
                now.wall_ns,
                now,
                reports,
            );
        } else if venue_says_so && self.is_late(now, rules) {
            let age_ms = now.wall_ns.saturating_sub(self.ordered_ns) / 1_000_000;
            let reason = format!("not sent: {age_ms} ms old, and the venue has never seen it");
            self.write(OrderStatus::Expired, &reason, now.wall_ns, now, reports);
        }
    }

    pub(super) fn reject(&mut self, words: &str, now: Moment, reports: &mut impl Reports) {
        self.write(OrderStatus::Rejected, words, now.wall_ns, now, reports);
    }

    pub(super) fn accept(&mut self, event_ns: i64, now: Moment, reports: &mut impl Reports) {
        if !self.told.is_accepted() {
            self.write(OrderStatus::Accepted, "", event_ns, now, reports);
        }
    }

    pub(super) fn tell_fills(&mut self, fills: &[Fill], now: Moment, reports: &mut impl Reports) {
        for fill in fills {
            if self.is_done() || !self.told.is_news(fill) {
                continue;
            }
            self.told.cumulative = self.told.cumulative.saturating_add(fill.quantity);
            let status = match self.told.cumulative >= self.ticket.quantity {
                true => OrderStatus::Filled,
                false => OrderStatus::PartiallyFilled,
            };
            self.tell(
                Line {
                    status,
                    reason: "",
                    event_ns: fill.event_ns,
                    fill: Some(fill),
                },
                now,
                reports,
            );
        }
    }

    /// Ends an order that is over at the venue, once all its fills are told.
    pub(super) fn end_if_over(&mut self, now: Moment, reports: &mut impl Reports) {
        let Stage::There { view: Some(view), .. } = &self.stage else {
            return;
        };
        let status = match view.standing {
            Standing::Working => return,
            Standing::Filled => OrderStatus::Filled,
            Standing::Cancelled => OrderStatus::Cancelled,
            Standing::Expired => OrderStatus::Expired,
            Standing::Rejected => OrderStatus::Rejected,
        };
        if view.executed == self.told.cumulative {
            let event_ns = view.event_ns;
            // By the venue's time, which counts milliseconds, not by what this router did: another one says the same.
            let is_past = self
                .ticket
                .expires_ns
                .is_some_and(|end_ns| event_ns / 1_000_000 >= end_ns / 1_000_000);
            let reason = match status {
                OrderStatus::Cancelled if is_past => format!("{}: its time was up", view.status),
                _ => view.status.clone(),
            };
            self.write(status, &reason, event_ns, now, reports);
        }
    }

    /// Binance's spot market replaces an order by another one, with another id and another place in the queue: that is
    /// two decisions, and the desk is to make both.
    pub(super) fn turn_down_modifies(&mut self, now: Moment, reports: &mut impl Reports) {
        while self.told.is_accepted() && !self.is_done() && self.told.refusals < self.modifies {
            self.told.refusals += 1;
            let status = match self.told.cumulative {
                0 => OrderStatus::Accepted,
                _ => OrderStatus::PartiallyFilled,
            };
            let reason = "not modified: this venue replaces an order instead; cancel it and send a new one";
            self.write(status, reason, now.wall_ns, now, reports);
        }
    }

    fn write(&mut self, status: OrderStatus, reason: &str, event_ns: i64, now: Moment, reports: &mut impl Reports) {
        self.tell(
            Line {
                status,
                reason,
                event_ns,
                fill: None,
            },
            now,
            reports,
        );
    }

    fn tell(&mut self, line: Line<'_>, now: Moment, reports: &mut impl Reports) {
        let trade_id = line.fill.map(|fill| fill.trade_id.to_string());
        reports.report(&ExecutionReport {
            origin: Origin {
                index: self.told.next_index,
                ..self.position
            },
            account: &self.account,
            venue: &self.venue,
            instrument: &self.instrument,
            price_exponent: self.price_exponent,
            quantity_exponent: self.quantity_exponent,
            client_order_id: &self.ticket.client_order_id,
            venue_order_id: self.told.venue_order_id.as_deref(),
            status: line.status,
            side: self.ticket.side,
            order_quantity: self.ticket.quantity,
            last_quantity: line.fill.map_or(0, |fill| fill.quantity),
            last_price: line.fill.map(|fill| fill.price),
            cumulative_quantity: self.told.cumulative,
            fee: line.fill.map_or(0, |fill| fill.fee.amount),
            fee_exponent: line.fill.map_or(-9, |fill| fill.fee.exponent),
            fee_asset: line.fill.map_or("", |fill| &fill.fee.asset),
            trade_id: trade_id.as_deref(),
            reason: line.reason,
            event_ns: line.event_ns,
            order_receive_ns: self.order_receive_ns,
            sent_ns: self.sent_ns.unwrap_or(0),
            receive_ns: now.wall_ns,
        });
        self.told.next_index += 1;
        if is_final(line.status) {
            self.stage = Stage::Done;
        }
    }
}
