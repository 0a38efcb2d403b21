//! The relative strength index.
//!
//! J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978): the averages of gains and losses begin as the
//! means of the first n changes, and go on as `(average * (n - 1) + change) / n`. His `100 - 100 / (1 + gain / loss)`
//! is `100 * (gain / (gain + loss))`, which needs no exception for a series that only rises and never passes 100.

use contracts::RsiState;

pub(crate) const EMPTY: RsiState = RsiState {
    count: 0,
    gain: 0.0,
    loss: 0.0,
};

/// The state after one more change of the price.
pub(crate) fn add(state: RsiState, period: i32, change: f64) -> RsiState {
    let (gain, loss) = if change > 0.0 {
        (change, 0.0)
    } else {
        (0.0, 0.0 - change)
    };
    let length = f64::from(period);
    if state.count == period {
        return RsiState {
            count: period,
            gain: (state.gain * (length - 1.0) + gain) / length,
            loss: (state.loss * (length - 1.0) + loss) / length,
        };
    }
    let count = state.count + 1;
    let (gain, loss) = (state.gain + gain, state.loss + loss);
    match count == period {
        true => RsiState {
            count,
            gain: gain / length,
            loss: loss / length,
        },
        false => RsiState { count, gain, loss },
    }
}

/// The index, 0 to 100; `None` before the `period`-th change, and where nothing ever moved.
pub(crate) fn index(state: RsiState, period: i32) -> Option<f64> {
    let sum = state.gain + state.loss;
    (state.count == period && sum > 0.0).then(|| 100.0 * (state.gain / sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index_after(changes: &[f64]) -> Option<f64> {
        let state = changes.iter().fold(EMPTY, |state, change| add(state, 2, *change));
        index(state, 2)
    }

    #[test]
    fn weighs_gains_against_losses() {
        assert_eq!(index_after(&[1.0]), None);
        assert_eq!(index_after(&[0.0, 0.0]), None, "nothing moved");
        assert_eq!(index_after(&[3.0, -1.0]), Some(75.0));
        assert_eq!(index_after(&[3.0, 0.3, 7.1]), Some(100.0), "only gains");
        // gain (1.5 + 0) / 2, loss (0.5 + 1.5) / 2
        assert_eq!(index_after(&[3.0, -1.0, -1.5]), Some(100.0 * (0.75 / 1.75)));
    }
}
