//! Which rows make a bar.

use super::Sessions;

/// Rows `first` to `end`, exclusive; none in a filled one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bucket {
    pub open_ns: i64,
    pub close_ns: i64,
    pub first: usize,
    pub end: usize,
}

impl Bucket {
    pub(super) fn is_empty(&self) -> bool {
        self.first == self.end
    }
}

/// Buckets that hold rows; None if a row is in no session, or lies askew in its session.
///
/// Rows are whole intervals apart: the first of a session tells of all in it, and the last of a bucket alone can reach
/// beyond. Most bars follow each other without a gap: then nothing is divided.
pub(super) fn with_rows(
    times_ns: &[i64],
    sessions: Sessions<'_>,
    length_ns: i64,
    interval_ns: i64,
) -> Option<Vec<Bucket>> {
    let mut buckets: Vec<Bucket> = Vec::with_capacity(estimate(times_ns, length_ns));
    let rows_whole = length_ns.checked_div(interval_ns).unwrap_or(0);
    let last_whole_ns = (rows_whole - 1) * interval_ns;
    let (mut place, mut first) = (0, 0);
    let (mut start_ns, mut session_end_ns, mut next_ns) = (0, i64::MIN, 0);
    while let Some(&first_ns) = times_ns.get(first) {
        if first_ns >= session_end_ns {
            while first_ns >= *sessions.ends_ns.get(place)? {
                place += 1;
            }
            (start_ns, session_end_ns) = (sessions.starts_ns[place], sessions.ends_ns[place]);
            next_ns = start_ns;
            if first_ns < start_ns || (interval_ns > 0 && (first_ns - start_ns) % interval_ns != 0) {
                return None;
            }
        }
        let open_ns = match length_ns {
            0 => start_ns,
            _ if first_ns - next_ns < length_ns => next_ns,
            _ => start_ns + (first_ns - start_ns) / length_ns * length_ns,
        };
        let close_ns = match length_ns {
            0 => session_end_ns,
            _ => session_end_ns.min(open_ns + length_ns),
        };
        // Where no row is missing, the last one tells it: rows are at least an interval apart.
        let last = first + usize::try_from(rows_whole - 1).unwrap_or(0);
        let may_be_whole = rows_whole > 0 && first_ns == open_ns && close_ns - open_ns == length_ns;
        let is_whole = may_be_whole && times_ns.get(last) == Some(&(open_ns + last_whole_ns));
        let mut end = if is_whole { last + 1 } else { first + 1 };
        while times_ns.get(end).is_some_and(|time_ns| *time_ns < close_ns) {
            end += 1;
        }
        if times_ns[end - 1] + interval_ns > session_end_ns {
            return None;
        }
        buckets.push(Bucket {
            open_ns,
            close_ns,
            first,
            end,
        });
        (first, next_ns) = (end, close_ns);
    }
    Some(buckets)
}

fn estimate(times_ns: &[i64], length_ns: i64) -> usize {
    let (Some(first_ns), Some(last_ns)) = (times_ns.first(), times_ns.last()) else {
        return 0;
    };
    let spanned = last_ns.abs_diff(*first_ns) / length_ns.unsigned_abs().max(1);
    usize::try_from(spanned).map_or(times_ns.len(), |spanned| times_ns.len().min(spanned + 1))
}

/// The same, and between and behind them those without rows that are over by `end_ns`.
pub(super) fn filled(buckets: &[Bucket], sessions: Sessions<'_>, length_ns: i64, end_ns: i64) -> Vec<Bucket> {
    let mut all = Vec::with_capacity(buckets.len());
    let mut there = buckets.iter().peekable();
    let mut end = 0;
    for (start_ns, session_end_ns) in sessions.starts_ns.iter().zip(sessions.ends_ns) {
        let mut open_ns = *start_ns;
        while open_ns < *session_end_ns {
            let close_ns = match length_ns {
                0 => *session_end_ns,
                _ => (*session_end_ns).min(open_ns + length_ns),
            };
            if let Some(bucket) = there.next_if(|bucket| bucket.open_ns == open_ns) {
                end = bucket.end;
                all.push(*bucket);
            } else if end > 0 && close_ns <= end_ns {
                all.push(Bucket {
                    open_ns,
                    close_ns,
                    first: end,
                    end,
                });
            }
            open_ns = close_ns;
        }
    }
    all
}
