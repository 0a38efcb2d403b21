//! The average true range.
//!
//! J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978): the true range is the greatest of high less low, high
//! from the last close, and low from the last close; its average begins as the mean of the first n, and goes on as
//! `(average * (n - 1) + range) / n`.

use contracts::AtrState;

pub(crate) const EMPTY: AtrState = AtrState {
    count: 0,
    average: 0.0,
    close: None,
};

/// The state after one more bar, of prices in the instrument's units.
pub(crate) fn add(state: AtrState, period: u16, high: i64, low: i64, close: i64) -> AtrState {
    let Some(last) = state.close else {
        return AtrState {
            close: Some(close),
            ..EMPTY
        };
    };
    let (high, low, last) = (high as f64, low as f64, last as f64);
    let moved = (high - low).max((high - last).abs()).max((low - last).abs());
    let length = f64::from(period);
    let (count, average) = match state.count == i32::from(period) {
        true => (state.count, (state.average * (length - 1.0) + moved) / length),
        false => (state.count + 1, state.average + moved),
    };
    let is_full_now = state.count != count && count == i32::from(period);
    AtrState {
        count,
        average: if is_full_now { average / length } else { average },
        close: Some(close),
    }
}

/// In the instrument's units; `None` before the `period`-th range.
pub(crate) fn average(state: AtrState, period: u16) -> Option<f64> {
    (state.count == i32::from(period)).then_some(state.average)
}
