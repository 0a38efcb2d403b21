//! Measures of one quote.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::ratio;

/// The middle of bid and ask, each weighted by the size on the other side; the plain middle where there is no size.
pub struct WeightedMid;

memory!(WeightedMid {});

impl WeightedMid {
    pub(crate) fn of() -> Self {
        Self
    }
}

impl Indicator<4, 1> for WeightedMid {
    #[inline]
    fn update(&mut self, [bid, bid_size, ask, ask_size]: [f64; 4]) -> Option<[f64; 1]> {
        let weighted = bid * ask_size + ask * bid_size;
        Some([ratio(weighted, bid_size + ask_size, (bid + ask) / 2.0)])
    }
}

/// The size of the bid less that of the ask, by both; 0 where there is no size.
pub struct QuoteImbalance;

memory!(QuoteImbalance {});

impl QuoteImbalance {
    pub(crate) fn of() -> Self {
        Self
    }
}

impl Indicator<2, 1> for QuoteImbalance {
    #[inline]
    fn update(&mut self, [bid_size, ask_size]: [f64; 2]) -> Option<[f64; 1]> {
        Some([ratio(bid_size - ask_size, bid_size + ask_size, 0.0)])
    }
}
