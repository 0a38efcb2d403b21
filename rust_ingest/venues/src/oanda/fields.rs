//! Fields as OANDA writes them: times in either of its formats, price buckets.

use super::ParseError;
use super::market::Symbol;
use crate::field::Field;
use crate::fixed::{NANO, Scale};
use crate::l2_book::Level;
use crate::scan::{ScanError, Scanner};
use crate::times::rfc3339_ns;

/// To ns. `Accept-Datetime-Format` chooses between RFC 3339 and seconds since 1970 ("Primitives Definitions",
/// "DateTime"); a line says itself which it is.
#[inline]
pub(super) fn time_ns(scanner: &mut Scanner<'_>) -> Result<i64, ParseError> {
    let position = scanner.position();
    let found = scanner.string()?;
    let time_ns = rfc3339_ns(&found).or_else(|| NANO.parse(&found).ok().filter(|time_ns| *time_ns >= 0));
    time_ns.ok_or_else(|| ParseError::Time {
        position,
        found: found.into_owned(),
    })
}

/// `[{"liquidity":10000000,"price":"1.12015"}, ...]` onto the end of `side` ("PriceBucket").
#[inline]
pub(super) fn buckets(scanner: &mut Scanner<'_>, symbol: &Symbol, side: &mut Vec<Level>) -> Result<(), ScanError> {
    let mut list = scanner.array()?;
    while scanner.element(&mut list)? {
        let mut price = Field::named("price");
        let mut liquidity = Field::named("liquidity");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"price" => price.set(scanner.amount(symbol.price)?, scanner)?,
                b"liquidity" => liquidity.set(decimal(scanner, symbol.quantity)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        side.push(Level {
            price: price.required()?,
            quantity: liquidity.required()?,
        });
    }
    Ok(())
}

/// A number, or a quoted decimal: the definition of `liquidity` has been both.
fn decimal(scanner: &mut Scanner<'_>, scale: Scale) -> Result<i64, ScanError> {
    let is_quoted = scanner.clone().string().is_ok();
    match is_quoted {
        true => scanner.amount(scale),
        false => scanner.number(scale),
    }
}
