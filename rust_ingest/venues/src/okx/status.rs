//! Messages about the connection and the service. They are rare, and own their text.

use std::fmt;

use super::ParseError;
use super::fields::{Field, time};
use crate::scan::Scanner;

/// `subscribe` or `unsubscribe` as an event: the venue has done it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub is_subscribed: bool,
    pub channel: String,
    pub instrument: Option<String>,
}

/// `error` and `notice`: API guide, "Error Code", "WebSocket".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("okx {code}: {message}")]
pub struct Notice {
    pub code: String,
    pub message: String,
}

/// A row of channel `status`: the service is or will be upgraded ("Status", "WS / Status channel").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub title: String,
    /// `scheduled`, `ongoing`, `pre_open`, `completed`, `canceled`.
    pub state: String,
    pub begin_ns: Option<i64>,
    pub end_ns: Option<i64>,
}

impl Notice {
    /// The venue closes the connection within 30 s, for an upgrade: connect anew before ("WebSocket", "Notification").
    pub fn is_closing(&self) -> bool {
        self.code == "64008"
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.title, self.state)?;
        match (self.begin_ns, self.end_ns) {
            (Some(begin_ns), Some(end_ns)) => write!(out, ", from {begin_ns} ns to {end_ns} ns"),
            (Some(begin_ns), None) => write!(out, ", from {begin_ns} ns"),
            (None, _) => Ok(()),
        }
    }
}

impl Status {
    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Self, ParseError> {
        let mut title = Field::named("title");
        let mut state = Field::named("state");
        let mut begin_ns = Field::named("begin");
        let mut end_ns = Field::named("end");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"title" => title.set(scanner.string()?.into_owned(), scanner)?,
                b"state" => state.set(scanner.string()?.into_owned(), scanner)?,
                b"begin" => begin_ns.set(time_if_any(scanner, "begin")?, scanner)?,
                b"end" => end_ns.set(time_if_any(scanner, "end")?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        Ok(Self {
            title: title.required()?,
            state: state.required()?,
            begin_ns: begin_ns.optional().flatten(),
            end_ns: end_ns.optional().flatten(),
        })
    }
}

fn time_if_any(scanner: &mut Scanner<'_>, field: &'static str) -> Result<Option<i64>, ParseError> {
    if scanner.accept_string("") {
        return Ok(None);
    }
    time(scanner, field).map(Some)
}
