//! Order flow imbalance.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::parts::{Last, Sum};

/// The sum of what each quote added to the bid less what it added to the ask.
///
/// A side that became better, or stayed, adds its size; one that became worse, or stayed, takes its last size away.
pub struct OrderFlowImbalance {
    quote: [Last; 4],
    sum: Sum,
}

memory!(OrderFlowImbalance { quote, sum });

impl OrderFlowImbalance {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            quote: std::array::from_fn(|_| Last::none()),
            sum: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for OrderFlowImbalance {
    #[inline]
    fn update(&mut self, [bid, bid_size, ask, ask_size]: [f64; 4]) -> Option<[f64; 1]> {
        let [last_bid, last_bid_size, last_ask, last_ask_size] = &mut self.quote;
        let last_bid = last_bid.push(bid).zip(last_bid_size.push(bid_size));
        let (last_ask, last_ask_size) = last_ask.push(ask).zip(last_ask_size.push(ask_size))?;
        let (last_bid, last_bid_size) = last_bid?;
        let mut flow = if bid >= last_bid { bid_size } else { 0.0 };
        flow -= if bid <= last_bid { last_bid_size } else { 0.0 };
        flow -= if ask <= last_ask { ask_size } else { 0.0 };
        flow += if ask >= last_ask { last_ask_size } else { 0.0 };
        self.sum.push(flow).map(|sum| [sum])
    }
}
