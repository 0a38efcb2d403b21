//! Stream messages: `trade`, `bookTicker`, `depthUpdate`. Times are nanoseconds, prices and quantities counts of the
//! symbol's units.

use std::borrow::Cow;

use super::ParseError;
use super::dialect::Dialect;
use super::fields::{Field, expect, levels};
use crate::book_sequence::DepthIds;
use crate::l2_book::{Level, Levels};
use crate::scan::Scanner;
pub use crate::symbols::Symbol;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade<'a> {
    /// `T`, when it was executed.
    pub event_ns: i64,
    /// `E`, when the message was sent.
    pub publish_ns: i64,
    pub trade_id: i64,
    pub price: i64,
    pub quantity: i64,
    /// The taker sold.
    pub buyer_is_maker: bool,
    /// `X` on futures (`MARKET`, `INSURANCE_FUND`, `ADL`, `NA`), empty on spot.
    pub trade_type: Cow<'a, str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BookTicker {
    /// `T`, futures only.
    pub event_ns: Option<i64>,
    /// `E`, futures only.
    pub publish_ns: Option<i64>,
    pub update_id: i64,
    pub bid: Level,
    pub ask: Level,
}

/// A depth event; its levels stand apart, in memory that is used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// `T`, futures only.
    pub event_ns: Option<i64>,
    /// `E`.
    pub publish_ns: i64,
    pub ids: DepthIds,
}

impl<'a> Trade<'a> {
    #[inline]
    pub fn read(scanner: &mut Scanner<'a>, symbol: &Symbol) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("T");
        let mut publish_ns = Field::named("E");
        let mut event_type = Field::named("e");
        let mut name = Field::named("s");
        let mut trade_id = Field::named("t");
        let mut price = Field::named("p");
        let mut quantity = Field::named("q");
        let mut buyer_is_maker = Field::named("m");
        let mut trade_type = Field::named("X");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"e" => event_type.set(expect(scanner, "trade")?, scanner)?,
                b"E" => publish_ns.set_time(scanner)?,
                b"T" => event_ns.set_time(scanner)?,
                b"s" => name.set(expect(scanner, &symbol.name)?, scanner)?,
                b"t" => trade_id.set(scanner.integer()?, scanner)?,
                b"p" => price.set(scanner.amount(symbol.price)?, scanner)?,
                b"q" => quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
                b"m" => buyer_is_maker.set(scanner.boolean()?, scanner)?,
                b"X" => trade_type.set(scanner.string()?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        event_type.required()?;
        name.required()?;
        Ok(Self {
            event_ns: event_ns.required()?,
            publish_ns: publish_ns.required()?,
            trade_id: trade_id.required()?,
            price: price.required()?,
            quantity: quantity.required()?,
            buyer_is_maker: buyer_is_maker.required()?,
            trade_type: trade_type.optional().unwrap_or_default(),
        })
    }
}

impl BookTicker {
    #[inline]
    pub fn read(scanner: &mut Scanner<'_>, symbol: &Symbol) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("T");
        let mut publish_ns = Field::named("E");
        let mut event_type = Field::named("e");
        let mut name = Field::named("s");
        let mut update_id = Field::named("u");
        let mut bid_price = Field::named("b");
        let mut bid_quantity = Field::named("B");
        let mut ask_price = Field::named("a");
        let mut ask_quantity = Field::named("A");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"e" => event_type.set(expect(scanner, "bookTicker")?, scanner)?,
                b"E" => publish_ns.set_time(scanner)?,
                b"T" => event_ns.set_time(scanner)?,
                b"s" => name.set(expect(scanner, &symbol.name)?, scanner)?,
                b"u" => update_id.set(scanner.integer()?, scanner)?,
                b"b" => bid_price.set(scanner.amount(symbol.price)?, scanner)?,
                b"B" => bid_quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
                b"a" => ask_price.set(scanner.amount(symbol.price)?, scanner)?,
                b"A" => ask_quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        name.required()?;
        Ok(Self {
            event_ns: event_ns.optional(),
            publish_ns: publish_ns.optional(),
            update_id: update_id.required()?,
            bid: Level {
                price: bid_price.required()?,
                quantity: bid_quantity.required()?,
            },
            ask: Level {
                price: ask_price.required()?,
                quantity: ask_quantity.required()?,
            },
        })
    }
}

impl Depth {
    /// Puts the changed levels into `changes`, in the venue's order; what was there before is gone.
    #[inline]
    pub fn read(
        scanner: &mut Scanner<'_>,
        dialect: Dialect,
        symbol: &Symbol,
        changes: &mut Levels,
    ) -> Result<Self, ParseError> {
        changes.clear();
        let mut event_ns = Field::named("T");
        let mut publish_ns = Field::named("E");
        let mut event_type = Field::named("e");
        let mut name = Field::named("s");
        let mut first = Field::named("U");
        let mut last = Field::named("u");
        let mut previous_final = Field::named("pu");
        let mut bids = Field::named("b");
        let mut asks = Field::named("a");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"e" => event_type.set(expect(scanner, "depthUpdate")?, scanner)?,
                b"E" => publish_ns.set_time(scanner)?,
                b"T" => event_ns.set_time(scanner)?,
                b"s" => name.set(expect(scanner, &symbol.name)?, scanner)?,
                b"U" => first.set(scanner.integer()?, scanner)?,
                b"u" => last.set(scanner.integer()?, scanner)?,
                b"pu" => previous_final.set(scanner.integer()?, scanner)?,
                b"b" => bids.set(
                    levels(scanner, symbol.price, symbol.quantity, &mut changes.bids)?,
                    scanner,
                )?,
                b"a" => asks.set(
                    levels(scanner, symbol.price, symbol.quantity, &mut changes.asks)?,
                    scanner,
                )?,
                _ => scanner.skip()?,
            }
        }
        event_type.required()?;
        name.required()?;
        bids.required()?;
        asks.required()?;
        let (first, last) = (first.required()?, last.required()?);
        if last < first {
            return Err(ParseError::Backwards {
                earlier: "U",
                earlier_id: first,
                later: "u",
                later_id: last,
            });
        }
        let previous_final = if dialect.names_previous() {
            Some(previous_final.required()?)
        } else {
            None
        };
        Ok(Self {
            event_ns: event_ns.optional(),
            publish_ns: publish_ns.required()?,
            ids: DepthIds {
                first,
                last,
                previous_final,
            },
        })
    }
}
