//! One order, from its record in the log to its last report. No I/O: it says what to ask, and is told the answer.
//!
//! The order of an order's reports follows from what the venue did, not from when the router asked: accepted, its fills by
//! trade id, its end. Two runs over the same order write the same reports under the same index.

mod answered;
mod reporting;

use contracts::{New, Origin};
use venues::orders::{Ask, OrderView, Standing, Ticket};

use crate::moment::Moment;
use crate::rules::{Rules, pause_ns};
use crate::told::Told;

/// Where reports go: the log, in the order of the calls.
pub trait Reports {
    fn report(&mut self, report: &contracts::ExecutionReport<'_>);
}

/// What to do about an order now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the venue, and say the answer to [`Order::answer`]. Until then the order waits.
    Ask(Ask),
    /// Nothing before this moment, in steady ns.
    Wait { until_ns: i64 },
    /// An answer is on its way.
    Busy,
    /// Its last report is written.
    Done,
}

/// What is known of an order's being at the venue.
#[derive(Clone, Debug)]
enum Stage {
    /// The venue has never seen it: by the log alone, or also by the venue's own word.
    Unsent {
        venue_says_so: bool,
    },
    /// It may be there. A question asked after `settled_ns` (steady) settles it.
    Doubt {
        settled_ns: i64,
    },
    /// It is there; how it stands is known once the venue has said.
    There {
        view: Option<OrderView>,
        since_ns: i64,
    },
    Done,
}

#[derive(Clone, Debug)]
pub struct Order {
    /// Position in `execution.orders`.
    position: Origin,
    account: String,
    venue: String,
    instrument: String,
    ticket: Ticket,
    price_exponent: i32,
    quantity_exponent: i32,
    order_receive_ns: i64,
    /// When it was written to the log, ns since 1970.
    ordered_ns: i64,
    /// When it was last sent, ns since 1970.
    sent_ns: Option<i64>,
    stage: Stage,
    is_busy: bool,
    due_ns: i64,
    /// Answers in a row that did not help.
    failures: u32,
    is_cancelled: bool,
    /// Its time was up: it is cancelled, by no record of the log.
    is_past: bool,
    /// Whether the next question about a cancelled order is how it stands, since the last cancel did not say.
    ask_before_cancel: bool,
    cancels_failed: u32,
    /// Records that asked for a change of it.
    modifies: u32,
    /// From which trade id the venue has more fills than it put into one answer.
    next_page: Option<i64>,
    told: Told,
}

impl Order {
    /// An order that no router has sent: it was written to the log under this router's claim.
    pub fn fresh(position: Origin, order: &New<'_>, ticket: Ticket, ordered_ns: i64, now: Moment) -> Self {
        Self::new(
            position,
            order,
            ticket,
            ordered_ns,
            Stage::Unsent { venue_says_so: false },
            now,
        )
    }

    /// An order that an earlier router may have sent, until this moment; `told` is what the log was told of it.
    pub(crate) fn recovered(
        position: Origin,
        order: &New<'_>,
        ticket: Ticket,
        ordered_ns: i64,
        told: Option<Told>,
        rules: &Rules,
        now: Moment,
    ) -> Self {
        let stage = match &told {
            Some(_) => Stage::There {
                view: None,
                since_ns: now.steady_ns,
            },
            None => Stage::Doubt {
                settled_ns: now.steady_ns + rules.proof_ns,
            },
        };
        let mut recovered = Self::new(position, order, ticket, ordered_ns, stage, now);
        recovered.told = told.unwrap_or_default();
        recovered.sent_ns = recovered.told.sent_ns;
        recovered
    }

    fn new(position: Origin, order: &New<'_>, ticket: Ticket, ordered_ns: i64, stage: Stage, now: Moment) -> Self {
        Self {
            position,
            account: order.account.to_owned(),
            venue: order.venue.to_owned(),
            instrument: order.instrument.to_owned(),
            ticket,
            price_exponent: order.price_exponent,
            quantity_exponent: order.quantity_exponent,
            order_receive_ns: order.receive_ns,
            ordered_ns,
            sent_ns: None,
            stage,
            is_busy: false,
            due_ns: now.steady_ns,
            failures: 0,
            is_cancelled: false,
            is_past: false,
            ask_before_cancel: false,
            cancels_failed: 0,
            modifies: 0,
            next_page: None,
            told: Told::default(),
        }
    }

    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    pub fn venue(&self) -> &str {
        &self.venue
    }

