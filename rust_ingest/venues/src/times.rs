//! Times as venues write them, to nanoseconds since 1970, UTC: exact, or nothing.

use crate::digits::DigitRun;

const NS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// RFC 3339 with an offset: `2023-09-25T07:49:37.708706Z`. A blank may stand for the `T` (its section 5.6).
#[inline]
pub fn rfc3339_ns(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let mut front = Front::<19>::of(bytes)?;
    let date = (front.two(0) * 100 + front.two(2), front.two(5), front.two(8));
    let clock = (front.two(11), front.two(14), front.two(17));
    let is_shaped =
        front.has([(4, b'-'), (7, b'-'), (13, b':'), (16, b':')]) && matches!(bytes[10], b'T' | b't' | b' ');
    if !front.is_number || !is_shaped {
        return None;
    }
    let (fraction_ns, end) = fraction_ns(bytes, 19)?;
    let offset_minutes = match bytes.get(end..)? {
        b"Z" | b"z" => 0,
        offset => offset_minutes(offset)?,
    };
    let seconds = day_number(date)? * SECONDS_PER_DAY + seconds_of_day(clock)? - offset_minutes * 60;
    nanoseconds(seconds, fraction_ns)
}

/// `20140501 00:00:00.034`, always UTC: the form of TrueFX's files.
pub fn compact_ns(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let mut front = Front::<17>::of(bytes)?;
    let date = (front.two(0) * 100 + front.two(2), front.two(4), front.two(6));
    let clock = (front.two(9), front.two(12), front.two(15));
    if !front.is_number || !front.has([(8, b' '), (11, b':'), (14, b':')]) {
        return None;
    }
    let (fraction_ns, end) = fraction_ns(bytes, 17)?;
    if end != bytes.len() {
        return None;
    }
    nanoseconds(
        day_number(date)? * SECONDS_PER_DAY + seconds_of_day(clock)?,
        fraction_ns,
    )
}

/// The part of a text whose places are fixed. What is no digit is noted, so that one look at the end is enough.
struct Front<'a, const N: usize> {
    bytes: &'a [u8; N],
    is_number: bool,
}

impl<'a, const N: usize> Front<'a, N> {
    #[inline(always)]
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.first_chunk()?;
        Some(Self { bytes, is_number: true })
    }

    /// The number of two digits at `position`.
    #[inline(always)]
    fn two(&mut self, position: usize) -> i64 {
        let (tens, ones) = (self.bytes[position] ^ b'0', self.bytes[position + 1] ^ b'0');
        self.is_number &= tens <= 9 && ones <= 9;
        i64::from(tens) * 10 + i64::from(ones)
    }

    #[inline(always)]
    fn has<const M: usize>(&self, marks: [(usize, u8); M]) -> bool {
        marks.iter().all(|(position, mark)| self.bytes[*position] == *mark)
    }
}

/// `+01:00` in minutes.
#[cold]
fn offset_minutes(text: &[u8]) -> Option<i64> {
    let mut offset = Front::<6>::of(text)?;
    let (hours, minutes) = (offset.two(1), offset.two(4));
    if text.len() != 6 || !offset.is_number || !offset.has([(3, b':')]) || hours > 23 || minutes > 59 {
        return None;
    }
    match text[0] {
        b'+' => Some(hours * 60 + minutes),
        b'-' => Some(-hours * 60 - minutes),
        _ => None,
    }
}

