//! When a market is open, as `bars.sessions` says: sessions (`day_session`) with a name, by which series know them.

use serde::Deserialize;

use crate::ConfigError;
use crate::day_session::{Clocks, DaySession, Session};

const NAME_MAX: usize = 32;
/// What stands in a series' name where a session's name may stand.
pub(crate) const FILLED: &str = "filled";
pub(crate) const OF: &str = "of";

/// One entry of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionsConfig {
    name: String,
    timezone: Option<String>,
    open: String,
    close: String,
    days: Option<Vec<String>>,
    closed: Option<Vec<String>>,
    early_closes: Option<Vec<String>>,
}

/// The same, read.
#[derive(Debug)]
pub(crate) struct TradingSessions {
    name: String,
    days: DaySession,
}

impl TradingSessions {
    pub fn make(config: SessionsConfig) -> Result<Self, ConfigError> {
        if !is_name(&config.name) {
            let problem = format!("{} is no name of small letters, digits and _, as globex", config.name);
            return Err(ConfigError::field("sessions.name", &problem));
        }
        let clocks = Clocks {
            timezone: config.timezone,
            open: Some(config.open),
            close: Some(config.close),
            days: config.days,
            closed: config.closed,
            early_closes: config.early_closes,
        };
        Ok(Self {
            name: config.name,
            days: DaySession::new(clocks).map_err(|error| error.within("sessions"))?,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole entry but its name, for states.
    pub fn text(&self) -> &str {
        self.days.text()
    }

    /// The session that goes on at a time, or else the next.
    pub fn of(&self, at_ns: i64) -> Session {
        self.days.of(at_ns)
    }
}

fn is_name(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=NAME_MAX).contains(&text.len())
        && text.bytes().all(letters)
        && text.as_bytes()[0].is_ascii_lowercase()
        && ![FILLED, OF].contains(&text)
}
