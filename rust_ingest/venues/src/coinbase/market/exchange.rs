//! Messages of the Exchange feed: "Exchange WebSocket Channels".

use contracts::Side;

use super::{Best, Book, Heartbeat, LastTrade, Symbol, Ticker, Trade};
use crate::coinbase::ParseError;
use crate::coinbase::envelope::Seen;
use crate::coinbase::fields::{Field, best_price, levels, opposite, require_element, side, time};
use crate::l2_book::{Level, Levels};
use crate::scan::{ScanError, Scanner, read_fields};

impl Trade {
    /// `match` or `last_match`.
    #[inline]
    pub fn read_exchange(scanner: &mut Scanner<'_>, symbol: &Symbol, is_past: bool) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("time");
        let mut trade_id = Field::named("trade_id");
        let mut sequence = Field::named("sequence");
        let mut price = Field::named("price");
        let mut quantity = Field::named("size");
        let mut maker = Field::named("side");
        let mut seen = Seen::default();
        read_fields!(scanner, {
            "type" => seen.kind(scanner)?,
            "trade_id" => trade_id.set(scanner.integer()?, scanner)?,
            "maker_order_id" => scanner.skip()?,
            "taker_order_id" => scanner.skip()?,
            "side" => maker.set(side(scanner, "side", "buy", "sell")?, scanner)?,
            "size" => quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
            "price" => price.set(scanner.amount(symbol.price)?, scanner)?,
            "product_id" => seen.product(scanner)?,
            "sequence" => sequence.set(scanner.integer()?, scanner)?,
            "time" => event_ns.set(time(scanner, "time")?, scanner)?,
        });
        Ok(Self {
            event_ns: event_ns.required()?,
            trade_id: trade_id.required()?,
            sequence: Some(sequence.required()?),
            price: price.required()?,
            quantity: quantity.required()?,
            aggressor: opposite(maker.required()?),
            is_past,
        })
    }
}

impl Ticker {
    #[inline]
    pub fn read_exchange(scanner: &mut Scanner<'_>, symbol: &Symbol) -> Result<Self, ParseError> {
        let mut sequence = Field::named("sequence");
        let mut price = Field::named("price");
        let mut event_ns = Field::named("time");
        let mut trade_id = Field::named("trade_id");
        let mut quantity = Field::named("last_size");
        let mut taker = Field::named("side");
        let mut bid = Field::named("best_bid");
        let mut bid_quantity = Field::named("best_bid_size");
        let mut ask = Field::named("best_ask");
        let mut ask_quantity = Field::named("best_ask_size");
        let mut seen = Seen::default();
        read_fields!(scanner, {
            "type" => seen.kind(scanner)?,
            "sequence" => sequence.set(scanner.integer()?, scanner)?,
            "product_id" => seen.product(scanner)?,
            "price" => price.set(scanner.amount(symbol.price)?, scanner)?,
            "open_24h" => scanner.skip()?,
            "volume_24h" => scanner.skip()?,
            "low_24h" => scanner.skip()?,
            "high_24h" => scanner.skip()?,
            "volume_30d" => scanner.skip()?,
            "best_bid" => bid.set(best_price(scanner, symbol.price)?, scanner)?,
            "best_bid_size" => bid_quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
            "best_ask" => ask.set(best_price(scanner, symbol.price)?, scanner)?,
            "best_ask_size" => ask_quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
            "side" => taker.set(side(scanner, "side", "buy", "sell")?, scanner)?,
            "time" => event_ns.set(time(scanner, "time")?, scanner)?,
            "trade_id" => trade_id.set(scanner.integer()?, scanner)?,
            "last_size" => quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
        });
        // Before a product's first trade there is none to tell of.
        let last = match trade_id.optional() {
            None => None,
            Some(trade_id) => Some(LastTrade {
                event_ns: event_ns.required()?,
                trade_id,
                quantity: quantity.required()?,
                aggressor: taker.required()?,
            }),
        };
        let best = |price: Option<i64>, quantity| price.map(|price| Best { price, quantity });
        Ok(Self {
            sequence: Some(sequence.required()?),
            price: price.required()?,
            last,
            bid: best(bid.required()?, bid_quantity.optional()),
            ask: best(ask.required()?, ask_quantity.optional()),
        })
    }
}

impl Book {
    /// `snapshot`: puts the levels into `book`, in the venue's order (best first).
    #[inline]
    pub fn read_exchange_snapshot(
        scanner: &mut Scanner<'_>,
        symbol: &Symbol,
        book: &mut Levels,
    ) -> Result<Self, ParseError> {
        let mut bids = Field::named("bids");
        let mut asks = Field::named("asks");
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"bids" => bids.set(levels(scanner, symbol.price, symbol.quantity, &mut book.bids)?, scanner)?,
                b"asks" => asks.set(levels(scanner, symbol.price, symbol.quantity, &mut book.asks)?, scanner)?,
                _ => seen.pass(key, scanner)?,
            }
        }
        bids.required()?;
        asks.required()?;
        Ok(Self {
            event_ns: None,
            is_snapshot: true,
        })
    }

    /// `l2update`: puts the changed levels into `changes`, each side in the venue's order.
    #[inline]
    pub fn read_exchange_update(
        scanner: &mut Scanner<'_>,
        symbol: &Symbol,
        changes: &mut Levels,
    ) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("time");
        let mut changed = Field::named("changes");
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"time" => event_ns.set(time(scanner, "time")?, scanner)?,
                b"changes" => changed.set(read_changes(scanner, symbol, changes)?, scanner)?,
                _ => seen.pass(key, scanner)?,
            }
        }
        changed.required()?;
        Ok(Self {
            event_ns: Some(event_ns.required()?),
            is_snapshot: false,
        })
    }
}

/// Reads `[["buy","price","size"],...]`.
#[inline]
fn read_changes(scanner: &mut Scanner<'_>, symbol: &Symbol, changes: &mut Levels) -> Result<(), ParseError> {
    let mut all = scanner.array()?;
    while scanner.element(&mut all)? {
        let mut change = scanner.array()?;
        require_element(scanner, &mut change)?;
        let resting = side(scanner, "changes", "buy", "sell")?;
        require_element(scanner, &mut change)?;
        let price = scanner.amount(symbol.price)?;
        require_element(scanner, &mut change)?;
        let quantity = scanner.amount(symbol.quantity)?;
        if scanner.element(&mut change)? {
            return Err(ScanError::Expected {
                position: scanner.position(),
                expected: "the end of a change",
            }
            .into());
        }
        let levels = match resting {
            Side::Buy => &mut changes.bids,
            Side::Sell => &mut changes.asks,
        };
        levels.push(Level { price, quantity });
    }
    Ok(())
}

impl Heartbeat {
    pub fn read_exchange(scanner: &mut Scanner<'_>) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("time");
        let mut sequence = Field::named("sequence");
        let mut last_trade_id = Field::named("last_trade_id");
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"time" => event_ns.set(time(scanner, "time")?, scanner)?,
                b"sequence" => sequence.set(scanner.integer()?, scanner)?,
                b"last_trade_id" => last_trade_id.set(scanner.integer()?, scanner)?,
                _ => seen.pass(key, scanner)?,
            }
        }
        Ok(Self {
            event_ns: event_ns.required()?,
            sequence: sequence.required()?,
            last_trade_id: last_trade_id.required()?,
        })
    }
}
