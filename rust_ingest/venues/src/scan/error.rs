//! Why a text could not be read, and where.

use crate::fixed::FixedError;

/// A position is a count of bytes from the start of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    #[error("byte {position}: expected {expected}")]
    Expected { position: usize, expected: &'static str },
    #[error("byte {position}: {source}")]
    Fixed { position: usize, source: FixedError },
    #[error("byte {position}: a key with an escape, which could hide a known one")]
    EscapedKey { position: usize },
    #[error("byte {position}: nested deeper than {} levels", super::skip::DEPTH_MAX)]
    TooDeep { position: usize },
    #[error("byte {position}: field {field:?} for the second time")]
    Repeated { position: usize, field: &'static str },
    #[error("field {field:?} is missing")]
    Missing { field: &'static str },
}
