//! When a market is open: one session a day, by the clock of its place (`place_clock`).
//!
//! A session begins at `open` on its day, and ends at `close`, on the next day where that is not behind the open. It
//! begins on `days` of the week, and on none of the dates in `closed`: holidays, by the date on which it would have begun. A half
//! day is one of `early_closes`, by the date on which it begins, with the clock at which it ends: `2026-11-27 13:00`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::ConfigError;
use crate::config::{missing, taken};
use crate::place_clock::{clock_of, date_of, local_day, moment_ns, zone_of};

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_MINUTES: i32 = 24 * 60;

/// Nanoseconds since 1970, UTC; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
    pub open_ns: i64,
    pub close_ns: i64,
}

/// What a configuration says of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Clocks {
    timezone: Option<String>,
    open: Option<String>,
    close: Option<String>,
    days: Option<Vec<String>>,
    closed: Option<Vec<String>>,
    early_closes: Option<Vec<String>>,
}

impl Clocks {
    /// Out of a table that says more: what is left there is for others.
    pub fn taken(table: &mut Map<String, Value>) -> Result<Self, ConfigError> {
        Ok(Self {
            timezone: taken(table, "timezone")?,
            open: taken(table, "open")?,
            close: taken(table, "close")?,
            days: taken(table, "days")?,
            closed: taken(table, "closed")?,
            early_closes: taken(table, "early_closes")?,
        })
    }
}

#[derive(Debug, Clone)]
pub(crate) struct DaySession {
    zone: TimeZone,
    open: Time,
    close: Time,
    /// From Monday.
    days: [bool; 7],
    closed: BTreeSet<Date>,
    early_closes: BTreeMap<Date, Time>,
    text: String,
}

impl DaySession {
    /// Of UTC and every day, where nothing else is said; open and close must be.
    pub fn new(given: Clocks) -> Result<Self, ConfigError> {
        let rule = given.timezone.unwrap_or_else(|| "UTC0".to_owned());
        let opens = given.open.ok_or_else(|| missing("open"))?;
        let closes = given.close.ok_or_else(|| missing("close"))?;
        let week = given.days.unwrap_or_else(|| WEEK.map(str::to_owned).to_vec());
        let closed = given.closed.unwrap_or_default();
        let early = given.early_closes.unwrap_or_default();
        let mut text = format!("{rule} {opens} {closes} {} {}", week.join(","), closed.join(","));
        if !early.is_empty() {
            text += " ";
            text += &early.join(",");
        }
        let mut made = Self {
            zone: zone_of("timezone", &rule)?,
            open: clock_of("open", &opens)?,
            close: clock_of("close", &closes)?,
            days: days_of(&week)?,
            closed: closed
                .iter()
                .map(|text| date_of("closed", text))
                .collect::<Result<_, _>>()?,
            early_closes: BTreeMap::new(),
            text,
        };
        for text in &early {
            made.add_early(text)?;
        }
        Ok(made)
    }

    /// The same for a strategy, whose sessions do not reach over midnight; from 09:30 to 16:00 where nothing else is said.
    pub fn within_a_day(mut given: Clocks) -> Result<Self, ConfigError> {
        given.open.get_or_insert_with(|| "09:30".to_owned());
        given.close.get_or_insert_with(|| "16:00".to_owned());
        let made = Self::new(given)?;
        match made.open < made.close {
            true => Ok(made),
            false => Err(ConfigError::field("open", "is not before the close")),
        }
    }

    /// All that was said of it, for states.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The session that goes on at a time, or else the next.
    pub fn of(&self, at_ns: i64) -> Session {
        // It may have begun the day before.
        let mut day = local_day(at_ns, &self.zone).saturating_sub(1.day());
        loop {
            if self.begins_on(day) {
                let close_ns = self.close_ns(day);
                if at_ns < close_ns {
                    let open_ns = moment_ns(day, self.open, &self.zone);
                    return Session { open_ns, close_ns };
                }
            }
            day = day.saturating_add(1.day());
        }
    }

    fn begins_on(&self, day: Date) -> bool {
        self.days[day.weekday().to_monday_zero_offset() as usize] && !self.closed.contains(&day)
    }

    fn close_ns(&self, day: Date) -> i64 {
        let close = *self.early_closes.get(&day).unwrap_or(&self.close);
        let last = match close > self.open {
            true => day,
            false => day.saturating_add(1.day()),
        };
        moment_ns(last, close, &self.zone)
    }

    fn add_early(&mut self, text: &str) -> Result<(), ConfigError> {
        let refused = |problem| Err(ConfigError::field("early_closes", &format!("{text}: {problem}")));
        let (day, clock) = text.split_once(' ').unwrap_or((text, ""));
        let day = date_of("early_closes", day)?;
        let close = clock_of(&format!("early_closes: {text}"), clock)?;
        if !self.begins_on(day) || self.early_closes.contains_key(&day) {
            return refused("no session begins on that day, or it is named twice");
        }
        if self.minutes_to(close) >= self.minutes_to(self.close) {
            return refused("is not before the close of other days");
        }
        self.early_closes.insert(day, close);
        Ok(())
    }

    /// From the open, by the clock: a whole day where they are the same.
    fn minutes_to(&self, close: Time) -> i32 {
        let minutes = |clock: Time| i32::from(clock.hour()) * 60 + i32::from(clock.minute());
        (minutes(close) - minutes(self.open) - 1).rem_euclid(DAY_MINUTES) + 1
    }
}

fn days_of(names: &[String]) -> Result<[bool; 7], ConfigError> {
    let refused = || ConfigError::field("days", &format!("name some of {}", WEEK.join(", ")));
    let mut days = [false; 7];
    for name in names {
        let place = WEEK.iter().position(|known| known == name).ok_or_else(refused)?;
        days[place] = true;
    }
    match names.is_empty() {
        true => Err(refused()),
        false => Ok(days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_NS: i64 = 3_600 * 1_000_000_000;
    /// 2024-03-08 00:00 UTC, a Friday; on the Sunday behind it New York's clocks go forward.
    const FRIDAY_NS: i64 = 1_709_856_000 * 1_000_000_000;

    fn new_york() -> DaySession {
        DaySession::within_a_day(Clocks {
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
