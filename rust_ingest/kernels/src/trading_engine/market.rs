//! Bars, features and signals on one partition of market.ticks.

use std::mem::swap;

use contracts::{Batch, Entry};

use crate::Stage;

pub(super) struct Market {
    /// Bars, features, signals.
    pub stages: [Stage; 3],
    /// What signals made of the last tick: records for the inbox, and dead letters.
    pub made: Batch,
    /// What the stage before made.
    before: Batch,
}

impl Market {
    pub fn new(bars: Stage, features: Stage, signals: Stage) -> Self {
        Self {
            stages: [bars, features, signals],
            made: Batch::default(),
            before: Batch::default(),
        }
    }

    /// Takes a tick, and appends to `events` what bars and features make; what signals make is then in `made`.
    #[inline]
    pub fn take(&mut self, tick: Entry<'_>, events: &mut Batch) {
        let [bars, behind @ ..] = &mut self.stages;
        self.made.clear();
        bars.take(tick, &mut self.made);
        for stage in behind {
            if self.made.is_empty() {
                return;
            }
            swap(&mut self.made, &mut self.before);
            self.made.clear();
            for entry in self.before.iter() {
                events.push(entry);
                // The stage before also makes dead letters, which are nobody's input.
                if entry.topic == stage.input() {
                    stage.take(entry, &mut self.made);
                }
            }
        }
    }
}
