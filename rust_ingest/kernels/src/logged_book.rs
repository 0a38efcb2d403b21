//! An instrument's book as `market.ticks` tells it, whatever the venue: snapshots, the changes behind them, and gaps.
//!
//! The ingestor has proven its book by the venue's numbers and checksums, and each depth event names its best levels: this
//! one counts while it has the same.

use contracts::{BookDelta, BookSnapshot, Level, LoggedBookState};

use crate::book_sequence::{DepthIds, DepthRule};
use crate::book_steps::SnapshotStep;
use crate::checked::{not_negative, positive};
use crate::l2_book::{Levels, Top};
use crate::scale::Scale;
use crate::synced_book::SyncedBook;
use crate::{Refusal, RestoreError};

#[derive(Debug, Clone)]
pub(crate) struct LoggedBook {
    /// Levels a side that the slopes are of.
    depth_levels: i32,
    synced: SyncedBook,
    /// Its best levels are those that the newest depth event names.
    in_step: bool,
    /// Those of the record at hand; kept for its memory.
    levels: Levels,
}

/// Base per unit of the quote currency; without books, of no levels.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slopes {
    pub bid: Option<f64>,
    pub ask: Option<f64>,
    pub levels: i32,
}

impl LoggedBook {
    pub fn new(depth_levels: i32) -> Self {
        Self {
            depth_levels,
            synced: SyncedBook::new(DepthRule::Logged),
            in_step: false,
            levels: Levels::default(),
        }
    }

    /// # Errors
    /// `bad_value` for a negative quantity; the book is then unchanged.
    pub fn on_delta(&mut self, delta: &BookDelta<'_>) -> Result<(), Refusal> {
        self.take(&delta.bids, &delta.asks)?;
        let ids = DepthIds {
            first: delta.first_update_id,
            last: delta.final_update_id,
            previous_final: delta.previous_update_id,
        };
        self.synced.on_depth(ids, &self.levels);
        let named = Top {
            bid: level(delta.bid_price, delta.bid_quantity),
            ask: level(delta.ask_price, delta.ask_quantity),
        };
        self.in_step = self.synced.top() == Some(named);
        Ok(())
    }

    /// # Errors
    /// As `on_delta`, and for a depth that is none.
    pub fn on_snapshot(&mut self, snapshot: &BookSnapshot<'_>) -> Result<(), Refusal> {
        if let Some(depth) = snapshot.depth_max {
            positive("depth_max", i64::from(depth))?;
        }
        self.take(&snapshot.bids, &snapshot.asks)?;
        if self.synced.top().is_none() {
            self.synced
                .limit(snapshot.depth_max.map(i64::from))
                .expect("it is positive");
        }
        let step = self.synced.on_snapshot(snapshot.final_update_id, &self.levels);
        self.in_step &= step == SnapshotStep::NotNeeded;
        Ok(())
    }

    /// Messages of the book are missing: there is none until the next snapshot.
    pub fn forget(&mut self) {
        self.synced.disconnect();
        self.in_step = false;
    }

    /// At this moment; none while it does not count, where a side is empty, and where it is locked or crossed.
    pub fn slopes(&self, scale: Scale) -> Slopes {
        let book = self.synced.book().filter(|_| self.in_step);
        let slopes = book.and_then(|book| book.depth_slopes(self.depth_levels as usize));
        Slopes {
            bid: slopes.map(|slopes| scale.slope(slopes.bid)),
            ask: slopes.map(|slopes| scale.slope(slopes.ask)),
            levels: self.depth_levels,
        }
    }

    pub fn state(&self) -> LoggedBookState<'static> {
        LoggedBookState {
            in_step: self.in_step,
            book: self.synced.state(),
        }
    }

    /// # Errors
    /// The state is no book's.
    pub fn restore(&mut self, state: LoggedBookState<'_>) -> Result<(), RestoreError> {
        self.synced.take_state(state.book)?;
        self.in_step = state.in_step;
        Ok(())
    }

    fn take(&mut self, bids: &[Level], asks: &[Level]) -> Result<(), Refusal> {
        for level in bids.iter().chain(asks) {
            not_negative("quantity", level.quantity)?;
        }
        self.levels.clear();
        self.levels.bids.extend_from_slice(bids);
        self.levels.asks.extend_from_slice(asks);
        Ok(())
    }
}

fn level(price: Option<i64>, quantity: Option<i64>) -> Option<Level> {
    Some(Level {
        price: price?,
        quantity: quantity?,
    })
}
