//! Fields as Kraken writes them: times, decimals and how many places they have, sides, order types.

use contracts::Side;

use super::ParseError;
use super::market::OrderType;
use crate::fixed::{NANO, Scale};
use crate::l2_book::KrakenDecimals;
use crate::scan::{Entries, ScanError, Scanner};
use crate::times::rfc3339_ns;

/// v1: seconds since 1970 as a quoted decimal, `"1534614057.321597"`, to ns.
#[inline]
pub(super) fn seconds_ns(scanner: &mut Scanner<'_>) -> Result<i64, ParseError> {
    Ok(scanner.amount(NANO)?)
}

/// v2: RFC 3339, to ns.
#[inline]
pub(super) fn rfc3339(scanner: &mut Scanner<'_>) -> Result<i64, ParseError> {
    let position = scanner.position();
    let found = scanner.string()?;
    rfc3339_ns(&found).ok_or_else(|| ParseError::Time {
        position,
        found: found.into_owned(),
    })
}

/// The taker's side. v1 says `b` and `s` ("trade", "side: Triggering order side"), v2 `buy` and `sell` ("trade", "side:
/// The side of the taker order").
#[inline]
pub(super) fn aggressor(scanner: &mut Scanner<'_>, [buy, sell]: [&str; 2]) -> Result<Side, ParseError> {
    if scanner.accept_string(buy) {
        return Ok(Side::Buy);
    }
    if scanner.accept_string(sell) {
        return Ok(Side::Sell);
    }
    let position = scanner.position();
    match scanner.string()? {
        found if found == buy => Ok(Side::Buy),
        found if found == sell => Ok(Side::Sell),
        found => Err(unknown_word(position, "side", &found)),
    }
}

/// The taker's order type; a new one does not cost a trade.
#[inline]
pub(super) fn order_type(scanner: &mut Scanner<'_>, [market, limit]: [&str; 2]) -> Result<OrderType, ParseError> {
    Ok(match scanner.string()? {
        found if found == market => OrderType::Market,
        found if found == limit => OrderType::Limit,
        _ => OrderType::Other,
    })
}

/// The most decimals that a message's prices and quantities are written with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    found: Option<KrakenDecimals>,
}

impl Places {
    /// `price` and `quantity` as they are written, quoted or not.
    #[inline]
    pub fn see(&mut self, price: &str, quantity: &str) {
        let before = self.found.unwrap_or(KrakenDecimals { price: 0, quantity: 0 });
        self.found = Some(KrakenDecimals {
            price: before.price.max(places(price)),
            quantity: before.quantity.max(places(quantity)),
        });
    }

    pub fn found(self) -> Option<KrakenDecimals> {
        self.found
    }
}

/// Digits after the dot.
#[inline]
fn places(written: &str) -> i32 {
    let written = written.trim_matches('"').as_bytes();
    let dot = written.iter().position(|byte| *byte == b'.');
    dot.map_or(0, |dot| {
        written[dot + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count() as i32
    })
}

/// A quoted decimal from zero up, and its text.
#[inline]
pub(super) fn quoted<'a>(scanner: &mut Scanner<'a>, scale: Scale) -> Result<(i64, &'a str), ScanError> {
    let start = scanner.position();
    let value = scanner.amount(scale)?;
    Ok((value, scanner.since(start).trim_ascii_start()))
}

/// A plain number from zero up, and its text.
#[inline]
pub(super) fn plain<'a>(scanner: &mut Scanner<'a>, scale: Scale) -> Result<(i64, &'a str), ScanError> {
    let start = scanner.position();
    let value = scanner.number(scale)?;
    Ok((value, scanner.since(start).trim_ascii_start()))
}

/// An element that must be there.
#[inline]
pub(super) fn require(
    scanner: &mut Scanner<'_>,
    entries: &mut Entries,
    expected: &'static str,
) -> Result<(), ScanError> {
    if scanner.element(entries)? {
        return Ok(());
    }
    Err(ScanError::Expected {
        position: scanner.position(),
        expected,
    })
}

/// Elements that are not asked for, and the closing bracket.
#[inline]
pub(super) fn skip_rest(scanner: &mut Scanner<'_>, entries: &mut Entries) -> Result<(), ScanError> {
    while scanner.element(entries)? {
        scanner.skip()?;
    }
    Ok(())
}

#[cold]
pub(super) fn unknown_word(position: usize, field: &'static str, found: &str) -> ParseError {
    ParseError::UnknownWord {
        position,
        field,
        found: found.to_owned(),
    }
}
