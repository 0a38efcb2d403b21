//! Events of Advanced Trade: "Advanced Trade WebSocket Channels".

use contracts::Side;

use super::{Best, Book, Symbol, Ticker, Trade};
use crate::coinbase::ParseError;
use crate::coinbase::envelope::Seen;
use crate::coinbase::fields::{Field, best_price, opposite, side, time};
use crate::l2_book::{Level, Levels};
use crate::scan::Scanner;

impl Trade {
    /// One of `trades` in an event of `market_trades`.
    #[inline]
    pub fn read_advanced(scanner: &mut Scanner<'_>, symbol: &Symbol, is_past: bool) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("time");
        let mut trade_id = Field::named("trade_id");
        let mut price = Field::named("price");
        let mut quantity = Field::named("size");
        let mut maker = Field::named("side");
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"time" => event_ns.set(time(scanner, "time")?, scanner)?,
                b"trade_id" => trade_id.set(scanner.integer_or_quoted()?, scanner)?,
                b"price" => price.set(scanner.amount(symbol.price)?, scanner)?,
                b"size" => quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
                b"side" => maker.set(side(scanner, "side", "BUY", "SELL")?, scanner)?,
                _ => seen.pass(key, scanner)?,
            }
        }
        Ok(Self {
            event_ns: event_ns.required()?,
            trade_id: trade_id.required()?,
            sequence: None,
            price: price.required()?,
            quantity: quantity.required()?,
            aggressor: opposite(maker.required()?),
            is_past,
        })
    }
}

impl Ticker {
    /// One of `tickers` in an event of `ticker`, or of `ticker_batch`, which leaves the best prices out.
    #[inline]
    pub fn read_advanced(scanner: &mut Scanner<'_>, symbol: &Symbol) -> Result<Self, ParseError> {
        let mut price = Field::named("price");
        let mut bid = Field::named("best_bid");
        let mut bid_quantity = Field::named("best_bid_quantity");
        let mut ask = Field::named("best_ask");
        let mut ask_quantity = Field::named("best_ask_quantity");
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"price" => price.set(scanner.amount(symbol.price)?, scanner)?,
                b"best_bid" => bid.set(best_price(scanner, symbol.price)?, scanner)?,
                b"best_bid_quantity" => bid_quantity.set(best_price(scanner, symbol.quantity)?, scanner)?,
                b"best_ask" => ask.set(best_price(scanner, symbol.price)?, scanner)?,
                b"best_ask_quantity" => ask_quantity.set(best_price(scanner, symbol.quantity)?, scanner)?,
                _ => seen.pass(key, scanner)?,
            }
        }
        let best = |price: Field<Option<i64>>, quantity: Field<Option<i64>>| {
            price.optional().flatten().map(|price| Best {
                price,
                quantity: quantity.optional().flatten(),
            })
        };
        Ok(Self {
            sequence: None,
            price: price.required()?,
            last: None,
            bid: best(bid, bid_quantity),
            ask: best(ask, ask_quantity),
        })
    }
}

impl Book {
    /// An event of `l2_data`: puts its levels into `changes`, each side in the venue's order.
    #[inline]
    pub fn read_advanced(
        scanner: &mut Scanner<'_>,
        symbol: &Symbol,
        is_snapshot: bool,
        changes: &mut Levels,
    ) -> Result<Self, ParseError> {
        let mut updates = Field::named("updates");
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"updates" => updates.set(read_updates(scanner, symbol, changes)?, scanner)?,
                _ => seen.pass(key, scanner)?,
            }
        }
        // In a snapshot `event_time` is 1970.
        let newest_ns: Option<i64> = updates.required()?;
        Ok(Self {
            event_ns: newest_ns.filter(|_| !is_snapshot),
            is_snapshot,
        })
    }
}

/// Reads the updates of an event: the newest of their times.
#[inline]
fn read_updates(scanner: &mut Scanner<'_>, symbol: &Symbol, changes: &mut Levels) -> Result<Option<i64>, ParseError> {
    let mut newest_ns = None;
    let mut all = scanner.array()?;
    while scanner.element(&mut all)? {
        let mut resting = Field::named("side");
        let mut event_ns = Field::named("event_time");
        let mut price = Field::named("price_level");
        let mut quantity = Field::named("new_quantity");
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"side" => resting.set(side(scanner, "side", "bid", "offer")?, scanner)?,
                b"event_time" => event_ns.set(time(scanner, "event_time")?, scanner)?,
                b"price_level" => price.set(scanner.amount(symbol.price)?, scanner)?,
                b"new_quantity" => quantity.set(scanner.amount(symbol.quantity)?, scanner)?,
                _ => seen.pass(key, scanner)?,
            }
        }
        newest_ns = newest_ns.max(Some(event_ns.required()?));
        let levels = match resting.required()? {
            Side::Buy => &mut changes.bids,
            Side::Sell => &mut changes.asks,
        };
        levels.push(Level {
            price: price.required()?,
            quantity: quantity.required()?,
        });
    }
    Ok(newest_ns)
}