/// Seconds since midnight of hour, minute and second. A leap second, which clocks of venues do not show, has no place in
/// a count of nanoseconds.
#[inline(always)]
fn seconds_of_day((hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    (hour <= 23 && minute <= 59 && second <= 59).then(|| hour * 3_600 + minute * 60 + second)
}

/// Of seconds and a part of one, if 64 bits hold it.
#[inline(always)]
fn nanoseconds(seconds: i64, fraction_ns: i64) -> Option<i64> {
    // The fraction of what is negative is taken off, so that the first second that 64 bits hold is not lost.
    let (seconds, fraction_ns) = match seconds {
        ..0 => (seconds + 1, fraction_ns - NS_PER_SECOND),
        _ => (seconds, fraction_ns),
    };
    seconds.checked_mul(NS_PER_SECOND)?.checked_add(fraction_ns)
}

/// A dot and one to nine digits, or nothing; and the position after them.
#[inline(always)]
fn fraction_ns(bytes: &[u8], position: usize) -> Option<(i64, usize)> {
    if bytes.get(position) != Some(&b'.') {
        return Some((0, position));
    }
    let first = DigitRun::at(bytes, position + 1);
    let end = position + 1 + first.length as usize;
    let ns = first.fraction_e8() as i64 * 10;
    match first.length {
        0 => None,
        8 => {
            // Finer fractions than nanoseconds are refused, not rounded.
            let ninth = DigitRun::at(bytes, end);
            (ninth.length <= 1).then(|| (ns + ninth.integer() as i64, end + ninth.length as usize))
        }
        _ => Some((ns, end)),
    }
}

/// Days since 1970-01-01 of a date in the Gregorian calendar, if there is such a date.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`: years begin in March, so that the
/// leap day is a year's last.
#[inline]
fn day_number((year, month, day): (i64, i64, i64)) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    let march_year = if month <= 2 { year - 1 } else { year };
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_to_the_nanosecond() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01 00:00:00.000000001z", 1),
            ("2023-09-25T07:49:37.708706Z", 1_695_628_177_708_706_000),
            ("2016-06-22T18:41:36.201836422Z", 1_466_620_896_201_836_422),
            ("2013-01-01 22:00:00.295000+00:00", 1_357_077_600_295_000_000),
            ("2000-02-29T01:00:00+01:00", 951_782_400_000_000_000),
            ("2000-02-28T23:30:00-00:30", 951_782_400_000_000_000),
            ("1969-12-31T23:59:59.5Z", -500_000_000),
            ("2023-09-25T07:49:37.70870612Z", 1_695_628_177_708_706_120),
            ("1969-12-31T23:59:59.999999999Z", -1),
            ("2262-04-11T23:47:16.854775807Z", i64::MAX),
            ("1677-09-21T00:12:43.145224192Z", i64::MIN),
        ] {
            assert_eq!(rfc3339_ns(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn compact_to_the_nanosecond() {
        assert_eq!(compact_ns("20140501 00:00:00.034"), Some(1_398_902_400_034_000_000));
        assert_eq!(compact_ns("20140501 23:59:59"), Some(1_398_988_799_000_000_000));
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "2023-09-25T07:49:37",
            "2023-09-25T07:49:37.Z",
            "2023-09-25T07:49:37.1234567890Z",
            "2023-09-25T24:00:00Z",
            "2023-09-25T07:49:60Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-00-01T00:00:00Z",
            "2023-01-00T00:00:00Z",
            "2023-09-25T07:49:37Zx",
            "2023-09-25T07:49:37+1:00",
            "2023-09-25T07:49:37+24:00",
            "2262-04-11T23:47:16.854775808Z",
            "1677-09-21T00:12:43.145224191Z",
            "9999-12-31T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2023-09-25T07-49-37Z",
            "٢٠٢٣-09-25T07:49:37Z",
        ] {
            assert_eq!(rfc3339_ns(text), None, "{text}");
        }
        for text in [
            "",
            "20140501",
            "20140501T00:00:00",
            "20140501 00:00:00Z",
            "20140431 00:00:00",
        ] {
            assert_eq!(compact_ns(text), None, "{text}");
        }
    }

    /// Each day of 400 years is one more than the day before, and 1970 began at 0.
    #[test]
    fn days_count_without_a_gap() {
        let mut last = day_number((1799, 12, 31)).unwrap();
        for year in 1800..=2200 {
            for month in 1..=12 {
                for day in (1..=31).filter_map(|day| day_number((year, month, day))) {
                    assert_eq!(day, last + 1, "{year}-{month}");
                    last = day;
                }
            }
        }
        assert_eq!(day_number((1970, 1, 1)), Some(0));
    }
}
