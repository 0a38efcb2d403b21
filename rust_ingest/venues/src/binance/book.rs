//! One symbol's book, joined from a snapshot and depth events by the venue's rules.

use std::collections::VecDeque;

use super::dialect::{Dialect, Join};
use crate::l2_book::{L2Book, Levels, Top};

/// The update ids of a depth event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthIds {
    /// `U`.
    pub first: i64,
    /// `u`.
    pub last: i64,
    /// `pu`, futures only: the `u` of the event before.
    pub previous_final: Option<i64>,
}

/// What became of a depth event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DepthStep {
    /// It goes on from the event before. The top after it, if the book is synchronised.
    Taken(Option<Top>),
    /// Events before it are missing, from update id `expected` on. It was taken, the book is no longer synchronised.
    Gap { expected: i64 },
    /// The same as the last event; nothing changed.
    Repeated,
    /// Older than the last event; nothing changed.
    OutOfOrder { last: i64 },
}

/// What became of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotStep {
    /// The book is synchronised.
    Synchronised,
    /// Every event so far is older than the snapshot: the next ones will join.
    Ahead,
    /// Events between it and the oldest one at hand are missing: fetch another.
    TooOld { oldest_first: i64 },
    /// The book was synchronised already.
    NotNeeded,
}

/// Depth events kept while a snapshot is on its way: 100 s of the fastest spot stream. Older ones are let go, and the
/// join rule then refuses a snapshot that would need them.
const WAITING_EVENTS_MAX: usize = 1_000;

#[derive(Debug)]
enum State {
    /// No snapshot yet; the events that came, without a gap between them.
    Waiting(VecDeque<(DepthIds, Levels)>),
    /// The book is a snapshot that the events have not reached yet.
    Ahead {
        snapshot_id: i64,
    },
    Synchronised,
}

#[derive(Debug)]
pub struct SyncedBook {
    dialect: Dialect,
    last: Option<DepthIds>,
    book: L2Book,
    state: State,
}

impl SyncedBook {
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            last: None,
            book: L2Book::default(),
            state: State::Waiting(VecDeque::new()),
        }
    }

    /// Depth events come, and the book cannot go on without a snapshot.
    pub fn wants_snapshot(&self) -> bool {
        matches!(&self.state, State::Waiting(events) if !events.is_empty())
    }

    /// The best levels, if the book is synchronised.
    pub fn top(&self) -> Option<Top> {
        matches!(self.state, State::Synchronised).then(|| self.book.top())
    }

    /// The book itself, if it is synchronised.
    pub fn levels(&self) -> Option<&L2Book> {
        matches!(self.state, State::Synchronised).then_some(&self.book)
    }

    pub fn on_depth(&mut self, ids: DepthIds, changes: &Levels) -> DepthStep {
        if let Some(last) = self.last {
            if ids == last {
                return DepthStep::Repeated;
            }
            if ids.last <= last.last {
                return DepthStep::OutOfOrder { last: last.last };
            }
            if !self.dialect.follows(last.last, ids) {
                self.last = Some(ids);
                self.wait_from(ids, changes);
                return DepthStep::Gap {
                    expected: last.last + 1,
                };
            }
        }
        self.last = Some(ids);
        self.take(ids, changes);
        DepthStep::Taken(self.top())
    }

    fn take(&mut self, ids: DepthIds, changes: &Levels) {
        match &mut self.state {
            State::Synchronised => self.book.apply(changes),
            State::Waiting(events) => {
                if events.len() == WAITING_EVENTS_MAX {
                    events.pop_front();
                }
                events.push_back((ids, changes.clone()));
            }
            State::Ahead { snapshot_id } => match self.dialect.join(*snapshot_id, ids) {
                Join::Old => {}
                Join::Joins => {
                    self.book.apply(changes);
                    self.state = State::Synchronised;
                }
                Join::TooLate => self.wait_from(ids, changes),
            },
        }
    }

    fn wait_from(&mut self, ids: DepthIds, changes: &Levels) {
        self.state = State::Waiting(VecDeque::from([(ids, changes.clone())]));
    }

    pub fn on_snapshot(&mut self, snapshot_id: i64, snapshot: &Levels) -> SnapshotStep {
        let events = match &mut self.state {
            State::Synchronised => return SnapshotStep::NotNeeded,
            State::Ahead { .. } => &mut VecDeque::new(),
            State::Waiting(events) => events,
        };
        let is_old = |ids: DepthIds| self.dialect.join(snapshot_id, ids) == Join::Old;
        let first = events.iter().position(|(ids, _)| !is_old(*ids));
        if let Some((ids, _)) = first.map(|index| &events[index])
            && self.dialect.join(snapshot_id, *ids) == Join::TooLate
        {
            return SnapshotStep::TooOld {
                oldest_first: ids.first,
            };
        }
        self.book.load(snapshot);
        let Some(first) = first else {
            self.state = State::Ahead { snapshot_id };
            return SnapshotStep::Ahead;
        };
        for (_, changes) in events.iter().skip(first) {
            self.book.apply(changes);
        }
        self.state = State::Synchronised;
        SnapshotStep::Synchronised
    }

    /// The connection was lost: what came before says nothing about what comes next.
    pub fn disconnect(&mut self) {
        self.last = None;
        self.book.clear();
        self.state = State::Waiting(VecDeque::new());
    }
}

#[cfg(test)]
mod tests;
