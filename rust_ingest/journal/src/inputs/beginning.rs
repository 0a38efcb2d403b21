//! What every reader of a beginning must know of it, whether or not it reads more.

use serde::{Deserialize, Serialize};

/// The form that is written. All that stands in a beginning's frame is of that form: its fields, and those of the session's memory, down to
/// each venue's books and connections (`ingestor/tests/golden`). A reader that does not know a form must not guess, so that any other
/// field there is another version.
pub const VERSION: u32 = 4;
/// The oldest form that is read: there, no run goes on.
pub const VERSION_OLDEST: u32 = 1;

/// How a beginning says what the frames behind it are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    version: u32,
    pub venue: String,
    /// Each connection is read twice.
    pub redundant: bool,
    /// How many connections there are, or pairs of them: of a pair, the second side's number is higher by this. None in what an
    /// older version wrote.
    #[serde(default)]
    pub lines: Option<u16>,
}

impl Head {
    /// In the form that is written now.
    pub fn new(venue: &str, redundant: bool, lines: Option<u16>) -> Self {
        Self {
            version: VERSION,
            venue: venue.to_owned(),
            redundant,
            lines,
        }
    }

    /// Of a whole beginning. The error says what is wrong.
    pub fn read(json: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if !(VERSION_OLDEST..=VERSION).contains(&version) {
            return Err(format!(
                "a beginning of version {version}, where {VERSION_OLDEST} to {VERSION} are known"
            ));
        }
        serde_json::from_slice(json).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_not_known_is_refused_whatever_else_stands_there() {
        let known = Head::new("binance", false, Some(2));
        assert_eq!(Head::read(&serde_json::to_vec(&known).unwrap()), Ok(known));
        let refused = Head::read(br#"{"version":9,"venue":["other","form"]}"#).unwrap_err();
        assert_eq!(
            refused,
            format!("a beginning of version 9, where {VERSION_OLDEST} to {VERSION} are known")
        );
        assert!(Head::read(b"{}").unwrap_err().contains("version"));
    }
}
