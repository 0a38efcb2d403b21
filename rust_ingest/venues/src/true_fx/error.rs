//! Why a line is no tick.

use crate::fixed::FixedError;

/// Where the line stands, and what is wrong with it. The lines around it are not touched by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, byte {position}: {fault}")]
pub struct ParseError {
    /// Of the datagram or file, from 1.
    pub line: u64,
    /// Of the line, from 0.
    pub position: usize,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("not UTF-8")]
    NotUtf8,
    #[error("expected {expected}")]
    Missing { expected: &'static str },
    #[error("more than symbol, time, bid and ask")]
    TooMany,
    #[error("symbol {found:?} was not asked for")]
    UnknownSymbol { found: String },
    #[error("{found:?} is no time like 20140501 00:00:00.034, and no milliseconds since 1970")]
    Time { found: String },
    #[error("{field}: {source}")]
    Price { field: &'static str, source: FixedError },
}
