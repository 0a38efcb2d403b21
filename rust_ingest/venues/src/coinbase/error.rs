//! Why a message of Coinbase's could not be taken.

use crate::scan::{ScanError, Word};

/// A position is a count of bytes from the start of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("frame {sequence} came again, or late: the last one was {last}")]
    OldFrame { sequence: i64, last: i64 },
    #[error("byte {position}: {name:?} is no message that this dialect knows")]
    UnknownMessage { position: usize, name: String },
    #[error("byte {position}: product {name:?} was not asked for")]
    UnknownProduct { position: usize, name: String },
    #[error("byte {position}: field {field:?} is {found:?}, which the venue does not document")]
    UnknownWord {
        position: usize,
        field: &'static str,
        found: String,
    },
    #[error("byte {position}: field {field:?} is {found:?}, no RFC 3339 time that 64-bit nanoseconds hold")]
    Time {
        position: usize,
        field: &'static str,
        found: String,
    },
}

impl ParseError {
    #[cold]
    pub(super) fn unknown_message(word: Word<'_>) -> Self {
        Self::UnknownMessage {
            position: word.position,
            name: word.text.into_owned(),
        }
    }
}
