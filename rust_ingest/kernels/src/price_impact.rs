//! Kyle's lambda: by how much the price moves for a unit of what is bought net.
//!
//! A. S. Kyle, "Continuous Auctions and Insider Trading", Econometrica 53 (1985): the price changes by lambda x the
//! order flow. J. Hasbrouck, "Trading Costs and Returns for U.S. Equities", Journal of Finance 64 (2009), estimates it
//! as the slope of a regression of price changes on signed volume. Through the origin, as Kyle has it:
//!
//! `lambda = sum(dp x q) / sum(q x q)`
//!
//! over the last `window` bars with volume: `dp` is the change of the close since the bar before, `q` buy less sell
//! volume.

use std::collections::VecDeque;

/// One series' window.
#[derive(Debug, Clone)]
pub(crate) struct PriceImpact {
    window: usize,
    /// Price change (quote currency) and signed volume (base), oldest first.
    pairs: VecDeque<(f64, f64)>,
}

impl PriceImpact {
    pub fn new(window: i32) -> Self {
        Self {
            window: window as usize,
            pairs: VecDeque::new(),
        }
    }

    pub fn add(&mut self, price_change: f64, signed_volume: f64) {
        if self.pairs.len() == self.window {
            self.pairs.pop_front();
        }
        self.pairs.push_back((price_change, signed_volume));
    }

    /// Quote currency by base; `None` until the window is full, and where all flow is 0. Summed anew each time, oldest
    /// first: a running sum would depend on what has left the window.
    pub fn kyle_lambda(&self) -> Option<f64> {
        if self.pairs.len() < self.window {
            return None;
        }
        let (mut together, mut squares) = (0.0, 0.0);
        for (price_change, signed_volume) in &self.pairs {
            together += price_change * signed_volume;
            squares += signed_volume * signed_volume;
        }
        (squares > 0.0).then(|| together / squares)
    }

    pub fn price_changes(&self) -> Vec<f64> {
        self.pairs.iter().map(|(price_change, _)| *price_change).collect()
    }

    pub fn signed_volumes(&self) -> Vec<f64> {
        self.pairs.iter().map(|(_, signed_volume)| *signed_volume).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_slope_of_the_last_bars() {
        let mut impact = PriceImpact::new(2);
        impact.add(100.0, 1.0);
        assert_eq!(impact.kyle_lambda(), None, "not full");
        impact.add(3.0, 2.0);
        impact.add(-4.0, -1.0);
        assert_eq!(impact.kyle_lambda(), Some((6.0 + 4.0) / (4.0 + 1.0)));
        impact.add(1.0, 0.0);
        impact.add(1.0, 0.0);
        assert_eq!(impact.kyle_lambda(), None, "no flow");
    }
}
