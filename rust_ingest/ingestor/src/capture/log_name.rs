//! Which log the records of a frame log are written to.

use serde::{Deserialize, Serialize};
use tapelog::{Inspector, LogConfig, ReadError};

/// A broker's cluster, and which of its topics: other ones hold nothing of a run, or something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogName {
    pub cluster: String,
    pub topic_prefix: String,
}

impl LogName {
    /// Asks the broker. Waits up to 30 s for it.
    pub fn of(config: &LogConfig) -> Result<Self, ReadError> {
        Ok(Self {
            cluster: Inspector::new(config)?.cluster()?,
            topic_prefix: config.prefix().to_owned(),
        })
    }
}

impl std::fmt::Display for LogName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cluster {}, topic prefix {:?}", self.cluster, self.topic_prefix)
    }
}
