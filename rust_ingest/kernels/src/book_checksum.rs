//! The checksums by which venues prove a book.
//!
//! A venue sums up the decimals that it writes, not numbers. How it writes them is fixed for an instrument, so that
//! they follow from a level's units.

use std::io::Write;

use contracts::Level;
use serde::{Deserialize, Serialize};

use crate::book_error::BookError;
use crate::scale::{EXPONENT_MAX, Scale};

pub(crate) const KRAKEN_LEVELS: usize = 10;
pub(crate) const OKX_LEVELS: usize = 25;

/// Enough for the longest text that is usual, so that it is allocated once.
const TEXT_BYTES: usize = 1024;

/// How many decimals Kraken writes: always that many, zeros included. In WebSocket v1 as the messages have it, in v2
/// `price_precision` and `qty_precision` of the channel `instrument`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KrakenDecimals {
    pub price: i32,
    pub quantity: i32,
}

/// CRC-32 of the best 10 asks, then the best 10 bids, best first: price and quantity as digits, without the dot and
/// leading zeros. The same in WebSocket v1 (not with snapshots) and v2.
///
/// <https://docs.kraken.com/api/docs/guides/spot-ws-book-v1>, <https://docs.kraken.com/api/docs/guides/spot-ws-book-v2>
///
/// # Errors
/// A level has more decimals than Kraken writes.
pub(crate) fn kraken(
    bids: impl Iterator<Item = Level>,
    asks: impl Iterator<Item = Level>,
    scale: Scale,
    decimals: KrakenDecimals,
) -> Result<u32, BookError> {
    let mut text = Vec::with_capacity(TEXT_BYTES);
    for level in asks.take(KRAKEN_LEVELS).chain(bids.take(KRAKEN_LEVELS)) {
        digits(&mut text, "price", level.price, scale.price_exponent, decimals.price)?;
        digits(
            &mut text,
            "quantity",
            level.quantity,
            scale.quantity_exponent,
            decimals.quantity,
        )?;
    }
    Ok(crc32fast::hash(&text))
}

/// CRC-32, as a signed number, of the best 25 bids and asks in turn, best first: `price:quantity` joined by colons,
/// each in as few digits as it takes, which is how OKX writes them.
///
/// <https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel>, "Checksum"
///
/// # Errors
/// No instrument has these exponents.
pub(crate) fn okx(
    bids: impl Iterator<Item = Level>,
    asks: impl Iterator<Item = Level>,
    scale: Scale,
) -> Result<i32, BookError> {
    let (mut bids, mut asks) = (bids.take(OKX_LEVELS), asks.take(OKX_LEVELS));
    let mut text = Vec::with_capacity(TEXT_BYTES);
    loop {
        let pair = [bids.next(), asks.next()];
        if pair == [None, None] {
            break;
        }
        for level in pair.into_iter().flatten() {
            for (units, exponent) in [
                (level.price, scale.price_exponent),
                (level.quantity, scale.quantity_exponent),
            ] {
                shortest(&mut text, units, exponent)?;
                text.push(b':');
            }
        }
    }
    text.pop();
    Ok(crc32fast::hash(&text).cast_signed())
}

/// Writes units of 10^exponent, counted in units of 10^-decimals.
fn digits(text: &mut Vec<u8>, field: &'static str, units: i64, exponent: i32, decimals: i32) -> Result<(), BookError> {
    let apart = BookError::Apart {
        field,
        exponent,
        decimals,
    };
    let shift = exponent.checked_add(decimals).ok_or_else(|| apart.clone())?;
    if shift.abs() > EXPONENT_MAX {
        return Err(apart);
    }
    let power = 10i64.pow(shift.unsigned_abs());
    if shift > 0 {
        write_number(text, i128::from(units) * i128::from(power));
    } else if units % power == 0 {
        write_number(text, units / power);
    } else {
        return Err(BookError::TooFine {
            field,
            units,
            exponent,
            decimals,
        });
    }
    Ok(())
}

/// Writes units of 10^exponent as a decimal without needless zeros.
fn shortest(text: &mut Vec<u8>, units: i64, exponent: i32) -> Result<(), BookError> {
    if !(-EXPONENT_MAX..=EXPONENT_MAX).contains(&exponent) {
        return Err(BookError::Exponent { exponent });
    }
    let power = 10i64.pow(exponent.unsigned_abs());
    if exponent >= 0 {
        write_number(text, i128::from(units) * i128::from(power));
        return Ok(());
    }
    if units < 0 {
        text.push(b'-');
    }
    let (units, power) = (units.unsigned_abs(), power.unsigned_abs());
    write_number(text, units / power);
    let mut fraction = units % power;
    let mut places = exponent.unsigned_abs() as usize;
    if fraction > 0 {
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            places -= 1;
        }
        write_number(text, format_args!(".{fraction:0places$}"));
    }
    Ok(())
}

fn write_number(text: &mut Vec<u8>, number: impl std::fmt::Display) {
    // A vector takes whatever is written.
    let _ = write!(text, "{number}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(units: i64, exponent: i32) -> String {
        let mut text = Vec::new();
        shortest(&mut text, units, exponent).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn decimals_are_written_without_needless_zeros() {
        assert_eq!(written(30_238_800_000_000, -9), "30238.8");
        assert_eq!(written(5_000_000_000, -9), "5");
        assert_eq!(written(47_612, -8), "0.00047612");
        assert_eq!(written(100, -2), "1");
        assert_eq!(written(12, 2), "1200");
        assert_eq!(written(-5, -1), "-0.5");
        assert_eq!(written(i64::MIN, -18), "-9.223372036854775808");
    }

    #[test]
    fn digits_are_those_of_the_wire() {
        let mut text = Vec::new();
        digits(&mut text, "price", 5_005_000_000, -9, 5).unwrap();
        digits(&mut text, "quantity", 5, 0, 2).unwrap();
        assert_eq!(text, b"500500500");
        let error = digits(&mut text, "price", 1, -9, 5).unwrap_err();
        assert_eq!(
            error.to_string(),
            "price 1e-9 has more than 5 decimals; the venue writes 5"
        );
    }
}
