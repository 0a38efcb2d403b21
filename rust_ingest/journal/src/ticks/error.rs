//! What can go wrong with tick files, each with what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why ticks cannot be written or read.
#[derive(Debug, Error)]
pub enum TickError {
    #[error(
        "no room on the disk for {bytes} bytes more of {path}: its {ticks} ticks can be read, and the last one given was not \
         taken; free space and append it again"
    )]
    NoRoom { path: PathBuf, ticks: u64, bytes: u64 },
    #[error("{path} is no tick file: {reason}; restore it from a copy, or move it away")]
    NotTicks { path: PathBuf, reason: &'static str },
    #[error("{path} line {line} is no symbol ({reason}): restore the file from a copy")]
    BadSymbols { path: PathBuf, line: usize, reason: String },
    #[error("symbol {symbol_id} does not stand in {path}: name it with TickFolder::symbol first")]
    NoSuchSymbol { path: PathBuf, symbol_id: u32 },
    #[error("another process writes to {path}: end it, or write to another folder")]
    Claimed { path: PathBuf },
    #[error("symbol {symbol_id} has a writer already: append to that one")]
    Written { symbol_id: u32 },
    #[error("{path} would begin a part beyond the last possible one: move this symbol's files away")]
    NoMoreParts { path: PathBuf },
    #[error("a tick of symbol {found} was given to the writer of symbol {symbol_id}: give it to its own")]
    OtherSymbol { symbol_id: u32, found: u32 },
    #[error("parts of {bytes} bytes are too small: give at least {least}")]
    SmallParts { bytes: u64, least: u64 },
    #[error("{doing} {path}: {source}; correct that, and begin again")]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}
