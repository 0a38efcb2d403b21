//! All orders that are not done: which is due, what came of it. No I/O.

mod recent;
mod records;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use contracts::Origin;
use venues::binance::trading::market::Market;
use venues::orders::{Answer, Ask, Ticket};

use crate::moment::Moment;
use crate::order::{Order, Reports, Step};
use crate::rules::Rules;
use crate::told::Told;
use recent::Recent;
pub use records::{Age, Trouble};

/// Partition and offset in `execution.orders`.
pub type Position = (i32, i64);

/// A question to a venue.
#[derive(Clone, Debug)]
pub struct Errand {
    pub position: Position,
    pub venue: String,
    pub ask: Ask,
    pub ticket: Ticket,
}

/// Whether a venue may be asked now.
pub trait Gate {
    /// The moment, in steady ns, before which it may not; urgent are orders themselves and cancels.
    fn closed_until(&self, venue: &str, is_urgent: bool, now: Moment) -> Option<i64>;

    /// As many requests are under way there as may be.
    fn is_full(&self, venue: &str) -> bool;
}

/// When to look at an order, in steady ns: the earliest first.
type Due = Reverse<(i64, Position)>;

pub struct Desk {
    rules: Rules,
    venues: BTreeMap<String, Market>,
    orders: HashMap<Position, Order>,
    by_id: HashMap<String, Position>,
    /// When to look at which order. It may name orders that are done, or not due yet.
    agenda: BinaryHeap<Due>,
    /// Those that were due while their venue had no room, by venue.
    parked: BTreeMap<String, BinaryHeap<Due>>,
    done: Recent,
    /// The highest origin read of each source partition: what is not past it is a repeat.
    highest: HashMap<i32, Origin>,
    /// Orders of an earlier router at venues that this one is not connected to.
    unserved: Vec<String>,
    /// Reports found in the log whose orders were not read yet.
    told: HashMap<Position, Told>,
}

impl Desk {
    /// A desk for these venues, by the names that orders bear.
    pub fn new(rules: Rules, venues: BTreeMap<String, Market>) -> Self {
        Self {
            rules,
            venues,
            orders: HashMap::new(),
            by_id: HashMap::new(),
            agenda: BinaryHeap::new(),
            parked: BTreeMap::new(),
            done: Recent::default(),
            highest: HashMap::new(),
            unserved: Vec::new(),
            told: HashMap::new(),
        }
    }

    /// Orders without their last report.
    pub fn open(&self) -> usize {
        self.orders.len() + self.unserved.len()
    }

    /// Orders of which it is not known whether the venue has them.
    pub fn in_doubt(&self) -> usize {
        self.orders.values().filter(|order| order.is_in_doubt()).count()
    }

    /// Unfinished orders at venues that this router is not connected to: client id and venue of each.
    pub fn unserved(&self) -> &[String] {
        &self.unserved
    }

    /// When to come back, in steady ns.
    pub fn next_due_ns(&self) -> Option<i64> {
        self.agenda.peek().map(|Reverse((due_ns, _))| *due_ns)
    }

    /// The next question that may be asked now.
    pub fn next(&mut self, now: Moment, gate: &impl Gate, reports: &mut impl Reports) -> Option<Errand> {
        while let Some(Reverse((due_ns, position))) = self.due(now, gate) {
            let Some(order) = self.orders.get_mut(&position) else {
                continue;
            };
            if gate.is_full(order.venue()) && !order.is_done() {
                let parked = self.parked.entry(order.venue().to_owned()).or_default();
                parked.push(Reverse((due_ns, position)));
                continue;
            }
            order.look_at_time(now);
            if let Some(until_ns) = gate.closed_until(order.venue(), order.is_urgent(), now) {
                order.hold(until_ns);
            }
            match order.step(now, &self.rules, reports) {
                Step::Ask(ask) => {
                    let (venue, ticket) = (order.venue().to_owned(), order.ticket().clone());
                    return Some(Errand {
                        position,
                        venue,
                        ask,
                        ticket,
                    });
                }
                Step::Wait { until_ns } => self.agenda.push(Reverse((until_ns, position))),
                Step::Busy => {}
                Step::Done => self.close(position),
            }
        }
        None
    }

    /// What waited for room at its venue, where there is some again; else what is due.
    fn due(&mut self, now: Moment, gate: &impl Gate) -> Option<Due> {
        let with_room = self
            .parked
            .iter_mut()
            .find(|(venue, parked)| !parked.is_empty() && !gate.is_full(venue));
        if let Some((_, parked)) = with_room {
            return parked.pop();
        }
        let next = self
            .agenda
            .peek()
            .filter(|Reverse((due_ns, _))| *due_ns <= now.steady_ns);
        next.is_some().then(|| self.agenda.pop()).flatten()
    }

    /// The answer to an errand, whose request was signed at `signed`.
    pub fn answer(&mut self, errand: &Errand, answer: Answer, signed: Moment, now: Moment, reports: &mut impl Reports) {
        let Some(order) = self.orders.get_mut(&errand.position) else {
            return;
        };
        order.answer(&errand.ask, answer, signed, now, &self.rules, reports);
        self.agenda.push(Reverse((now.steady_ns, errand.position)));
    }

    /// Writes what the answers so far lead to, without asking anything more.
    pub fn settle(&mut self, now: Moment, reports: &mut impl Reports) {
        let ended: Vec<_> = self
            .orders
            .iter_mut()
            .filter_map(|(position, order)| order.settle(now, reports).then_some(*position))
            .collect();
        ended.into_iter().for_each(|position| self.close(position));
    }

    fn close(&mut self, position: Position) {
        if let Some(order) = self.orders.remove(&position) {
            let id = &order.ticket().client_order_id;
            self.by_id.remove(id);
            self.done.add(id.clone());
        }
    }
}

#[cfg(test)]
mod tests;
