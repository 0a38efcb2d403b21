//! Ids that count without a gap, such as Binance's trade ids.

use serde::{Deserialize, Serialize};

/// What an id says about the messages before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The first one ever, or the one after the last.
    Next,
    /// The ids from `expected` up to this one are missing.
    Gap { expected: i64 },
    /// Not past the last one: it was here before, or comes out of order.
    Old { last: i64 },
}

/// Remembers the highest id.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct GaplessIds {
    last: Option<i64>,
}

impl GaplessIds {
    /// Goes on behind `last`.
    pub fn after(last: i64) -> Self {
        Self { last: Some(last) }
    }

    /// The highest so far.
    pub fn last(&self) -> Option<i64> {
        self.last
    }

    /// Judges `id`, and remembers it unless it is old.
    #[inline]
    pub fn step(&mut self, id: i64) -> Step {
        self.step_over(id, id)
    }

    /// The same of ids that come at once, from `first` up to `id`.
    #[inline]
    pub fn step_over(&mut self, first: i64, id: i64) -> Step {
        let step = match self.last {
            Some(last) if first <= last => return Step::Old { last },
            Some(last) if first - last > 1 => Step::Gap { expected: last + 1 },
            _ => Step::Next,
        };
        self.last = Some(id);
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_each_id_by_the_highest_before() {
        let mut ids = GaplessIds::default();
        let steps = [7, 8, 8, 5, 9, 12, 10, 13].map(|id| ids.step(id));
        let expected = [
            Step::Next,
            Step::Next,
            Step::Old { last: 8 },
            Step::Old { last: 8 },
            Step::Next,
            Step::Gap { expected: 10 },
            Step::Old { last: 12 },
            Step::Next,
        ];
        assert_eq!(steps, expected);
    }
}
