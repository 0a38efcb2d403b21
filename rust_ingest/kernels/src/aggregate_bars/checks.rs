//! What rows must keep. `rows_are_sound` asks whole columns at a time; `first_fault` finds the row.

use super::number::Number;
use super::{BarColumns, BarPlan, Column, Prices, Sessions};
use crate::bar_fault::{BarFault, BarRule};

/// In July 2261.
const TIME_NS_MAX: i64 = 9_200_000_000_000_000_000;
const DAY_NS: i64 = 86_400_000_000_000;

/// How long a row is.
pub(super) fn times(times_ns: &[i64], plan: BarPlan) -> Result<i64, BarFault> {
    let may_tie = plan.interval_ns == Some(0);
    let even_ns = if may_tie { None } else { even_distance_ns(times_ns) };
    let is_ordered = match may_tie {
        true => times_ns.is_sorted(),
        false => even_ns.is_some() || times_ns.is_sorted_by(|earlier, later| earlier < later),
    };
    let in_range = |time_ns: &i64| (-TIME_NS_MAX..=TIME_NS_MAX).contains(time_ns);
    let ends_in_range = times_ns.first().is_none_or(in_range) && times_ns.last().is_none_or(in_range);
    if !(is_ordered && ends_in_range) {
        return Err(first_wrong_time(times_ns, may_tie));
    }
    if may_tie {
        return Ok(0);
    }
    let distances_ns = || times_ns.windows(2).map(|pair| pair[1].abs_diff(pair[0]));
    let interval_ns = match (plan.interval_ns, even_ns) {
        (Some(interval_ns), _) => interval_ns.unsigned_abs(),
        (None, Some(even_ns)) => even_ns.unsigned_abs(),
        (None, None) => distances_ns().min().ok_or(BarFault::of_all(BarRule::IntervalUnknown))?,
    };
    // Two times that may be are further apart than 63 bits of nanoseconds.
    let short_ns = i64::try_from(interval_ns).ok().filter(|short_ns| *short_ns <= DAY_NS);
    let Some(signed_ns) = short_ns.filter(|short_ns| plan.length_ns % short_ns == 0) else {
        return Err(BarFault::of_all(BarRule::NotDivided));
    };
    if even_ns.is_some_and(|even_ns| even_ns % signed_ns == 0) {
        return Ok(signed_ns);
    }
    let is_mixed = |distance_ns: u64| distance_ns != interval_ns && !distance_ns.is_multiple_of(interval_ns);
    match distances_ns().position(is_mixed) {
        Some(place) => Err(BarFault::in_row(BarRule::MixedIntervals, place + 1)),
        None => Ok(signed_ns),
    }
}

/// What lies between any two neighbours, if that is the same and positive: asked without a branch, as most bars are so.
fn even_distance_ns(times_ns: &[i64]) -> Option<i64> {
    let [first_ns, second_ns, ..] = times_ns else {
        return None;
    };
    let even_ns = second_ns.checked_sub(*first_ns).filter(|even_ns| *even_ns > 0)?;
    let pairs = times_ns[..times_ns.len() - 1].iter().zip(&times_ns[1..]);
    let differs = pairs.fold(0, |differs, (earlier, later)| {
        differs | (later.wrapping_sub(*earlier) ^ even_ns)
    });
    // They are so far apart modulo 2^64; where none wrapped, their distances are that of the ends.
    let span_ns = i128::from(*times_ns.last()?) - i128::from(*first_ns);
    (differs == 0 && span_ns == i128::from(even_ns) * (times_ns.len() as i128 - 1)).then_some(even_ns)
}

fn first_wrong_time(times_ns: &[i64], may_tie: bool) -> BarFault {
    let mut before_ns = None;
    for (row, time_ns) in times_ns.iter().enumerate() {
        if !(-TIME_NS_MAX..=TIME_NS_MAX).contains(time_ns) {
            return BarFault::in_row(BarRule::TimeRange, row);
        }
        if before_ns.is_some_and(|before_ns| time_ns < before_ns || (time_ns == before_ns && !may_tie)) {
            return BarFault::in_row(BarRule::TimeOrder, row);
        }
        before_ns = Some(time_ns);
    }
    unreachable!("a time is out of order or out of range")
}

