//! Which trades of an instrument came, where its venue numbers them one up.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use venues::sequence::{GaplessIds, Step};

/// So many holes are remembered; of an older one, what comes late is taken for what came again.
const HOLES_MAX: usize = 64;

/// What a heartbeat names may still be on its way, as channels are not ordered against each other: it counts as missing if it has not come
/// when another heartbeat comes so long after. Coinbase sends one a second; of two in one burst, after a silence, the second says nothing new.
const ON_ITS_WAY_NS_MAX: i64 = 500_000_000;

/// What a trade's numbers say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeStep {
    /// The first one ever, or the one after the last.
    Next,
    /// The numbers from `expected` up to this one are missing.
    Gap { expected: i64 },
    /// A gap named it, and it comes only now.
    Late,
    /// It came before, or is from before the first.
    Again { last: i64 },
}

/// Remembers the highest number, and those below that are missing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TradeIds {
    #[serde(flatten)]
    ids: GaplessIds,
    /// First and last number of each hole, in the order in which they were met.
    #[serde(default)]
    missing: VecDeque<(i64, i64)>,
    /// What a heartbeat named that has not come.
    #[serde(default)]
    told: Option<Told>,
}

/// The venue has sent all trades up to this one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Told {
    last: i64,
    receive_ns: i64,
}

impl TradeIds {
    /// Goes on behind `last`.
    pub fn after(last: i64) -> Self {
        Self {
            ids: GaplessIds::after(last),
            missing: VecDeque::new(),
            told: None,
        }
    }

    /// Judges a trade that has the numbers from `first` up to `last`, and remembers it.
    #[inline]
    pub fn step_over(&mut self, first: i64, last: i64) -> TradeStep {
        match self.ids.step_over(first, last) {
            Step::Next => TradeStep::Next,
            Step::Gap { expected } => {
                self.note((expected, first - 1));
                TradeStep::Gap { expected }
            }
            Step::Old { .. } if self.fill(first, last) => TradeStep::Late,
            Step::Old { last } => TradeStep::Again { last },
        }
    }

    /// A heartbeat names the newest trade that the venue has sent. The first and the last number that are found missing by it, if any are: those
    /// that one before named already. Nothing is known before the first trade.
    pub fn told(&mut self, last: i64, receive_ns: i64) -> Option<(i64, i64)> {
        let reached = self.ids.last()?;
        let told = self.told.take().filter(|told| told.last > reached);
        let is_on_its_way = |told: &Told| receive_ns.saturating_sub(told.receive_ns) < ON_ITS_WAY_NS_MAX;
        if told.as_ref().is_some_and(is_on_its_way) {
            self.told = told;
            return None;
        }
        self.told = (last > told.map_or(reached, |told| told.last)).then_some(Told { last, receive_ns });
        let hole = (reached + 1, told?.last);
        self.ids = GaplessIds::after(hole.1);
        self.note(hole);
        Some(hole)
    }

    /// Another connection tells anew.
    pub fn forget_told(&mut self) {
        self.told = None;
    }

    fn note(&mut self, hole: (i64, i64)) {
        if self.missing.len() == HOLES_MAX {
            self.missing.pop_front();
        }
        self.missing.push_back(hole);
    }

    /// A gap named all of these numbers, and none of them came since.
    pub fn misses(&self, first: i64, last: i64) -> bool {
        self.hole_of(first, last).is_some()
    }

    fn hole_of(&self, first: i64, last: i64) -> Option<usize> {
        self.missing.iter().position(|hole| hole.0 <= first && last <= hole.1)
    }

    /// What is left of the hole stands where it stood.
    fn fill(&mut self, first: i64, last: i64) -> bool {
        let Some(index) = self.hole_of(first, last) else {
            return false;
        };
        let hole = self.missing[index];
        match (hole.0 < first, last < hole.1) {
            (false, false) => {
                self.missing.remove(index);
            }
            (true, false) => self.missing[index].1 = first - 1,
            (false, true) => self.missing[index].0 = last + 1,
            (true, true) => {
                self.missing[index].1 = first - 1;
                self.missing.insert(index + 1, (last + 1, hole.1));
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_gap_named_is_late_once_and_all_else_came_before() {
        let mut ids = TradeIds::default();
        let steps = [7, 8, 8, 5, 15, 11, 11, 9, 14, 10, 12, 13, 13, 16].map(|id| ids.step_over(id, id));
        let (next, late) = (TradeStep::Next, TradeStep::Late);
        let again = |last| TradeStep::Again { last };
        let expected = [
            next,
            next,
            again(8),
            again(8),
            TradeStep::Gap { expected: 9 },
            late,
            again(15),
            late,
            late,
            late,
            late,
            late,
            again(15),
            next,
        ];
        assert_eq!(steps, expected);
        assert!(ids.missing.is_empty());
    }

    #[test]
    fn trades_that_are_told_together_fill_a_hole_together() {
        let mut ids = TradeIds::after(10);
        assert_eq!(ids.step_over(20, 22), TradeStep::Gap { expected: 11 });
        assert!(ids.misses(11, 19) && !ids.misses(11, 20) && !ids.misses(10, 11));
        assert_eq!(ids.step_over(13, 15), TradeStep::Late);
        assert_eq!(ids.step_over(15, 16), TradeStep::Again { last: 22 }, "one of them came");
        assert_eq!(ids.step_over(16, 19), TradeStep::Late);
        assert_eq!(ids.missing, [(11, 12)]);
    }

    #[test]
    fn what_a_heartbeat_names_is_missing_by_the_next_one() {
        const SECOND: i64 = 2 * ON_ITS_WAY_NS_MAX;
        let mut ids = TradeIds::default();
        assert_eq!(
            [ids.told(7, 0), ids.told(7, SECOND)],
            [None; 2],
            "no trade is known yet"
        );
        ids.step_over(7, 7);
        assert_eq!([ids.told(7, 0), ids.told(9, SECOND)], [None; 2]);
        ids.step_over(8, 8);
        ids.step_over(9, 9);
        assert_eq!(ids.told(11, 2 * SECOND), None, "they came meanwhile");
        ids.step_over(10, 10);
        assert_eq!(ids.told(12, 2 * SECOND + 1), None, "at once is no proof");
        assert_eq!(ids.told(12, 3 * SECOND), Some((11, 11)), "12 may be on its way");
        assert_eq!(ids.step_over(12, 12), TradeStep::Next);
        assert_eq!(ids.step_over(11, 11), TradeStep::Late, "channels are not ordered");
        assert_eq!(
            [ids.told(15, 4 * SECOND), ids.told(15, 5 * SECOND)],
            [None, Some((13, 15))]
        );
        assert_eq!(ids.told(15, 6 * SECOND), None, "once");
        ids.told(16, 7 * SECOND);
        ids.forget_told();
        assert_eq!(ids.told(16, 8 * SECOND), None);
    }

    #[test]
    fn memory_is_bounded_and_older_forms_are_read() {
        let mut ids = TradeIds::after(0);
        for hole in 1..=100 {
            ids.step_over(10 * hole, 10 * hole);
        }
        assert_eq!(ids.missing.len(), HOLES_MAX);
        assert!(ids.misses(995, 995) && !ids.misses(5, 5));
        let read: TradeIds = serde_json::from_str(&serde_json::to_string(&ids).unwrap()).unwrap();
        assert_eq!(read.missing, ids.missing);
        let mut older: TradeIds = serde_json::from_str(r#"{"last":7}"#).unwrap();
        assert_eq!(older.step_over(8, 8), TradeStep::Next);
    }
}
