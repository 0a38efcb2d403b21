//! The clock and the calendar of a place.
//!
//! The rule of the clock stands in the configuration, as POSIX writes it (`EST5EDT,M3.2.0,M11.1.0`), and is not looked up by
//! the zone's name: a replay on another machine, or years later, must not depend on the rules that happen to be
//! installed there.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::ConfigError;

/// The date that a place has at a time.
pub(crate) fn local_day(at_ns: i64, zone: &TimeZone) -> Date {
    let at = Timestamp::from_nanosecond(i128::from(at_ns)).expect("any 64-bit count is in jiff's range");
    zone.to_datetime(at).date()
}

/// A time that the clocks skip is the one that they show instead; of one that they show twice, the first.
pub(crate) fn moment_ns(day: Date, clock: Time, zone: &TimeZone) -> i64 {
    let local = day.to_datetime(clock);
    let at = zone.to_timestamp(local).expect("within jiff's range, as the day is");
    at.as_nanosecond().clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

pub(crate) fn zone_of(field: &str, rule: &str) -> Result<TimeZone, ConfigError> {
    TimeZone::posix(rule).map_err(|_| {
        let problem = format!("{rule:?} is no rule as EST5EDT,M3.2.0,M11.1.0 (POSIX TZ)");
        ConfigError::field(field, &problem)
    })
}

pub(crate) fn clock_of(field: &str, text: &str) -> Result<Time, ConfigError> {
    let parts = text.split_once(':');
    let read = parts.and_then(|(hour, minute)| Time::new(digits(hour, 2)? as i8, digits(minute, 2)? as i8, 0, 0).ok());
    read.ok_or_else(|| ConfigError::field(field, "is no time of the day as 09:30"))
}

pub(crate) fn date_of(field: &str, text: &str) -> Result<Date, ConfigError> {
    let read = || {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let year = digits(year, 4).filter(|year| (1900..2200).contains(year))?;
        Date::new(year, digits(month, 2)? as i8, digits(day, 2)? as i8).ok()
    };
    read().ok_or_else(|| ConfigError::field(field, &format!("{text} is no date as 2026-12-25")))
}

fn digits(part: &str, count: usize) -> Option<i16> {
    match part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit()) {
        true => part.parse().ok(),
        false => None,
    }
}
