//! What imbalance and run bars expect (Lopez de Prado, Advances in Financial Machine Learning, 2018, 2.3.2.1-4).
//!
//! Each tick has a sign b by the tick rule (that of the last change of price; before the first change, the aggressor's)
//! and weighs v: 1, its quantity, or its notional. A bar of T ticks ends when
//!
//! - imbalance: `|sum of b v| >= E[T] |E[b v]|`. The book's `2 v+ - E[v]` is `E[b v]`: what buys weigh per tick, less
//!   what sells do.
//! - run: `max(sum of v where b = 1, the same where b = -1) >= E[T] max(P[b=1] E[v|b=1], P[b=-1] E[v|b=-1])`; each of
//!   the two products is what that side weighs per tick.
//!
//! E are exponentially weighted means over the bars before, `a = 2 / (SPAN + 1)`. The first bar has nothing to expect,
//! and ends with SIZE ticks. As expectation and length feed each other, and would run away, E\[T\] stays within
//! SIZE / 10 and 10 SIZE.

use contracts::ExpectedFlowState;

/// How much must come together for a bar to end.
#[inline]
pub(crate) fn threshold(expected: &ExpectedFlowState, run: bool) -> f64 {
    match run {
        true => expected.ticks * expected.bought.max(expected.sold),
        false => expected.ticks * (expected.bought - expected.sold).abs(),
    }
}

/// A bar that has ended: its ticks, and what those of either sign weigh.
pub(crate) struct Flow {
    pub ticks: i64,
    pub bought: i128,
    pub sold: i128,
}

/// With one bar more.
pub(crate) fn after(expected: Option<ExpectedFlowState>, size: i64, span: i64, flow: &Flow) -> ExpectedFlowState {
    let ticks = flow.ticks as f64;
    let (bought, sold) = (flow.bought as f64 / ticks, flow.sold as f64 / ticks);
    let Some(expected) = expected else {
        return ExpectedFlowState { ticks, bought, sold };
    };
    let weight = 2.0 / (span as f64 + 1.0);
    let length = expected.ticks + weight * (ticks - expected.ticks);
    ExpectedFlowState {
        ticks: length.max(size as f64 / 10.0).min(size as f64 * 10.0),
        bought: expected.bought + weight * (bought - expected.bought),
        sold: expected.sold + weight * (sold - expected.sold),
    }
}
