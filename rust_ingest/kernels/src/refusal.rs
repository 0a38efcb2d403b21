//! Why a record is not processed. Words and texts are part of the outputs: both twins write the same.

use contracts::{FeatureVector, FrameError};
use thiserror::Error;

/// Why a record went to `ops.dead_letters`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("a message of {length} bytes has no schema id")]
    Short { length: usize },
    #[error("the message begins with byte {found}, not with 0")]
    BadMagic { found: u8 },
    #[error("schema id {id} is none of ours")]
    UnknownSchema { id: i32 },
    #[error("the bytes after the schema id are not a {kind}")]
    BadBody { kind: &'static str },
    #[error("a {kind} does not belong into this topic")]
    UnexpectedKind { kind: &'static str },
    #[error(
        "{venue} {instrument}: exponents are {price_exponent} and {quantity_exponent}, the log began with \
         {known_price_exponent} and {known_quantity_exponent}"
    )]
    ScaleChanged {
        venue: String,
        instrument: String,
        price_exponent: i32,
        quantity_exponent: i32,
        known_price_exponent: i32,
        known_quantity_exponent: i32,
    },
    #[error("{field} {value} {problem}")]
    BadValue {
        field: &'static str,
        value: i128,
        problem: &'static str,
    },
    #[error("{what} of {venue} {instrument} does not fit its type")]
    Overflow {
        what: &'static str,
        venue: String,
        instrument: String,
    },
    /// A strategy went wrong and is given no more bars of this instrument.
    #[error("strategy {strategy} is muted on {venue} {instrument}: {why}")]
    Muted {
        strategy: String,
        venue: String,
        instrument: String,
        why: String,
    },
    /// A strategy's own risk check stopped what it wanted.
    #[error("strategy {strategy} withholds a signal on {venue} {instrument}: {why}")]
    Withheld {
        strategy: String,
        venue: String,
        instrument: String,
        why: String,
    },
    #[error(
        "series {series}: the size is no whole count of the units of {venue} {instrument}: configure it for the \
         instruments that it is meant for"
    )]
    BadSize {
        series: String,
        venue: String,
        instrument: String,
    },
    #[error("{problem}")]
    BadControl { problem: &'static str },
    #[error("account {account} is open as {known}; {log_id} would let one client id stand for two orders")]
    LogIdChanged {
        account: String,
        log_id: String,
        known: String,
    },
    #[error("client id {client_order_id} is longer than venues take")]
    ClientIdTooLong { client_order_id: String },
    #[error("order {client_order_id} is not known here; what it filled counts")]
    UnknownOrder { client_order_id: String },
    #[error("order {client_order_id} has another instrument or side than the report")]
    OrderMismatch { client_order_id: String },
    #[error(
        "order {client_order_id} grew by {quantity}, which is not what the report says it filled; counted at {price}"
    )]
    FillMismatch {
        client_order_id: String,
        quantity: i64,
        price: i64,
    },
    #[error("{what} {found} is not past {newest}")]
    OutOfOrder {
        what: &'static str,
        found: i64,
        newest: i64,
    },
}

impl Refusal {
    /// The short word in `DeadLetter.reason`.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Short { .. } | Self::BadMagic { .. } | Self::BadBody { .. } => "parse",
            Self::UnknownSchema { .. } => "unknown_schema",
            Self::UnexpectedKind { .. } => "unexpected_kind",
            Self::ScaleChanged { .. } => "scale_changed",
            Self::BadValue { .. } => "bad_value",
            Self::BadSize { .. } => "bad_size",
            Self::Overflow { .. } => "overflow",
            Self::Muted { .. } => "muted",
            Self::Withheld { .. } => "withheld",
            Self::BadControl { .. } => "bad_control",
            Self::LogIdChanged { .. } => "log_id_changed",
            Self::ClientIdTooLong { .. } => "client_id_too_long",
            Self::UnknownOrder { .. } => "unknown_order",
            Self::OrderMismatch { .. } => "order_mismatch",
            Self::FillMismatch { .. } => "fill_mismatch",
            Self::OutOfOrder { .. } => "out_of_order",
        }
    }
}

impl Refusal {
    pub(crate) fn bad_value(field: &'static str, value: impl Into<i128>, problem: &'static str) -> Self {
        Self::BadValue {
            field,
            value: value.into(),
            problem,
        }
    }

    pub(crate) fn overflow(what: &'static str, venue: &str, instrument: &str) -> Self {
        Self::Overflow {
            what,
            venue: venue.to_owned(),
            instrument: instrument.to_owned(),
        }
    }

    pub(crate) fn muted(strategy: &str, features: &FeatureVector<'_>, why: String) -> Self {
        Self::Muted {
            strategy: strategy.to_owned(),
            venue: features.venue.to_owned(),
            instrument: features.instrument.to_owned(),
            why,
        }
    }

    pub(crate) fn withheld(strategy: &str, features: &FeatureVector<'_>, why: String) -> Self {
        Self::Withheld {
            strategy: strategy.to_owned(),
            venue: features.venue.to_owned(),
            instrument: features.instrument.to_owned(),
            why,
        }
    }

    /// The refusal of a message that is not framed.
    pub(crate) fn of_frame(error: FrameError) -> Self {
        match error {
            FrameError::Short { length } => Self::Short { length },
            FrameError::BadMagic { found } => Self::BadMagic { found },
            FrameError::UnknownSchema { id } => Self::UnknownSchema { id },
            // Where the body goes wrong is the codec's own business: the twins' codecs differ there.
            FrameError::Body { kind, .. } => Self::BadBody { kind: kind.name() },
        }
    }
}
