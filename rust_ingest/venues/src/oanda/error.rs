//! Why a line of OANDA's could not be taken.

use crate::scan::ScanError;

/// A position is a count of bytes from the start of the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("byte {position}: instrument {found:?}, which was not asked for")]
    UnknownInstrument { position: usize, found: String },
    #[error("byte {position}: a message of type {found:?}, which OANDA does not document")]
    UnknownType { position: usize, found: String },
    #[error("byte {position}: {found:?} is no time that 64-bit nanoseconds hold")]
    Time { position: usize, found: String },
}
