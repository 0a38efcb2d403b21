//! One symbol's book, joined from a snapshot of REST and depth events by the venue's rules.

use std::collections::VecDeque;

use contracts::{DepthEventState, DepthIdsState, Kind, Record, SchemaIds, SyncedBookState, encode};
use serde::{Deserialize, Serialize};

use crate::RestoreError;
use crate::book_sequence::{DepthIds, DepthRule, Join};
use crate::book_steps::{DepthStep, SnapshotStep};
use crate::l2_book::{BookError, L2Book, Levels, Top};
use crate::snapshot::{open, same};

/// Depth events kept while a snapshot is on its way: 100 s of the fastest spot stream. Older ones are let go, and the
/// join rule then refuses a snapshot that would need them.
const WAITING_EVENTS_MAX: usize = 1_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum State {
    /// No snapshot yet; the events that came, without a gap between them.
    Waiting(VecDeque<(DepthIds, Levels)>),
    /// The book is a snapshot that the events have not reached yet.
    Ahead {
        snapshot_id: i64,
    },
    Synchronised,
}

/// A book that says whether it is the venue's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SyncedBook {
    rule: DepthRule,
    newest: Option<DepthIds>,
    book: L2Book,
    state: State,
}

impl SyncedBook {
    pub fn new(rule: DepthRule) -> Self {
        Self {
            rule,
            newest: None,
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
    pub fn book(&self) -> Option<&L2Book> {
        matches!(self.state, State::Synchronised).then_some(&self.book)
    }

    /// From now on the book is cut to so many levels a side, as the venue tells of no more; `None`: it is whole.
    ///
    /// # Errors
    /// The depth is not positive.
    pub fn limit(&mut self, depth_max: Option<i64>) -> Result<(), BookError> {
        let mut book = depth_max.map_or_else(|| Ok(L2Book::default()), L2Book::limited)?;
        book.load(&Levels {
            bids: self.book.bids().collect(),
            asks: self.book.asks().collect(),
        });
        self.book = book;
        Ok(())
    }

    pub fn on_depth(&mut self, ids: DepthIds, changes: &Levels) -> DepthStep {
        if let Some(newest) = self.newest {
            if ids == newest {
                return DepthStep::Repeated;
            }
            if ids.last <= newest.last {
                return DepthStep::OutOfOrder { last: newest.last };
            }
            if !self.rule.follows(newest.last, ids) {
                self.newest = Some(ids);
                self.wait_from(ids, changes);
                return DepthStep::Gap {
                    expected: newest.last + 1,
                };
            }
        }
        self.newest = Some(ids);
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
            State::Ahead { snapshot_id } => match self.rule.join(*snapshot_id, ids) {
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
        self.book.clear();
        self.state = State::Waiting(VecDeque::from([(ids, changes.clone())]));
    }

    pub fn on_snapshot(&mut self, snapshot_id: i64, snapshot: &Levels) -> SnapshotStep {
        let events = match &mut self.state {
            State::Synchronised => return SnapshotStep::NotNeeded,
            State::Ahead { .. } => &mut VecDeque::new(),
            State::Waiting(events) => events,
        };
        let is_old = |ids: DepthIds| self.rule.join(snapshot_id, ids) == Join::Old;
        let first = events.iter().position(|(ids, _)| !is_old(*ids));
        if let Some((ids, _)) = first.map(|index| &events[index])
            && self.rule.join(snapshot_id, *ids) == Join::TooLate
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
        self.newest = None;
        self.book.clear();
        self.state = State::Waiting(VecDeque::new());
    }

    /// Appends the state, framed, in its schema of `schemas/state/`.
    pub fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        encode(ids, &self.state().into(), out);
    }

    /// Replaces the state by one that either twin wrote.
    ///
    /// # Errors
    /// It is none, or follows another rule; the state is then unchanged.
    pub fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        match open(ids, state, Kind::SyncedBookState)? {
            Record::SyncedBookState(saved) => self.take_state(saved),
            other => Err(RestoreError::other_kind(Kind::SyncedBookState, other.kind())),
        }
    }

    /// What `snapshot` frames.
    pub(crate) fn state(&self) -> SyncedBookState<'static> {
        let waiting = match &self.state {
            State::Waiting(events) => events.iter().map(event_state).collect(),
            State::Ahead { .. } | State::Synchronised => Vec::new(),
        };
        SyncedBookState {
            rule: self.rule.name(),
            newest: self.newest.map(ids_state),
            synchronised: matches!(self.state, State::Synchronised),
            snapshot_id: match self.state {
                State::Ahead { snapshot_id } => Some(snapshot_id),
                State::Waiting(_) | State::Synchronised => None,
            },
            waiting,
            book: self.book.state(),
        }
    }

    /// As `restore`.
    pub(crate) fn take_state(&mut self, saved: SyncedBookState<'_>) -> Result<(), RestoreError> {
        same("rule", &saved.rule, &self.rule.name())?;
        // Its depth is the venue's, as the snapshot has it.
        let mut book = Self::new(self.rule);
        book.limit(saved.book.depth_max.map(i64::from))?;
        book.book.take_state(saved.book)?;
        self.book = book.book;
        self.newest = saved.newest.map(ids_of);
        self.state = match (saved.synchronised, saved.snapshot_id) {
            (true, _) => State::Synchronised,
            (false, Some(snapshot_id)) => State::Ahead { snapshot_id },
            (false, None) => State::Waiting(saved.waiting.into_iter().map(event_of).collect()),
        };
        Ok(())
    }
}

fn event_state((ids, changes): &(DepthIds, Levels)) -> DepthEventState {
    DepthEventState {
        ids: ids_state(*ids),
        bids: changes.bids.clone(),
        asks: changes.asks.clone(),
    }
}

fn event_of(state: DepthEventState) -> (DepthIds, Levels) {
    let changes = Levels {
        bids: state.bids,
        asks: state.asks,
    };
    (ids_of(state.ids), changes)
}

fn ids_state(ids: DepthIds) -> DepthIdsState {
    DepthIdsState {
        first: ids.first,
        last: ids.last,
        previous_final: ids.previous_final,
    }
}

fn ids_of(state: DepthIdsState) -> DepthIds {
    DepthIds {
        first: state.first,
        last: state.last,
        previous_final: state.previous_final,
    }
}

#[cfg(test)]
mod tests;
