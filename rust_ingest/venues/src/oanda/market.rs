//! Prices. Times are nanoseconds, prices and liquidity counts of the symbol's units.

use std::borrow::Cow;

use super::ParseError;
use super::fields::{buckets, time_ns};
use crate::field::Field;
use crate::l2_book::{Level, Levels};
use crate::scan::Scanner;
use crate::spread::Spread;
pub use crate::symbols::Symbol;

/// A price; all its levels stand apart, in the order given by the venue ("ClientPrice").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Which of the stream's instruments.
    pub symbol: usize,
    pub event_ns: i64,
    /// The best of each side. A side may be empty ("It is possible for this list to be empty").
    pub bid: Option<Level>,
    pub ask: Option<Level>,
    /// How the sides stand to each other, if both are there.
    pub spread: Option<Spread>,
    pub is_tradeable: bool,
    /// The venue dates it before a price of this instrument that came earlier.
    pub is_late: bool,
}

impl Price {
    /// Puts the levels into `levels`; what was there before is gone. Whether it is late is for who knows the others.
    pub(super) fn read(
        scanner: &mut Scanner<'_>,
        index: usize,
        symbol: &Symbol,
        levels: &mut Levels,
    ) -> Result<Self, ParseError> {
        levels.clear();
        let mut event_ns = Field::named("time");
        let mut bids = Field::named("bids");
        let mut asks = Field::named("asks");
        let mut is_tradeable = Field::named("tradeable");
        let mut status: Field<Cow<'_, str>> = Field::named("status");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"time" => event_ns.set(time_ns(scanner)?, scanner)?,
                b"bids" => bids.set(buckets(scanner, symbol, &mut levels.bids)?, scanner)?,
                b"asks" => asks.set(buckets(scanner, symbol, &mut levels.asks)?, scanner)?,
                b"tradeable" => is_tradeable.set(scanner.boolean()?, scanner)?,
                b"status" => status.set(scanner.string()?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        bids.required()?;
        asks.required()?;
        let bid = levels.bids.iter().copied().max_by_key(|level| level.price);
        let ask = levels.asks.iter().copied().min_by_key(|level| level.price);
        let is_tradeable = match (is_tradeable.optional(), status.optional()) {
            (Some(is_tradeable), _) => is_tradeable,
            // The older field of the two ("PriceStatus").
            (None, status) => status.is_some_and(|status| status == "tradeable"),
        };
        Ok(Self {
            symbol: index,
            event_ns: event_ns.required()?,
            bid,
            ask,
            spread: bid.zip(ask).map(|(bid, ask)| Spread::of(bid.price, ask.price)),
            is_tradeable,
            is_late: false,
        })
    }
}
