//! When a market is open, as `bars.sessions` says: one session a day, by the clock of its place (`day_session`).
//!
//! A session begins at `open` on its day, and ends at `close`, on the next day where that is not behind the open. It
//! begins on `days` of the week, and on none of the dates in `closed`: holidays, by the date on which it would have begun. A half
//! day is one of `early_closes`, by the date on which it begins, with the clock at which it ends: `2026-11-27 13:00`.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::ConfigError;
use crate::day_session::{Session, clock_of, local_day, moment_ns, zone_of};

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_MINUTES: i32 = 24 * 60;
const NAME_MAX: usize = 32;
/// What stands in a series' name where a session's name may stand.
pub(crate) const FILLED: &str = "filled";
pub(crate) const OF: &str = "of";

/// One entry of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionsConfig {
    name: String,
    #[serde(default = "utc")]
    timezone: String,
    open: String,
    close: String,
    #[serde(default = "every_day")]
    days: Vec<String>,
    #[serde(default)]
    closed: Vec<String>,
    #[serde(default)]
    early_closes: Vec<String>,
}

fn utc() -> String {
    "UTC0".to_owned()
}

fn every_day() -> Vec<String> {
    WEEK.map(str::to_owned).to_vec()
}

/// The same, read.
#[derive(Debug)]
pub(crate) struct TradingSessions {
    zone: TimeZone,
    open: Time,
    close: Time,
    /// From Monday.
    days: [bool; 7],
    closed: Vec<Date>,
    early_closes: BTreeMap<Date, Time>,
    config: SessionsConfig,
}

impl TradingSessions {
    pub fn make(config: SessionsConfig) -> Result<Self, ConfigError> {
        if !is_name(&config.name) {
            let problem = format!("{} is no name of small letters, digits and _, as globex", config.name);
            return Err(ConfigError::field("sessions.name", &problem));
        }
        let mut days = [false; 7];
        for day in &config.days {
            let place = WEEK.iter().position(|known| known == day).ok_or_else(no_days)?;
            days[place] = true;
        }
        if config.days.is_empty() {
            return Err(no_days());
        }
        let dates = config.closed.iter().map(|text| date(text, "closed"));
        let mut made = Self {
            zone: zone_of("sessions.timezone", &config.timezone)?,
            open: clock_of("sessions.open", &config.open)?,
            close: clock_of("sessions.close", &config.close)?,
            days,
            closed: dates.collect::<Result<_, _>>()?,
            early_closes: BTreeMap::new(),
            config,
        };
        for text in made.config.early_closes.clone() {
            made.add_early(&text)?;
        }
        Ok(made)
    }

    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The whole entry but its name, for states.
    pub fn text(&self) -> String {
        let config = &self.config;
        let (days, closed) = (config.days.join(","), config.closed.join(","));
        let mut text = format!("{} {} {} {days} {closed}", config.timezone, config.open, config.close);
        if !config.early_closes.is_empty() {
            text += " ";
            text += &config.early_closes.join(",");
        }
        text
    }

    /// The session that goes on at a time, or else the next.
    pub fn of(&self, at_ns: i64) -> Session {
        // It may have begun the day before.
        let mut day = local_day(at_ns, &self.zone).saturating_sub(1.day());
        loop {
            if self.begins_on(day) {
                let session = self.session(day);
                if at_ns < session.close_ns {
                    return session;
                }
            }
            day = day.saturating_add(1.day());
        }
    }

    fn begins_on(&self, day: Date) -> bool {
        self.days[day.weekday().to_monday_zero_offset() as usize] && !self.closed.contains(&day)
    }

    fn session(&self, day: Date) -> Session {
        let close = *self.early_closes.get(&day).unwrap_or(&self.close);
        let last = match close > self.open {
            true => day,
            false => day.saturating_add(1.day()),
        };
        Session {
            open_ns: moment_ns(day, self.open, &self.zone),
            close_ns: moment_ns(last, close, &self.zone),
        }
    }

    fn add_early(&mut self, text: &str) -> Result<(), ConfigError> {
        let refused = |problem| {
            Err(ConfigError::field(
                "sessions.early_closes",
                &format!("{text}: {problem}"),
            ))
        };
        let (day, clock) = text.split_once(' ').unwrap_or((text, ""));
        let day = date(day, "early_closes")?;
        let close = clock_of(&format!("sessions.early_closes: {text}"), clock)?;
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

fn is_name(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=NAME_MAX).contains(&text.len())
        && text.bytes().all(letters)
        && text.as_bytes()[0].is_ascii_lowercase()
        && ![FILLED, OF].contains(&text)
}

fn no_days() -> ConfigError {
    ConfigError::field("sessions.days", &format!("name some of {}", WEEK.join(", ")))
}

fn date(text: &str, name: &str) -> Result<Date, ConfigError> {
    let digits = |part: &str, count: usize| match part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
    {
        true => part.parse::<i16>().ok(),
        false => None,
    };
    let read = || {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let year = digits(year, 4).filter(|year| (1900..2200).contains(year))?;
        Date::new(year, digits(month, 2)? as i8, digits(day, 2)? as i8).ok()
    };
    let field = format!("sessions.{name}");
    read().ok_or_else(|| ConfigError::field(&field, &format!("{text} is no date as 2026-12-25")))
}
