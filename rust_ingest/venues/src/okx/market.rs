//! Messages of the market: API guide, "Order Book Trading", "Market Data", each by the name of its channel. Times are
//! nanoseconds, prices and quantities counts of the symbol's units; quantities of futures count contracts.

use contracts::Side;

use super::ParseError;
use super::fields::{Field, amount_if_any, levels, side, signed, time};
use crate::book_sequence::SeqIds;
use crate::l2_book::{Level, Levels};
use crate::scan::{Scanner, read_fields};
use crate::sequence::{GaplessIds, Step};
use crate::spread::Spread;
pub use crate::symbols::Symbol;

/// `trades`. Trades of one taker at one price may come as one ("WS / Trades channel").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// `ts`, when it was executed.
    pub event_ns: i64,
    /// The last one of those that are told together.
    pub trade_id: i64,
    /// How many are told together; 1 before the venue had that field.
    pub count: i64,
    pub price: i64,
    pub quantity: i64,
    /// `side`, which is the taker's.
    pub aggressor: Side,
    pub sequence: Option<i64>,
}

/// `tickers`, at most ten times a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ticker {
    /// `ts`.
    pub event_ns: i64,
    /// Price and quantity of the last trade.
    pub last: Option<Level>,
    pub bid: Option<Level>,
    pub ask: Option<Level>,
}

/// `bbo-tbt`: the best levels, as soon as they change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    /// `ts`.
    pub event_ns: i64,
    pub sequence: Option<i64>,
    pub bid: Option<Level>,
    pub ask: Option<Level>,
}

/// `books`; its levels stand apart. [`crate::streamed_book::StreamedBook`] judges numbers and checksum by
/// [`super::dialect::book_rule`]: "WS / Order book channel", "Sequence ID" and "Checksum".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Book {
    /// `ts`.
    pub event_ns: i64,
    pub is_snapshot: bool,
    /// None before 2023.
    pub sequence: Option<SeqIds>,
    pub checksum: Option<i64>,
}

impl Trade {
    /// Judges the ids of an instrument's trades, which count one up.
    pub fn step(&self, ids: &mut GaplessIds) -> Step {
        ids.step_over(self.trade_id.saturating_sub(self.count - 1), self.trade_id)
    }

    #[inline]
    pub fn read(scanner: &mut Scanner<'_>, symbol: &Symbol) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("ts");
        let mut trade_id = Field::named("tradeId");
        let mut count = Field::named("count");
        let mut price = Field::named("px");
        let mut quantity = Field::named("sz");
        let mut aggressor = Field::named("side");
        let mut sequence = Field::named("seqId");
        read_fields!(scanner, {
            "instId" => scanner.skip()?,
            "tradeId" => trade_id.set(scanner.integer_or_quoted()?, scanner)?,
            "px" => price.set(scanner.amount(symbol.price)?, scanner)?,
            "sz" => quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
            "side" => aggressor.set(side(scanner)?, scanner)?,
            "ts" => event_ns.set(time(scanner, "ts")?, scanner)?,
            "count" => count.set(scanner.integer_or_quoted()?, scanner)?,
            "seqId" => sequence.set(scanner.integer_or_quoted()?, scanner)?,
        });
        Ok(Self {
            event_ns: event_ns.required()?,
            trade_id: trade_id.required()?,
            count: count.optional().unwrap_or(1).max(1),
            price: price.required()?,
            quantity: quantity.required()?,
            aggressor: aggressor.required()?,
            sequence: sequence.optional(),
        })
    }
}

impl Ticker {
    /// How the sides stand to each other; locked and crossed ones are real, before an auction for one.
    pub fn spread(&self) -> Option<Spread> {
        Some(Spread::of(self.bid?.price, self.ask?.price))
    }

