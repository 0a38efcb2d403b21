//! When a market is open, as `bars.sessions` says: one session a day, by the clock of its place (`day_session`).
//!
//! A session begins at `open` on its day, and ends at `close`, on the next day where that is not behind the open. It
//! begins on `days` of the week, and on none of the dates in `closed`: holidays, by the date on which it would have begun.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::ConfigError;
use crate::day_session::{Session, clock_of, local_day, moment_ns, zone_of};

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
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
        Ok(Self {
            zone: zone_of("sessions.timezone", &config.timezone)?,
            open: clock_of("sessions.open", &config.open)?,
            close: clock_of("sessions.close", &config.close)?,
            days,
            closed: config.closed.iter().map(|text| date(text)).collect::<Result<_, _>>()?,
            config,
        })
    }

    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The whole entry but its name, for states.
    pub fn text(&self) -> String {
        let config = &self.config;
        let (days, closed) = (config.days.join(","), config.closed.join(","));
        format!("{} {} {} {days} {closed}", config.timezone, config.open, config.close)
    }

    /// The session that goes on at a time, or else the next.
    pub fn of(&self, at_ns: i64) -> Session {
        // It may have begun the day before.
        let mut day = local_day(at_ns, &self.zone).saturating_sub(1.day());
        loop {
            let weekday = day.weekday().to_monday_zero_offset() as usize;
            if self.days[weekday] && !self.closed.contains(&day) {
                let session = self.session(day);
                if at_ns < session.close_ns {
                    return session;
                }
            }
            day = day.saturating_add(1.day());
        }
    }

    fn session(&self, day: Date) -> Session {
        let last = match self.close > self.open {
            true => day,
            false => day.saturating_add(1.day()),
        };
        Session {
            open_ns: moment_ns(day, self.open, &self.zone),
            close_ns: moment_ns(last, self.close, &self.zone),
        }
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

fn date(text: &str) -> Result<Date, ConfigError> {
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
    read().ok_or_else(|| ConfigError::field("sessions.closed", &format!("{text} is no date as 2026-12-25")))
}
