//! Times as venues write them, to nanoseconds since 1970, UTC: exact, or nothing.

use crate::digits::POWERS_OF_TEN;

const NS_PER_SECOND: i128 = 1_000_000_000;
/// Finer fractions than nanoseconds are refused, not rounded.
const FRACTION_DIGITS_MAX: usize = 9;

/// RFC 3339 with an offset: `2023-09-25T07:49:37.708706Z`. A blank may stand for the `T` (its section 5.6).
pub fn rfc3339_ns(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let date = (number(bytes, 0, 4)?, number(bytes, 5, 2)?, number(bytes, 8, 2)?);
    let is_shaped = (bytes[4], bytes[7]) == (b'-', b'-') && matches!(bytes.get(10), Some(b'T' | b't' | b' '));
    if !is_shaped {
        return None;
    }
    let (since_midnight_ns, end) = clock_ns(bytes, 11)?;
    let offset_minutes = match bytes.get(end..)? {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), offset @ ..] if offset.len() == 5 && offset[2] == b':' => {
            let (hours, minutes) = (number(offset, 0, 2)?, number(offset, 3, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 60 + minutes;
            if *sign == b'+' { offset } else { -offset }
        }
        _ => return None,
    };
    let midnight_ns = i128::from(day_number(date)?) * 86_400 * NS_PER_SECOND;
    i64::try_from(midnight_ns + since_midnight_ns - i128::from(offset_minutes) * 60 * NS_PER_SECOND).ok()
}

/// `20140501 00:00:00.034`, always UTC: the form of TrueFX's files.
pub fn compact_ns(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let date = (number(bytes, 0, 4)?, number(bytes, 4, 2)?, number(bytes, 6, 2)?);
    if bytes.get(8) != Some(&b' ') {
        return None;
    }
    let (since_midnight_ns, end) = clock_ns(bytes, 9)?;
    if end != bytes.len() {
        return None;
    }
    i64::try_from(i128::from(day_number(date)?) * 86_400 * NS_PER_SECOND + since_midnight_ns).ok()
}

/// `HH:MM:SS` with or without a fraction at `position`: ns since midnight, and the position after it.
fn clock_ns(bytes: &[u8], position: usize) -> Option<(i128, usize)> {
    let (hour, minute) = (number(bytes, position, 2)?, number(bytes, position + 3, 2)?);
    let second = number(bytes, position + 6, 2)?;
    let is_shaped = (bytes[position + 2], bytes[position + 5]) == (b':', b':');
    // A leap second, which clocks of venues do not show, has no place in a count of nanoseconds.
    if !is_shaped || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut end = position + 8;
    let mut fraction_ns = 0;
    if bytes.get(end) == Some(&b'.') {
        let digits = bytes[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=FRACTION_DIGITS_MAX).contains(&digits) {
            return None;
        }
        let value = number(bytes, end + 1, digits)?;
        fraction_ns = value * POWERS_OF_TEN[FRACTION_DIGITS_MAX - digits] as i64;
        end += 1 + digits;
    }
    let seconds = i128::from(hour * 3_600 + minute * 60 + second);
    Some((seconds * NS_PER_SECOND + i128::from(fraction_ns), end))
}

/// The number of exactly `length` digits at `position`; nine digits at most.
#[inline(always)]
fn number(bytes: &[u8], position: usize, length: usize) -> Option<i64> {
    let field = bytes.get(position..position + length)?;
    let mut value = 0;
    for byte in field {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(value)
}

/// Days since 1970-01-01 of a date in the Gregorian calendar, if there is such a date.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`: years begin in March, so that the
/// leap day is a year's last.
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
            ("2262-04-11T23:47:16.854775807Z", i64::MAX),
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
