//! Which side takes after which: pairs of successive trades of one instrument, by who was the aggressor.
//!
//! Their correlation is what J. Hasbrouck and T. S. Y. Ho, "Order Arrival, Quote Behavior, and the Return-Generating
//! Process", Journal of Finance 42 (1987) found: a buy is likelier behind a buy. Behind a gap nobody knows which trade
//! came before: the pair does not count.

use contracts::{Side, TradeSignsState};

/// Buy after buy, sell after buy, buy after sell, sell after sell.
pub(crate) type Pairs = [i64; 4];

pub(crate) const NO_PAIRS: Pairs = [0; 4];

/// One instrument's.
#[derive(Debug, Clone, Default)]
pub(crate) struct TradeSigns {
    last: i32,
    /// Since the log's beginning: a bar has what came since its series' last close.
    pub pairs: Pairs,
}

impl TradeSigns {
    #[inline]
    pub fn add(&mut self, aggressor: Side) {
        let now = match aggressor {
            Side::Buy => 1,
            Side::Sell => -1,
        };
        if self.last != 0 {
            self.pairs[2 * usize::from(self.last < 0) + usize::from(now < 0)] += 1;
        }
        self.last = now;
    }

    /// Trades are missing.
    pub fn forget(&mut self) {
        self.last = 0;
    }

    pub fn state<'c>(&self, at_close: impl Iterator<Item = &'c Pairs>) -> TradeSignsState {
        TradeSignsState {
            last: self.last,
            pairs: self.pairs.to_vec(),
            at_close: at_close.flatten().copied().collect(),
        }
    }

    pub fn restored(state: &TradeSignsState) -> Self {
        Self {
            last: state.last,
            pairs: four(&state.pairs),
        }
    }
}

pub(crate) fn since(pairs: &Pairs, before: &Pairs) -> Pairs {
    std::array::from_fn(|place| pairs[place] - before[place])
}

/// The pairs at the last close of each series.
pub(crate) fn at_close(state: &TradeSignsState) -> impl Iterator<Item = Pairs> + '_ {
    state.at_close.chunks(4).map(four)
}

fn four(counts: &[i64]) -> Pairs {
    std::array::from_fn(|place| counts.get(place).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_who_comes_after_whom() {
        let mut signs = TradeSigns::default();
        for aggressor in [Side::Buy, Side::Buy, Side::Sell, Side::Sell, Side::Sell, Side::Buy] {
            signs.add(aggressor);
        }
        assert_eq!(signs.pairs, [1, 1, 1, 2]);
        signs.forget();
        signs.add(Side::Buy);
        assert_eq!(signs.pairs, [1, 1, 1, 2], "nobody knows what came before");
    }
}
