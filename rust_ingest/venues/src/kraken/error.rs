//! Why a message of Kraken's could not be taken.

use crate::scan::ScanError;

/// A position is a count of bytes from the start of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("byte {position}: channel {found:?}, which was not asked for")]
    UnknownChannel { position: usize, found: String },
    #[error("byte {position}: symbol {found:?}, which was not asked for")]
    UnknownSymbol { position: usize, found: String },
    #[error("byte {position}: {found:?} is no word that Kraken documents for {field:?}")]
    UnknownWord {
        position: usize,
        field: &'static str,
        found: String,
    },
    #[error("byte {position}: {found:?} is no time that 64-bit nanoseconds hold")]
    Time { position: usize, found: String },
}
