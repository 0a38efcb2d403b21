//! When a market is open each day, by the clock of its place.
//!
//! The rule of the clock stands in the configuration, as POSIX writes it (`EST5EDT,M3.2.0,M11.1.0`), and is not looked up by
//! the zone's name: a replay on another machine, or years later, must not depend on the rules that happen to be
//! installed there.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::ConfigError;

/// Nanoseconds since 1970, UTC; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
    pub open_ns: i64,
    pub close_ns: i64,
}

/// What a strategy's parameters say of it.
#[derive(Debug, Default)]
pub(crate) struct Clocks {
    pub timezone: Option<String>,
    pub open: Option<String>,
    pub close: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct DaySession {
    zone: TimeZone,
    open: Time,
    close: Time,
}

impl DaySession {
    pub fn new(given: &Clocks) -> Result<Self, ConfigError> {
        let rule = given.timezone.as_deref().unwrap_or("UTC0");
        let zone = zone_of("timezone", rule)?;
        let open = clock_of("open", given.open.as_deref().unwrap_or("09:30"))?;
        let close = clock_of("close", given.close.as_deref().unwrap_or("16:00"))?;
        if open >= close {
            return Err(ConfigError::field("open", "is not before the close"));
        }
        Ok(Self { zone, open, close })
    }

    /// The session that goes on at a time, or else the next.
    pub fn of(&self, at_ns: i64) -> Session {
        let day = local_day(at_ns, &self.zone);
        let today = self.session(day);
        match at_ns < today.close_ns {
            true => today,
            false => self.session(day.saturating_add(1.day())),
        }
    }

    fn session(&self, day: Date) -> Session {
        Session {
            open_ns: moment_ns(day, self.open, &self.zone),
            close_ns: moment_ns(day, self.close, &self.zone),
        }
    }
}

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
    let digits = |part: &str| match part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) {
        true => part.parse::<i8>().ok(),
        false => None,
    };
    let parts = text.split_once(':');
    let read = parts.and_then(|(hour, minute)| Time::new(digits(hour)?, digits(minute)?, 0, 0).ok());
    read.ok_or_else(|| ConfigError::field(field, "is no time of the day as 09:30"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_NS: i64 = 3_600 * 1_000_000_000;
    /// 2024-03-08 00:00 UTC, a Friday; on the Sunday behind it New York's clocks go forward.
    const FRIDAY_NS: i64 = 1_709_856_000 * 1_000_000_000;

    fn new_york() -> DaySession {
        DaySession::new(&Clocks {
            timezone: Some("EST5EDT,M3.2.0,M11.1.0".to_owned()),
            ..Clocks::default()
        })
        .unwrap()
    }

    #[test]
    fn a_session_goes_on_or_is_the_next() {
        let of = |hour| new_york().of(FRIDAY_NS + hour * HOUR_NS);
        let friday = Session {
            open_ns: FRIDAY_NS + 14 * HOUR_NS + HOUR_NS / 2,
            close_ns: FRIDAY_NS + 21 * HOUR_NS,
        };
        assert_eq!([of(0), of(14), of(20)], [friday; 3]);
        assert_eq!(of(21).open_ns - friday.open_ns, 24 * HOUR_NS);
    }

    #[test]
    fn the_clocks_go_forward_with_their_place() {
        let of = |hour| new_york().of(FRIDAY_NS + hour * HOUR_NS).open_ns;
        assert_eq!(of(2 * 24) - of(24), 23 * HOUR_NS);
    }
}
