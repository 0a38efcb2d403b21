//! What Kraken says beside the market: that it is there, what became of a request, what it is up to.

use std::borrow::Cow;

/// How the engine is ("Status", "system"; v1 "systemStatus", "status").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum System {
    Online,
    Maintenance,
    CancelOnly,
    LimitOnly,
    PostOnly,
    /// A word that is not documented, or not yet.
    Other(String),
}

impl System {
    pub(super) fn of(word: &str) -> Self {
        match word {
            "online" => Self::Online,
            "maintenance" => Self::Maintenance,
            "cancel_only" => Self::CancelOnly,
            "limit_only" => Self::LimitOnly,
            "post_only" => Self::PostOnly,
            _ => Self::Other(word.to_owned()),
        }
    }

    /// The venue's own.
    pub fn word(&self) -> &str {
        match self {
            Self::Online => "online",
            Self::Maintenance => "maintenance",
            Self::CancelOnly => "cancel_only",
            Self::LimitOnly => "limit_only",
            Self::PostOnly => "post_only",
            Self::Other(word) => word,
        }
    }
}

/// The first message of a connection, and each change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status<'a> {
    pub system: System,
    pub version: Cow<'a, str>,
    pub connection_id: Option<u64>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    Subscribed,
    Unsubscribed,
    /// In the venue's own words.
    Refused(Cow<'a, str>),
}

/// The answer for one symbol of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    pub outcome: Outcome<'a>,
    /// `book-10` in v1, `book` in v2.
    pub channel: Option<Cow<'a, str>>,
    /// As the request named it: a refused one may be unknown.
    pub symbol: Option<Cow<'a, str>>,
    pub request_id: Option<i64>,
}
