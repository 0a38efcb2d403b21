//! Why a message does not become a record.

use venues::dialect::Fault;
use venues::venue::ReadError;

use crate::outbox::Outbox;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not UTF-8: {0}")]
    NotUtf8(#[from] std::str::Utf8Error),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the venue refuses: {message}")]
    Refused { message: String },
    #[error(
        "trade {trade_id} came again, or is from before the log's first: the last one was {last}, and no gap names it"
    )]
    OldTrade { trade_id: i64, last: i64 },
    #[error("depth event {first}..{last} came for the second time")]
    RepeatedDepth { first: i64, last: i64 },
    #[error("depth event {first}..{last} came after the one that ends at {reached}")]
    LateDepth { first: i64, last: i64, reached: i64 },
}

impl Refusal {
    /// Nobody knows what the message said.
    pub fn is_unreadable(&self) -> bool {
        match self {
            Self::NotUtf8(_) => true,
            Self::Read(error) => error.fault() == Fault::Unreadable,
            Self::Refused { .. } | Self::OldTrade { .. } | Self::RepeatedDepth { .. } | Self::LateDepth { .. } => false,
        }
    }

    /// The dead letter's short word.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotUtf8(_) => "parse",
            Self::Read(error) => match error.fault() {
                Fault::Unreadable => "parse",
                Fault::Foreign => "unknown_stream",
                Fault::Repeated => "duplicate",
            },
            Self::Refused { .. } => "refused",
            Self::OldTrade { .. } | Self::RepeatedDepth { .. } => "duplicate",
            Self::LateDepth { .. } => "out_of_order",
        }
    }
}

pub fn refuse(source: &str, value: &[u8], receive_ns: i64, refusal: &Refusal, out: &mut Outbox) {
    let detail = refusal.to_string();
    out.dead_letter(source, refusal.reason(), &detail, value, Some(receive_ns));
}
