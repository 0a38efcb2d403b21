//! Orders end with their time, or with the day.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::codes::TimeInForce;
use super::engine::MatchingEngine;
use super::event::{Event, Reason};
use super::order::Handle;
use super::slab::Slab;

/// Live gtd orders by (end, entry). What was released stays until it is met, or until half of all is such: then all of it
/// is swept out, so that a release costs constant time on average.
#[derive(Debug)]
pub(super) struct Expiries {
    heap: BinaryHeap<Reverse<End>>,
    released: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    expires_ns: i64,
    entry: u64,
    slot: u32,
}

const SWEPT_FROM: usize = 256;

impl Expiries {
    pub(super) fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            released: 0,
        }
    }

    pub(super) fn add(&mut self, expires_ns: i64, entry: u64, handle: Handle) {
        self.heap.push(Reverse(End {
            expires_ns,
            entry,
            slot: handle.0,
        }));
    }

    #[inline]
    pub(super) fn is_due(&self, time_ns: i64) -> bool {
        self.heap.peek().is_some_and(|Reverse(end)| end.expires_ns <= time_ns)
    }

    /// A gtd order's slot was given back.
    pub(super) fn note_release(&mut self, slab: &Slab) {
        self.released += 1;
        if self.released >= SWEPT_FROM && self.released * 2 > self.heap.len() {
            self.heap.retain(|Reverse(end)| end.is_live(slab));
            self.released = 0;
        }
    }

    /// The next whose end has come. It stays until it is released and met again.
    fn next_due(&mut self, time_ns: i64, slab: &Slab) -> Option<Handle> {
        while self.is_due(time_ns) {
            let &Reverse(end) = self.heap.peek()?;
            if end.is_live(slab) {
                return Some(Handle(end.slot));
            }
            self.heap.pop();
            self.released -= 1;
        }
        None
    }

    pub(super) fn resident_bytes(&self) -> usize {
        self.heap.capacity() * size_of::<End>()
    }
}

impl End {
    /// Whether its order still has its slot.
    fn is_live(&self, slab: &Slab) -> bool {
        let order = slab.get(Handle(self.slot));
        order.entry == self.entry && !order.marks.is_free()
    }
}

impl MatchingEngine {
    /// Gtd orders whose end has come.
    #[cold]
    pub(super) fn expire(&mut self, events: &mut Vec<Event>) {
        while let Some(handle) = self.book.expiries.next_due(self.journal.time_ns, &self.book.slab) {
            self.journal
                .say_cancelled(events, self.book.slab.get(handle), Reason::Expired);
            self.book.delete(handle);
        }
    }

    /// Day orders, at the end of the day.
    pub(super) fn end_day(&mut self, events: &mut Vec<Event>) {
        self.cancel_all(|order| order.time_in_force == TimeInForce::Day, Reason::Expired, events);
    }
}