    pub fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// Its being at the venue is an open question.
    pub fn is_in_doubt(&self) -> bool {
        matches!(self.stage, Stage::Doubt { .. })
    }

    /// The log asks to cancel it.
    pub fn cancel(&mut self, now: Moment) {
        self.is_cancelled = true;
        self.due_ns = self.due_ns.min(now.steady_ns);
    }

    /// The log asks to change it, which is turned down.
    pub fn modify(&mut self, now: Moment) {
        self.modifies += 1;
        self.due_ns = self.due_ns.min(now.steady_ns);
    }

    /// Looks at the time: what is good till a date is cancelled then. The log need not say so, as nothing may come through
    /// it any more.
    pub fn look_at_time(&mut self, now: Moment) {
        let is_past = self.ticket.expires_ns.is_some_and(|end_ns| now.wall_ns >= end_ns);
        if is_past && !self.is_past {
            self.is_past = true;
            self.cancel(now);
        }
    }

    /// When its time is up, in steady ns as the clocks stand now; none if it has none, or it was noted.
    fn end_ns(&self, now: Moment) -> Option<i64> {
        let end_ns = self.ticket.expires_ns.filter(|_| !self.is_past)?;
        Some(now.steady_ns.saturating_add(end_ns.saturating_sub(now.wall_ns)))
    }

    /// Not to be asked about before `until_ns` (steady).
    pub fn hold(&mut self, until_ns: i64) {
        self.due_ns = self.due_ns.max(until_ns);
    }

    /// Whether the next step would send the order itself or a cancel: what a venue's request limit is kept free for.
    pub fn is_urgent(&self) -> bool {
        matches!(self.stage, Stage::Unsent { .. }) || self.is_cancelled
    }

    /// What to do now.
    pub fn step(&mut self, now: Moment, rules: &Rules, reports: &mut impl Reports) -> Step {
        if self.is_busy {
            return Step::Busy;
        }
        if let Stage::Unsent { venue_says_so } = self.stage {
            self.end_unsent(venue_says_so, now, rules, reports);
        }
        if self.settle(now, reports) {
            return Step::Done;
        }
        if now.steady_ns < self.due_ns {
            let end_ns = self.end_ns(now).unwrap_or(i64::MAX);
            return Step::Wait {
                until_ns: self.due_ns.min(end_ns),
            };
        }
        self.is_busy = true;
        Step::Ask(self.question(now, rules))
    }

    /// Writes what is known and not told yet, without asking anything more; whether that was its last report.
    pub fn settle(&mut self, now: Moment, reports: &mut impl Reports) -> bool {
        if !self.is_busy {
            self.turn_down_modifies(now, reports);
            self.end_if_over(now, reports);
        }
        self.is_done()
    }

    fn question(&self, now: Moment, rules: &Rules) -> Ask {
        match &self.stage {
            Stage::Unsent { .. } if self.is_late(now, rules) => Ask::Find,
            Stage::Unsent { .. } => Ask::Place,
            Stage::There { view: Some(view), .. } if view.executed > self.told.cumulative => Ask::Fills {
                venue_order_id: view.venue_order_id.clone(),
                from_trade_id: self.next_page,
            },
            Stage::There { view: Some(view), .. }
                if self.is_cancelled && !self.ask_before_cancel && view.standing == Standing::Working =>
            {
                Ask::Cancel
            }
            Stage::There { .. } | Stage::Doubt { .. } | Stage::Done => Ask::Find,
        }
    }

    fn is_late(&self, now: Moment, rules: &Rules) -> bool {
        now.wall_ns.saturating_sub(self.ordered_ns) > rules.deadline_ns
    }

    /// Waits a little, and longer with each failure in a row.
    fn back_off(&mut self, now: Moment) {
        self.due_ns = now.steady_ns + pause_ns(self.failures);
        self.failures += 1;
    }
}

#[cfg(test)]
mod tests;
