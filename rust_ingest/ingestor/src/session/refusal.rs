//! Why a message does not become a record.

use venues::binance::ParseError;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not UTF-8: {0}")]
    NotUtf8(#[from] std::str::Utf8Error),
    #[error(transparent)]
    Parse(#[from] ParseError),
    #[error("stream {name:?} was not asked for")]
    UnknownStream { name: String },
    #[error("trade {trade_id} came again, or late: the last one was {last}")]
    OldTrade { trade_id: i64, last: i64 },
    #[error("depth event {first}..{last} came for the second time")]
    RepeatedDepth { first: i64, last: i64 },
    #[error("depth event {first}..{last} came after the one that ends at {reached}")]
    LateDepth { first: i64, last: i64, reached: i64 },
}

impl Refusal {
    /// The dead letter's short word.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotUtf8(_) | Self::Parse(_) => "parse",
            Self::UnknownStream { .. } => "unknown_stream",
            Self::OldTrade { .. } | Self::RepeatedDepth { .. } => "duplicate",
            Self::LateDepth { .. } => "out_of_order",
        }
    }
}
