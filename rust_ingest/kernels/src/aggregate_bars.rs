//! Bars, or ticks, into longer bars: twin of `flows/kernels/aggregate_bars.py`, whose words hold.

mod buckets;
mod checks;
mod number;
#[cfg(test)]
mod tests;

use crate::bar_fault::{BarFault, BarRule};
use buckets::Bucket;
use number::Number;

/// A column of numbers.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a> {
    Int(&'a [i64]),
    Float(&'a [f64]),
}

/// Open, high, low, close: all of one kind.
#[derive(Debug, Clone, Copy)]
pub enum Prices<'a> {
    Int([&'a [i64]; 4]),
    Float([&'a [f64]; 4]),
}

/// Rows in the order of their time. All columns have as many rows as `times_ns`.
#[derive(Debug, Clone)]
pub struct BarColumns<'a> {
    pub times_ns: &'a [i64],
    pub prices: Prices<'a>,
    pub sums: Vec<Column<'a>>,
}

/// Disjoint, ascending; ends are exclusive.
#[derive(Debug, Clone, Copy)]
pub struct Sessions<'a> {
    pub starts_ns: &'a [i64],
    pub ends_ns: &'a [i64],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarPlan {
    /// How long a row is: 0 for ticks; None for the smallest distance between two rows.
    pub interval_ns: Option<i64>,
    /// How long a bucket is; 0 for a whole session.
    pub length_ns: i64,
    pub is_filled: bool,
    pub is_partial: bool,
    /// Until when all rows are there; None for the end of the last row.
    pub end_ns: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Made {
    Int(Vec<i64>),
    Float(Vec<f64>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    pub opens_ns: Vec<i64>,
    /// Ends, exclusive.
    pub closes_ns: Vec<i64>,
    /// Open, high, low, close.
    pub prices: [Made; 4],
    pub sums: Vec<Made>,
}

/// The longer bars, or the first row that breaks a rule: in its time, then in anything, then in a sum.
pub fn aggregate_bars(rows: &BarColumns<'_>, sessions: Sessions<'_>, plan: BarPlan) -> Result<Aggregated, BarFault> {
    let times_ns = rows.times_ns;
    let Some(last_ns) = times_ns.last() else {
        return columns(rows, &[]);
    };
    let interval_ns = checks::times(times_ns, plan)?;
    let row_end_ns = last_ns + interval_ns;
    let end_ns = plan.end_ns.unwrap_or(row_end_ns);
    if row_end_ns > end_ns {
        let row = times_ns.partition_point(|time_ns| time_ns + interval_ns <= end_ns);
        return Err(BarFault::in_row(BarRule::AfterEnd, row));
    }
    let found = match checks::rows_are_sound(rows) {
        true => buckets::with_rows(times_ns, sessions, plan.length_ns, interval_ns),
        false => None,
    };
    let mut buckets = match found {
        Some(buckets) => buckets,
        // Which row and why is asked for only when there is one.
        None => return Err(checks::first_fault(rows, sessions, interval_ns)),
    };
    if plan.is_filled {
        buckets = buckets::filled(&buckets, sessions, plan.length_ns, end_ns);
    }
    if !plan.is_partial {
        buckets.retain(|bucket| bucket.close_ns <= end_ns);
    }
    columns(rows, &buckets)
}

fn columns(rows: &BarColumns<'_>, buckets: &[Bucket]) -> Result<Aggregated, BarFault> {
    let prices = match rows.prices {
        Prices::Int(prices) => bars(prices, buckets).map(Made::Int),
        Prices::Float(prices) => bars(prices, buckets).map(Made::Float),
    };
    let sums = rows.sums.iter().enumerate().map(|(place, column)| {
        let made = match column {
            Column::Int(values) => sums(values, buckets).map(Made::Int),
            Column::Float(values) => sums(values, buckets).map(Made::Float),
        };
        made.map_err(|row| BarFault::in_column(BarRule::Overflow, row, prices.len() + place))
    });
    Ok(Aggregated {
        opens_ns: buckets.iter().map(|bucket| bucket.open_ns).collect(),
        closes_ns: buckets.iter().map(|bucket| bucket.close_ns).collect(),
        sums: sums.collect::<Result<_, _>>()?,
        prices,
    })
}

fn bars<N: Number>([opens, highs, lows, closes]: [&[N]; 4], buckets: &[Bucket]) -> [Vec<N>; 4] {
    let each = |of: &dyn Fn(&Bucket) -> N| buckets.iter().map(of).collect();
    [
        each(&|bucket| {
            if bucket.is_empty() {
                closes[bucket.end - 1]
            } else {
                opens[bucket.first]
            }
        }),
        extremes(highs, closes, buckets, |value, highest| value > highest),
        extremes(lows, closes, buckets, |value, lowest| value < lowest),
        each(&|bucket| closes[bucket.end - 1]),
    ]
}

#[inline]
fn extremes<N: Number>(values: &[N], closes: &[N], buckets: &[Bucket], is_beyond: impl Fn(N, N) -> bool) -> Vec<N> {
    let of = |bucket: &Bucket| match values[bucket.first..bucket.end].split_first() {
        None => closes[bucket.end - 1],
        Some((first, others)) => others.iter().fold(
            *first,
            |found, value| if is_beyond(*value, found) { *value } else { found },
        ),
    };
    buckets.iter().map(of).collect()
}

/// In the order of the rows, or the row whose sum does not fit.
fn sums<N: Number>(values: &[N], buckets: &[Bucket]) -> Result<Vec<N>, usize> {
    let of = |bucket: &Bucket| {
        let Some((first, others)) = values[bucket.first..bucket.end].split_first() else {
            return Ok(N::ZERO);
        };
        first.plus_all(others).map_err(|place| bucket.first + 1 + place)
    };
    buckets.iter().map(of).collect()
}