/// Whether prices and sums keep all that is asked of them, sessions apart.
pub(super) fn rows_are_sound(rows: &BarColumns<'_>) -> bool {
    let sound_prices = match rows.prices {
        Prices::Int(prices) => all_rows(prices, |open, high, low, close| {
            (low <= open) & (open <= high) & (low <= close) & (close <= high)
        }),
        // Nothing compares with NaN. Beside the largest numbers rather than infinity: LLVM would ask for the class of
        // each number by its bits, one at a time.
        Prices::Float(prices) => all_rows(prices, |open, high, low, close| {
            (low <= open) & (open <= high) & (low <= close) & (close <= high) & (low >= f64::MIN) & (high <= f64::MAX)
        }),
    };
    let is_sound_sum = |column: &Column<'_>| match column {
        Column::Int(values) => values.iter().fold(0, |bits, value| bits | *value) >= 0,
        Column::Float(values) => {
            let is_wrong = |value: &f64| u64::from(!((*value >= 0.0) & (*value <= f64::MAX)));
            values.iter().fold(0, |wrong, value| wrong | is_wrong(value)) == 0
        }
    };
    sound_prices && rows.sums.iter().all(is_sound_sum)
}

/// Without an early end, so that several rows are asked at once.
#[inline]
fn all_rows<N: Number>([opens, highs, lows, closes]: [&[N]; 4], is_sound: impl Fn(N, N, N, N) -> bool) -> bool {
    let count = opens.len();
    let (highs, lows, closes) = (&highs[..count], &lows[..count], &closes[..count]);
    let mut wrong = 0_u64;
    for row in 0..count {
        wrong |= u64::from(!is_sound(opens[row], highs[row], lows[row], closes[row]));
    }
    wrong == 0
}

/// Of rows of which one is wrong.
pub(super) fn first_fault(rows: &BarColumns<'_>, sessions: Sessions<'_>, interval_ns: i64) -> BarFault {
    let mut place = 0;
    for (row, time_ns) in rows.times_ns.iter().enumerate() {
        while sessions.ends_ns.get(place).is_some_and(|end_ns| time_ns >= end_ns) {
            place += 1;
        }
        if place == sessions.ends_ns.len() || *time_ns < sessions.starts_ns[place] {
            return BarFault::in_row(BarRule::OutsideSession, row);
        }
        if interval_ns > 0 {
            let since_ns = time_ns - sessions.starts_ns[place];
            if since_ns % interval_ns != 0 || time_ns + interval_ns > sessions.ends_ns[place] {
                return BarFault::in_row(BarRule::Misaligned, row);
            }
        }
        let wrong_price = match rows.prices {
            Prices::Int(prices) => wrong_price(prices.map(|column| column[row])),
            Prices::Float(prices) => wrong_price(prices.map(|column| column[row])),
        };
        if let Some((rule, column)) = wrong_price {
            return BarFault::in_column(rule, row, column);
        }
        for (column, values) in rows.sums.iter().enumerate() {
            let wrong_sum = match values {
                Column::Int(values) => wrong_sum(values[row]),
                Column::Float(values) => wrong_sum(values[row]),
            };
            if let Some(rule) = wrong_sum {
                return BarFault::in_column(rule, row, 4 + column);
            }
        }
    }
    unreachable!("a row breaks a rule")
}

fn wrong_price<N: Number>(prices: [N; 4]) -> Option<(BarRule, usize)> {
    let [open, high, low, close] = prices;
    if let Some(column) = prices.iter().position(|price| !price.is_finite()) {
        return Some((BarRule::NotFinite, column));
    }
    let is_outside = |price: N| !(low <= price && price <= high);
    if high < low {
        Some((BarRule::HighBelowLow, 1))
    } else if is_outside(open) {
        Some((BarRule::OutsideRange, 0))
    } else {
        is_outside(close).then_some((BarRule::OutsideRange, 3))
    }
}

fn wrong_sum<N: Number>(value: N) -> Option<BarRule> {
    if !value.is_finite() {
        return Some(BarRule::NotFinite);
    }
    (value < N::ZERO).then_some(BarRule::Negative)
}
