//! Why a message of Binance's could not be taken.

use crate::scan::ScanError;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("stream {name:?} was not asked for")]
    UnknownStream { name: String },
    #[error("byte {position}: {found:?} where this stream has {expected:?}")]
    Foreign {
        position: usize,
        expected: String,
        found: String,
    },
    #[error("field {field:?}: {milliseconds} ms is no time that 64-bit nanoseconds hold")]
    Time { field: &'static str, milliseconds: i64 },
    #[error("field {later:?} ({later_id}) is below {earlier:?} ({earlier_id})")]
    Backwards {
        earlier: &'static str,
        earlier_id: i64,
        later: &'static str,
        later_id: i64,
    },
}
