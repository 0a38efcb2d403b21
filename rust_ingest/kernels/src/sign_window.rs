//! Autocorrelation of the signs of trades, at one trade's distance.
//!
//! The sign of a trade is 1 if its aggressor bought and -1 if it sold. Of n pairs of successive trades, counted by
//! `trade_signs` as a table of two by two, Pearson's correlation of the later sign with the earlier is
//!
//! `(bb x ss - bs x sb) / sqrt((bb + bs)(sb + ss)(bb + sb)(bs + ss))`
//!
//! with bb for a buy behind a buy, bs for a sell behind a buy, sb for a buy behind a sell, and ss for a sell behind a
//! sell.

use std::collections::VecDeque;

use contracts::SignWindowState;

use crate::trade_signs::Pairs;

/// The last bars of one series that have such pairs. Sums are exact, so that what leaves leaves no trace.
#[derive(Debug, Clone)]
pub(crate) struct SignWindow {
    length: usize,
    bars: VecDeque<Pairs>,
    sums: [i128; 4],
}

impl SignWindow {
    pub fn new(bars: i32) -> Self {
        Self {
            length: bars as usize,
            bars: VecDeque::new(),
            sums: [0; 4],
        }
    }

    pub fn add(&mut self, pairs: Pairs) {
        if pairs == [0; 4] {
            return;
        }
        if self.bars.len() == self.length
            && let Some(oldest) = self.bars.pop_front()
        {
            self.sums = std::array::from_fn(|place| self.sums[place] - i128::from(oldest[place]));
        }
        self.bars.push_back(pairs);
        self.sums = std::array::from_fn(|place| self.sums[place] + i128::from(pairs[place]));
    }

    /// -1 to 1; `None` until the window is full, and where all trades of one place have one sign.
    pub fn autocorrelation(&self) -> Option<f64> {
        if self.bars.len() < self.length {
            return None;
        }
        let [both, sold, bought, neither] = self.sums.map(|count| count as f64);
        let ends = (both + sold) * (bought + neither) * (both + bought) * (sold + neither);
        // Its rounding may pass the end by the last bit.
        (ends > 0.0).then(|| ((both * neither - sold * bought) / f64::sqrt(ends)).clamp(-1.0, 1.0))
    }

    pub fn state(&self) -> SignWindowState {
        let column = |place: usize| self.bars.iter().map(|pairs| pairs[place]).collect();
        SignWindowState {
            buy_after_buy: column(0),
            sell_after_buy: column(1),
            buy_after_sell: column(2),
            sell_after_sell: column(3),
        }
    }

    pub fn restore(&mut self, state: &SignWindowState) {
        let rest = state
            .sell_after_buy
            .iter()
            .zip(&state.buy_after_sell)
            .zip(&state.sell_after_sell);
        for (both, ((sold, bought), neither)) in state.buy_after_buy.iter().zip(rest) {
            self.add([*both, *sold, *bought, *neither]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_at_one_for_runs_and_at_minus_one_for_turns() {
        let of = |pairs: &[Pairs]| {
            let mut window = SignWindow::new(2);
            pairs.iter().for_each(|one| window.add(*one));
            window.autocorrelation()
        };
        assert_eq!(of(&[[9, 0, 0, 4]]), None, "not full");
        assert_eq!(
            of(&[[9, 0, 0, 4], [0, 0, 0, 0]]),
            None,
            "a bar without pairs is none of them"
        );
        assert_eq!(of(&[[9, 0, 0, 4], [3, 0, 0, 3]]), Some(1.0));
        assert_eq!(of(&[[0, 7, 7, 0], [0, 5, 5, 0]]), Some(-1.0));
        assert_eq!(of(&[[1, 1, 1, 1], [2, 2, 2, 2]]), Some(0.0));
        assert_eq!(of(&[[3, 0, 0, 0], [2, 0, 0, 0]]), None, "all bought");
    }
}
