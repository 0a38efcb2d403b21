//! When a market is open, as `bars.sessions` says: sessions (`day_session`) with a name, by which series know them.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ConfigError;
use crate::config::parameters;
use crate::day_session::{Clocks, DaySession, Session};

const NAME_MAX: usize = 32;
/// What stands in a series' name where a session's name may stand.
pub(crate) const FILLED: &str = "filled";
pub(crate) const OF: &str = "of";

/// An entry of the configuration but for what is any session's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

/// One entry of the configuration.
#[derive(Debug)]
pub(crate) struct TradingSessions {
    name: String,
    days: DaySession,
}

impl TradingSessions {
    pub fn make(entry: Map<String, Value>) -> Result<Self, ConfigError> {
        Self::read(entry).map_err(|error| error.within("sessions"))
    }

    fn read(mut entry: Map<String, Value>) -> Result<Self, ConfigError> {
        let clocks = Clocks::taken(&mut entry)?;
        let Named { name } = parameters(entry)?;
        if !is_name(&name) {
            let problem = format!("{name} is no name of small letters, digits and _, as globex");
            return Err(ConfigError::field("name", &problem));
        }
        let days = DaySession::new(clocks)?;
        Ok(Self { name, days })
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
