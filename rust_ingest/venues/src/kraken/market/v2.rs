//! Payloads of WebSocket v2: objects, decimals as plain numbers.

use super::{Book, Quote, Symbol, Trade};
use crate::field::Field;
use crate::kraken::ParseError;
use crate::kraken::fields::{Places, aggressor, order_type, plain, rfc3339};
use crate::l2_book::{Level, Levels};
use crate::scan::{ScanError, Scanner};
use crate::spread::Spread;

/// One of `data` ("Trades", "Snapshot / Update Response").
#[inline]
pub(in crate::kraken) fn trade(scanner: &mut Scanner<'_>, index: usize, symbol: &Symbol) -> Result<Trade, ParseError> {
    let mut name = Field::named("symbol");
    let mut side = Field::named("side");
    let mut price = Field::named("price");
    let mut quantity = Field::named("qty");
    let mut kind = Field::named("ord_type");
    let mut trade_id = Field::named("trade_id");
    let mut event_ns = Field::named("timestamp");
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"symbol" => name.set(scanner.skip()?, scanner)?,
            b"side" => side.set(aggressor(scanner, ["buy", "sell"])?, scanner)?,
            b"price" => price.set(scanner.number(symbol.price)?, scanner)?,
            b"qty" => quantity.set(scanner.number(symbol.quantity)?, scanner)?,
            b"ord_type" => kind.set(order_type(scanner, ["market", "limit"])?, scanner)?,
            b"trade_id" => trade_id.set(scanner.integer()?, scanner)?,
            b"timestamp" => event_ns.set(rfc3339(scanner)?, scanner)?,
            _ => scanner.skip()?,
        }
    }
    name.required()?;
    Ok(Trade {
        symbol: index,
        event_ns: event_ns.required()?,
        trade_id: Some(trade_id.required()?),
        price: price.required()?,
        quantity: quantity.required()?,
        aggressor: side.required()?,
        order_type: kind.required()?,
    })
}

/// ("Ticker (Level 1)"): its best prices.
#[inline]
pub(in crate::kraken) fn ticker(scanner: &mut Scanner<'_>, index: usize, symbol: &Symbol) -> Result<Quote, ParseError> {
    let mut name = Field::named("symbol");
    let mut bid = Field::named("bid");
    let mut bid_quantity = Field::named("bid_qty");
    let mut ask = Field::named("ask");
    let mut ask_quantity = Field::named("ask_qty");
    let mut event_ns = Field::named("timestamp");
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"symbol" => name.set(scanner.skip()?, scanner)?,
            b"bid" => bid.set(scanner.number(symbol.price)?, scanner)?,
            b"bid_qty" => bid_quantity.set(scanner.number(symbol.quantity)?, scanner)?,
            b"ask" => ask.set(scanner.number(symbol.price)?, scanner)?,
            b"ask_qty" => ask_quantity.set(scanner.number(symbol.quantity)?, scanner)?,
            b"timestamp" => event_ns.set(rfc3339(scanner)?, scanner)?,
            _ => scanner.skip()?,
        }
    }
    name.required()?;
    let (bid, ask) = (bid.required()?, ask.required()?);
    Ok(Quote {
        symbol: index,
        event_ns: event_ns.optional(),
        bid: Level {
            price: bid,
            quantity: bid_quantity.required()?,
        },
        ask: Level {
            price: ask,
            quantity: ask_quantity.required()?,
        },
        spread: Spread::of(bid, ask),
    })
}

/// ("Book (Level 2)"). Snapshots have a checksum too ("Spot Websockets (v2) Book Checksum").
#[inline]
pub(in crate::kraken) fn book(
    scanner: &mut Scanner<'_>,
    index: usize,
    symbol: &Symbol,
    is_snapshot: bool,
    levels: &mut Levels,
) -> Result<Book, ParseError> {
    let mut name = Field::named("symbol");
    let mut bids = Field::named("bids");
    let mut asks = Field::named("asks");
    let mut checksum = Field::named("checksum");
    let mut event_ns = Field::named("timestamp");
    let mut places = Places::default();
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"symbol" => name.set(scanner.skip()?, scanner)?,
            b"bids" => bids.set(side(scanner, symbol, &mut places, &mut levels.bids)?, scanner)?,
            b"asks" => asks.set(side(scanner, symbol, &mut places, &mut levels.asks)?, scanner)?,
            b"checksum" => checksum.set(crc32(scanner)?, scanner)?,
            b"timestamp" => event_ns.set(rfc3339(scanner)?, scanner)?,
            _ => scanner.skip()?,
        }
    }
    name.required()?;
    bids.required()?;
    asks.required()?;
    Ok(Book {
        symbol: index,
        is_snapshot,
        event_ns: event_ns.optional(),
        checksum: Some(checksum.required()?),
        decimals: places.found(),
    })
}

/// `[{"price":0.5666,"qty":4831.75496356}, ...]`
#[inline]
fn side(
    scanner: &mut Scanner<'_>,
    symbol: &Symbol,
    places: &mut Places,
    side: &mut Vec<Level>,
) -> Result<(), ParseError> {
    let mut list = scanner.array()?;
    while scanner.element(&mut list)? {
        let mut price = Field::named("price");
        let mut quantity = Field::named("qty");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"price" => price.set(plain(scanner, symbol.price)?, scanner)?,
                b"qty" => quantity.set(plain(scanner, symbol.quantity)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        let ((price, price_text), (quantity, quantity_text)) = (price.required()?, quantity.required()?);
        places.see(price_text, quantity_text);
        side.push(Level { price, quantity });
    }
    Ok(())
}

fn crc32(scanner: &mut Scanner<'_>) -> Result<u32, ScanError> {
    let position = scanner.position();
    u32::try_from(scanner.integer()?).map_err(|_| ScanError::Expected {
        position,
        expected: "a checksum of 32 bits",
    })
}
