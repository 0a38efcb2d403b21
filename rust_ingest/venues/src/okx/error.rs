//! Why a message of OKX's could not be taken.

use crate::scan::{ScanError, Word};

/// A position is a count of bytes from the start of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("byte {position}: {name:?} is no event or channel that this dialect knows")]
    UnknownMessage { position: usize, name: String },
    #[error("byte {position}: instrument {name:?} was not asked for")]
    UnknownInstrument { position: usize, name: String },
    #[error("byte {position}: field {field:?} is {found:?}, which the venue does not document")]
    UnknownWord {
        position: usize,
        field: &'static str,
        found: String,
    },
    #[error("byte {position}: field {field:?}: {milliseconds} ms is no time that 64-bit nanoseconds hold")]
    Time {
        position: usize,
        field: &'static str,
        milliseconds: i64,
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

    #[cold]
    pub(super) fn unknown_word(field: &'static str, word: Word<'_>) -> Self {
        Self::UnknownWord {
            position: word.position,
            field,
            found: word.text.into_owned(),
        }
    }
}
