//! VPIN: how one-sided the flow is, in the clock of volume.
//!
//! D. Easley, M. M. López de Prado and M. O'Hara, "Flow Toxicity and Liquidity in a High-Frequency World", Review of
//! Financial Studies 25 (2012): the volume is cut into buckets of one size V, and over the last n of them
//!
//! `VPIN = sum(|buy - sell|) / (n x V)`
//!
//! A bucket is a bar here, and n x V what the buckets hold together: bars of one volume (`volume:10`) are the authors'
//! buckets, but for the trade that ends one, which is not split. Time bars are buckets of unequal size, and weigh by
//! it. The aggressor is known, so nothing has to be guessed of who bought.

use std::collections::VecDeque;

/// One series' window. Sums are exact, so that what leaves the window leaves no trace.
#[derive(Debug, Clone)]
pub(crate) struct FlowToxicity {
    window: usize,
    /// What was bought and sold, oldest first.
    buckets: VecDeque<(i64, i64)>,
    imbalance: i128,
    volume: i128,
}

impl FlowToxicity {
    pub fn new(buckets: i32) -> Self {
        Self {
            window: buckets as usize,
            buckets: VecDeque::new(),
            imbalance: 0,
            volume: 0,
        }
    }

    pub fn add(&mut self, bought: i64, sold: i64) {
        if self.buckets.len() == self.window
            && let Some((bought, sold)) = self.buckets.pop_front()
        {
            let (imbalance, volume) = weighed(bought, sold);
            self.imbalance -= imbalance;
            self.volume -= volume;
        }
        self.buckets.push_back((bought, sold));
        let (imbalance, volume) = weighed(bought, sold);
        self.imbalance += imbalance;
        self.volume += volume;
    }

    /// 0 to 1; `None` until the window is full.
    pub fn vpin(&self) -> Option<f64> {
        (self.buckets.len() == self.window && self.volume > 0).then(|| self.imbalance as f64 / self.volume as f64)
    }

    pub fn bought(&self) -> Vec<i64> {
        self.buckets.iter().map(|(bought, _)| *bought).collect()
    }

    pub fn sold(&self) -> Vec<i64> {
        self.buckets.iter().map(|(_, sold)| *sold).collect()
    }
}

fn weighed(bought: i64, sold: i64) -> (i128, i128) {
    let (bought, sold) = (i128::from(bought), i128::from(sold));
    ((bought - sold).abs(), bought + sold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_imbalance_of_the_last_buckets() {
        let mut toxicity = FlowToxicity::new(2);
        toxicity.add(9, 0);
        assert_eq!(toxicity.vpin(), None, "not full");
        toxicity.add(3, 7);
        toxicity.add(5, 5);
        assert_eq!(toxicity.vpin(), Some(4.0 / 20.0));
        toxicity.add(0, 10);
        assert_eq!(toxicity.vpin(), Some(10.0 / 20.0));
    }
}
