//! The exponential moving average, seeded by the simple mean.
//!
//! The first average stands at the n-th value: the mean of the first n, summed in their order. From then on
//! `average = average + (value - average) * (2 / (n + 1))`, in this order of operations.

use contracts::EmaState;

pub(crate) const EMPTY: EmaState = EmaState { count: 0, value: 0.0 };

/// The state after one more value.
pub(crate) fn add(state: EmaState, span: i32, value: f64) -> EmaState {
    if state.count == span {
        let weight = 2.0 / (f64::from(span) + 1.0);
        return EmaState {
            count: span,
            value: state.value + (value - state.value) * weight,
        };
    }
    let count = state.count + 1;
    let sum = state.value + value;
    let full = count == span;
    EmaState {
        count,
        value: if full { sum / f64::from(span) } else { sum },
    }
}

/// The average; `None` before the `span`-th value.
pub(crate) fn average(state: EmaState, span: i32) -> Option<f64> {
    (state.count == span).then_some(state.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_the_mean() {
        let averages: Vec<_> = [1.0, 2.0, 6.0, 7.0]
            .into_iter()
            .scan(EMPTY, |state, value| {
                *state = add(*state, 3, value);
                Some(average(*state, 3))
            })
            .collect();
        assert_eq!(averages, [None, None, Some(3.0), Some(3.0 + 4.0 * 0.5)]);
    }
}
