//! The book snapshot, by REST.

use super::ParseError;
use super::dialect::Dialect;
use super::fields::{Field, levels};
use super::market::Symbol;
use crate::l2_book::Levels;
use crate::scan::Scanner;

/// Levels asked for on each side.
pub const SNAPSHOT_LEVELS: u32 = 1_000;

/// A book up to an update id; its levels stand apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// `T`, futures only.
    pub event_ns: Option<i64>,
    /// `E`, futures only.
    pub publish_ns: Option<i64>,
    /// `lastUpdateId`: the last change that the snapshot holds.
    pub last_update_id: i64,
}

/// Path and query of a symbol's snapshot.
pub fn snapshot_path(dialect: Dialect, symbol: &str) -> String {
    format!(
        "{}/depth?symbol={symbol}&limit={SNAPSHOT_LEVELS}",
        dialect.rest_prefix()
    )
}

impl Snapshot {
    /// Puts the levels into `book`, in the venue's order (best first); what was there before is gone.
    pub fn parse(text: &str, symbol: &Symbol, book: &mut Levels) -> Result<Self, ParseError> {
        book.clear();
        let mut event_ns = Field::named("T");
        let mut publish_ns = Field::named("E");
        let mut last_update_id = Field::named("lastUpdateId");
        let mut bids = Field::named("bids");
        let mut asks = Field::named("asks");
        let mut scanner = Scanner::new(text);
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"lastUpdateId" => last_update_id.set(scanner.integer()?, &scanner)?,
                b"T" => event_ns.set_time(&mut scanner)?,
                b"E" => publish_ns.set_time(&mut scanner)?,
                b"bids" => bids.set(
                    levels(&mut scanner, symbol.price, symbol.quantity, &mut book.bids)?,
                    &scanner,
                )?,
                b"asks" => asks.set(
                    levels(&mut scanner, symbol.price, symbol.quantity, &mut book.asks)?,
                    &scanner,
                )?,
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        bids.required()?;
        asks.required()?;
        Ok(Self {
            event_ns: event_ns.optional(),
            publish_ns: publish_ns.optional(),
            last_update_id: last_update_id.required()?,
        })
    }
}
