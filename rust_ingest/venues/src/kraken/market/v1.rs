//! Payloads of WebSocket v1: arrays whose places have meanings.

use super::{Book, Quote, Symbol, Trade};
use crate::field::Field;
use crate::kraken::ParseError;
use crate::kraken::fields::{Places, aggressor, order_type, quoted, require, seconds_ns, skip_rest};
use crate::l2_book::{Level, Levels};
use crate::scan::{ScanError, Scanner, read_fields};
use crate::spread::Spread;

/// `[[price, volume, time, side, orderType, misc], ...]` ("trade", "Publication: Trade").
#[inline]
pub(in crate::kraken) fn trades(
    scanner: &mut Scanner<'_>,
    index: usize,
    symbol: &Symbol,
    trades: &mut Vec<Trade>,
) -> Result<(), ParseError> {
    const EXPECTED: &str = "price, volume, time, side and order type";
    let mut list = scanner.array()?;
    while scanner.element(&mut list)? {
        let mut trade = scanner.array()?;
        require(scanner, &mut trade, EXPECTED)?;
        let price = scanner.amount(symbol.price)?;
        require(scanner, &mut trade, EXPECTED)?;
        let quantity = scanner.amount(symbol.quantity)?;
        require(scanner, &mut trade, EXPECTED)?;
        let event_ns = seconds_ns(scanner)?;
        require(scanner, &mut trade, EXPECTED)?;
        let aggressor = aggressor(scanner, ["b", "s"])?;
        require(scanner, &mut trade, EXPECTED)?;
        let order_type = order_type(scanner, ["m", "l"])?;
        skip_rest(scanner, &mut trade)?;
        trades.push(Trade {
            symbol: index,
            event_ns,
            trade_id: None,
            price,
            quantity,
            aggressor,
            order_type,
        });
    }
    Ok(())
}

/// `[bid, ask, timestamp, bidVolume, askVolume]` ("spread", "Publication: Spread").
#[inline]
pub(in crate::kraken) fn spread(scanner: &mut Scanner<'_>, index: usize, symbol: &Symbol) -> Result<Quote, ParseError> {
    const EXPECTED: &str = "bid, ask, time and both volumes";
    let mut places = scanner.array()?;
    require(scanner, &mut places, EXPECTED)?;
    let bid_price = scanner.amount(symbol.price)?;
    require(scanner, &mut places, EXPECTED)?;
    let ask_price = scanner.amount(symbol.price)?;
    require(scanner, &mut places, EXPECTED)?;
    let event_ns = seconds_ns(scanner)?;
    require(scanner, &mut places, EXPECTED)?;
    let bid_quantity = scanner.amount(symbol.quantity)?;
    require(scanner, &mut places, EXPECTED)?;
    let ask_quantity = scanner.amount(symbol.quantity)?;
    skip_rest(scanner, &mut places)?;
    Ok(Quote {
        symbol: index,
        event_ns: Some(event_ns),
        bid: Level {
            price: bid_price,
            quantity: bid_quantity,
        },
        ask: Level {
            price: ask_price,
            quantity: ask_quantity,
        },
        spread: Spread::of(bid_price, ask_price),
    })
}

/// `{"a":[price, wholeLotVolume, lotVolume], "b":..., ...}` ("ticker", "Publication: Ticker"): its best prices.
#[inline]
pub(in crate::kraken) fn ticker(scanner: &mut Scanner<'_>, index: usize, symbol: &Symbol) -> Result<Quote, ParseError> {
    let (mut bid, mut ask) = (Field::named("b"), Field::named("a"));
    read_fields!(scanner, {
        "a" => ask.set(best(scanner, symbol)?, scanner)?,
        "b" => bid.set(best(scanner, symbol)?, scanner)?,
    });
    let (bid, ask): (Level, Level) = (bid.required()?, ask.required()?);
    Ok(Quote {
        symbol: index,
        event_ns: None,
        bid,
        ask,
        spread: Spread::of(bid.price, ask.price),
    })
}

#[inline(always)]
fn best(scanner: &mut Scanner<'_>, symbol: &Symbol) -> Result<Level, ScanError> {
    const EXPECTED: &str = "price, whole lot volume and lot volume";
    let mut places = scanner.array()?;
    require(scanner, &mut places, EXPECTED)?;
    let price = scanner.amount(symbol.price)?;
    require(scanner, &mut places, EXPECTED)?;
    scanner.skip()?;
    require(scanner, &mut places, EXPECTED)?;
    let quantity = scanner.amount(symbol.quantity)?;
    skip_rest(scanner, &mut places)?;
    Ok(Level { price, quantity })
}