    #[inline]
    pub fn read(scanner: &mut Scanner<'_>, symbol: &Symbol) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("ts");
        let mut last = (Field::named("last"), Field::named("lastSz"));
        let mut bid = (Field::named("bidPx"), Field::named("bidSz"));
        let mut ask = (Field::named("askPx"), Field::named("askSz"));
        read_fields!(scanner, {
            "instType" => scanner.skip()?,
            "instId" => scanner.skip()?,
            "last" => last.0.set(amount_if_any(scanner, symbol.price)?, scanner)?,
            "lastSz" => last.1.set(amount_if_any(scanner, symbol.quantity)?, scanner)?,
            "askPx" => ask.0.set(amount_if_any(scanner, symbol.price)?, scanner)?,
            "askSz" => ask.1.set(amount_if_any(scanner, symbol.quantity)?, scanner)?,
            "bidPx" => bid.0.set(amount_if_any(scanner, symbol.price)?, scanner)?,
            "bidSz" => bid.1.set(amount_if_any(scanner, symbol.quantity)?, scanner)?,
            "open24h" => scanner.skip()?,
            "high24h" => scanner.skip()?,
            "low24h" => scanner.skip()?,
            "sodUtc0" => scanner.skip()?,
            "sodUtc8" => scanner.skip()?,
            "volCcy24h" => scanner.skip()?,
            "vol24h" => scanner.skip()?,
            "ts" => event_ns.set(time(scanner, "ts")?, scanner)?,
        });
        Ok(Self {
            event_ns: event_ns.required()?,
            last: level(last)?,
            bid: level(bid)?,
            ask: level(ask)?,
        })
    }
}

/// Price and quantity, where the venue tells both.
#[inline]
fn level((price, quantity): (Field<Option<i64>>, Field<Option<i64>>)) -> Result<Option<Level>, ParseError> {
    let (price, quantity) = (price.required()?, quantity.required()?);
    Ok(price.zip(quantity).map(|(price, quantity)| Level { price, quantity }))
}

impl Quote {
    /// As [`Ticker::spread`].
    pub fn spread(&self) -> Option<Spread> {
        Some(Spread::of(self.bid?.price, self.ask?.price))
    }

    /// `memory` is for the levels, and used again.
    #[inline]
    pub fn read(scanner: &mut Scanner<'_>, symbol: &Symbol, memory: &mut Levels) -> Result<Self, ParseError> {
        let (event_ns, ids, _) = read_levels(scanner, symbol, memory)?;
        Ok(Self {
            event_ns,
            sequence: ids.1,
            bid: memory.bids.first().copied(),
            ask: memory.asks.first().copied(),
        })
    }
}

impl Book {
    /// Puts the levels into `levels`, in the venue's order (best first); what was there before is gone.
    #[inline]
    pub fn read(
        scanner: &mut Scanner<'_>,
        symbol: &Symbol,
        is_snapshot: bool,
        levels: &mut Levels,
    ) -> Result<Self, ParseError> {
        let (event_ns, ids, checksum) = read_levels(scanner, symbol, levels)?;
        let sequence = ids.0.zip(ids.1).map(|(previous, last)| SeqIds { previous, last });
        Ok(Self {
            event_ns,
            is_snapshot,
            sequence,
            checksum,
        })
    }
}

/// `prevSeqId` and `seqId`.
type Ids = (Option<i64>, Option<i64>);

/// Reads a row of levels: its time, its ids, its checksum.
#[inline]
pub(super) fn read_levels(
    scanner: &mut Scanner<'_>,
    symbol: &Symbol,
    book: &mut Levels,
) -> Result<(i64, Ids, Option<i64>), ParseError> {
    book.clear();
    let mut event_ns = Field::named("ts");
    let mut previous = Field::named("prevSeqId");
    let mut last = Field::named("seqId");
    let mut checksum = Field::named("checksum");
    let mut bids = Field::named("bids");
    let mut asks = Field::named("asks");
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"ts" => event_ns.set(time(scanner, "ts")?, scanner)?,
            b"prevSeqId" => previous.set(signed(scanner)?, scanner)?,
            b"seqId" => last.set(signed(scanner)?, scanner)?,
            b"checksum" => checksum.set(signed(scanner)?, scanner)?,
            b"bids" => bids.set(levels(scanner, symbol.price, symbol.quantity, &mut book.bids)?, scanner)?,
            b"asks" => asks.set(levels(scanner, symbol.price, symbol.quantity, &mut book.asks)?, scanner)?,
            _ => scanner.skip()?,
        }
    }
    bids.required()?;
    asks.required()?;
    let ids = (previous.optional(), last.optional());
    Ok((event_ns.required()?, ids, checksum.optional()))
}
