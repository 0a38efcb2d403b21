//! What an answer makes of an order.

use std::cmp::Ordering;

use venues::orders::{Answer, Ask, Fill, OrderView, Standing};

use super::{Order, Reports, Stage};
use crate::moment::Moment;
use crate::rules::{Rules, pause_ns};

impl Order {
    /// The answer to what [`Order::step`] asked. `signed` is when the request was signed, or would have been.
    pub fn answer(
        &mut self,
        ask: &Ask,
        answer: Answer,
        signed: Moment,
        now: Moment,
        rules: &Rules,
        reports: &mut impl Reports,
    ) {
        self.is_busy = false;
        match (ask, answer) {
            (Ask::Place, answer) => self.placed(answer, signed, now, rules, reports),
            (Ask::Find, Answer::Order(view)) | (Ask::Cancel, Answer::Order(view)) => {
                self.ask_before_cancel = false;
                self.see(view, now, rules, reports);
            }
            (Ask::Find, Answer::Absent) => self.not_found(signed, now),
            (Ask::Fills { .. }, Answer::Fills { fills, more }) => self.see_fills(fills, more, now, reports),
            (Ask::Cancel, _) => {
                // Refused or unknown: either way it may be over by now.
                self.ask_before_cancel = true;
                self.cancels_failed += 1;
                self.due_ns = now.steady_ns;
            }
            (Ask::Find | Ask::Fills { .. }, _) => self.back_off(now),
        }
    }

    fn placed(&mut self, answer: Answer, signed: Moment, now: Moment, rules: &Rules, reports: &mut impl Reports) {
        match answer {
            Answer::Order(view) => {
                self.sent_ns = Some(signed.wall_ns);
                self.see(view, now, rules, reports);
            }
            Answer::Duplicate => {
                self.stage = Stage::There {
                    view: None,
                    since_ns: now.steady_ns,
                };
                self.due_ns = now.steady_ns;
            }
            Answer::Refused(words) => {
                self.sent_ns = Some(signed.wall_ns);
                self.reject(&words, now, reports);
            }
            // Not looked at, or not even sent: what was proven before still is.
            Answer::Busy { .. } | Answer::ClockOff | Answer::NotSent(_) => self.back_off(now),
            Answer::Unknown(_) | Answer::Absent | Answer::Fills { .. } => {
                self.sent_ns = Some(signed.wall_ns);
                self.stage = Stage::Doubt {
                    settled_ns: signed.steady_ns + rules.proof_ns,
                };
                self.failures = 0;
                self.due_ns = now.steady_ns;
            }
        }
    }

    /// The venue shows no such order.
    fn not_found(&mut self, asked: Moment, now: Moment) {
        match self.stage {
            Stage::Unsent { .. } => self.stage = Stage::Unsent { venue_says_so: true },
            Stage::Doubt { settled_ns } if asked.steady_ns > settled_ns => {
                self.stage = Stage::Unsent { venue_says_so: true };
                self.failures = 0;
                self.due_ns = now.steady_ns;
            }
            Stage::Doubt { settled_ns } => {
                self.back_off(now);
                // One question comes right after that moment.
                if now.steady_ns <= settled_ns {
                    self.due_ns = self.due_ns.min(settled_ns + 1);
                }
            }
            // It was there: the venue shows it late, and it is never sent again.
            Stage::There { .. } | Stage::Done => self.back_off(now),
        }
    }

    fn see(&mut self, view: OrderView, now: Moment, rules: &Rules, reports: &mut impl Reports) {
        self.failures = 0;
        let since_ns = match self.stage {
            Stage::There { since_ns, .. } => since_ns,
            _ => now.steady_ns,
        };
        self.sent_ns.get_or_insert(view.event_ns);
        self.told
            .venue_order_id
            .get_or_insert_with(|| view.venue_order_id.clone());
        if view.standing != Standing::Rejected {
            self.accept(view.event_ns, now, reports);
        }
        self.tell_fills(&view.fills, now, reports);
        let age_ns = now.steady_ns - since_ns;
        let wait_ns = match view.executed.cmp(&self.told.cumulative) {
            // Fills to ask for.
            Ordering::Greater => 0,
            // Older than what is known.
            Ordering::Less => rules.poll_min_ns,
            Ordering::Equal if self.is_cancelled => self.cancels_failed.checked_sub(1).map_or(0, pause_ns),
            Ordering::Equal => (age_ns / 8).clamp(rules.poll_min_ns, rules.poll_max_ns),
        };
        self.due_ns = now.steady_ns + wait_ns;
        if !self.is_done() {
            self.stage = Stage::There {
                view: Some(view),
                since_ns,
            };
        }
    }

    fn see_fills(&mut self, fills: Vec<Fill>, more: bool, now: Moment, reports: &mut impl Reports) {
        self.next_page = more.then(|| fills.last().map(|fill| fill.trade_id + 1)).flatten();
        self.tell_fills(&fills, now, reports);
        let Stage::There { view: Some(view), .. } = &self.stage else {
            return;
        };
        if view.executed > self.told.cumulative && self.next_page.is_none() {
            // The venue counts a fill that it does not list yet.
            self.back_off(now);
        } else {
            self.failures = 0;
            self.due_ns = now.steady_ns;
        }
    }
}