/// The parts of a book message as they are read: one, or two where both sides changed ("book", "Publication: Book").
#[derive(Debug, Default)]
pub(in crate::kraken) struct BookParts {
    seen: Seen,
    places: Places,
    newest_ns: Option<i64>,
    checksum: Option<u32>,
}

/// Which keys there were. Each may come once, in whichever part.
#[derive(Debug, Default)]
struct Seen {
    snapshot_asks: bool,
    snapshot_bids: bool,
    asks: bool,
    bids: bool,
}

impl BookParts {
    #[inline]
    pub fn read(&mut self, scanner: &mut Scanner<'_>, symbol: &Symbol, levels: &mut Levels) -> Result<(), ParseError> {
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"a" => {
                    once(&mut self.seen.asks, "a", scanner)?;
                    self.side(scanner, symbol, &mut levels.asks)?;
                }
                b"b" => {
                    once(&mut self.seen.bids, "b", scanner)?;
                    self.side(scanner, symbol, &mut levels.bids)?;
                }
                b"as" => {
                    once(&mut self.seen.snapshot_asks, "as", scanner)?;
                    self.side(scanner, symbol, &mut levels.asks)?;
                }
                b"bs" => {
                    once(&mut self.seen.snapshot_bids, "bs", scanner)?;
                    self.side(scanner, symbol, &mut levels.bids)?;
                }
                b"c" => {
                    once(&mut self.checksum.is_some(), "c", scanner)?;
                    self.checksum = Some(checksum(scanner)?);
                }
                _ => scanner.skip()?,
            }
        }
        Ok(())
    }

    /// `[[price, volume, timestamp], ...]`; a fourth place, `r`, says that a level is told again as it came back into
    /// the subscribed depth: it is set like any other.
    #[inline]
    fn side(&mut self, scanner: &mut Scanner<'_>, symbol: &Symbol, side: &mut Vec<Level>) -> Result<(), ParseError> {
        const EXPECTED: &str = "price, volume and time";
        let mut list = scanner.array()?;
        while scanner.element(&mut list)? {
            let mut level = scanner.array()?;
            require(scanner, &mut level, EXPECTED)?;
            let (price, price_text) = quoted(scanner, symbol.price)?;
            require(scanner, &mut level, EXPECTED)?;
            let (quantity, quantity_text) = quoted(scanner, symbol.quantity)?;
            require(scanner, &mut level, EXPECTED)?;
            self.newest_ns = self.newest_ns.max(Some(seconds_ns(scanner)?));
            skip_rest(scanner, &mut level)?;
            self.places.see(price_text, quantity_text);
            side.push(Level { price, quantity });
        }
        Ok(())
    }

    /// # Errors
    /// The parts are neither a snapshot nor changes with their checksum ("Book Checksum (v1)": each update has one,
    /// snapshots have none).
    pub fn finish(self, index: usize) -> Result<Book, ParseError> {
        let Seen {
            snapshot_asks,
            snapshot_bids,
            asks,
            bids,
        } = self.seen;
        let is_snapshot = snapshot_asks || snapshot_bids;
        let missing = match is_snapshot {
            true if asks || bids || self.checksum.is_some() => Some("as and bs alone"),
            true if !snapshot_asks => Some("as"),
            true if !snapshot_bids => Some("bs"),
            false if !asks && !bids => Some("a or b"),
            false if self.checksum.is_none() => Some("c"),
            _ => None,
        };
        if let Some(field) = missing {
            return Err(ScanError::Missing { field }.into());
        }
        Ok(Book {
            symbol: index,
            is_snapshot,
            event_ns: self.newest_ns,
            checksum: self.checksum,
            decimals: self.places.found(),
        })
    }
}

fn once(seen: &mut bool, field: &'static str, scanner: &Scanner<'_>) -> Result<(), ScanError> {
    if std::mem::replace(seen, true) {
        return Err(ScanError::Repeated {
            position: scanner.position(),
            field,
        });
    }
    Ok(())
}

/// A CRC-32 as quoted decimal.
fn checksum(scanner: &mut Scanner<'_>) -> Result<u32, ScanError> {
    let position = scanner.position();
    let text = scanner.string()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).ok_or(ScanError::Expected {
        position,
        expected: "a checksum of 32 bits",
    })
}
