//! Fields as Coinbase writes them: times, sides, ids in quotes, amounts that may be empty, levels.

use contracts::Side;

use super::ParseError;
pub(super) use crate::field::Field;
use crate::fixed::Scale;
pub(super) use crate::levels::{levels, require_element};
use crate::scan::{ScanError, Scanner};
use crate::times::rfc3339_ns;

/// Reads a time into ns since 1970.
#[inline(always)]
pub(super) fn time(scanner: &mut Scanner<'_>, field: &'static str) -> Result<i64, ParseError> {
    let position = scanner.position();
    let text = scanner.string()?;
    rfc3339_ns(&text).ok_or_else(|| ParseError::Time {
        position,
        field,
        found: text.into_owned(),
    })
}

/// Reads one of two words: the first is `Buy`.
#[inline(always)]
pub(super) fn side(scanner: &mut Scanner<'_>, field: &'static str, buy: &str, sell: &str) -> Result<Side, ParseError> {
    if scanner.accept_string(buy) {
        Ok(Side::Buy)
    } else if scanner.accept_string(sell) {
        Ok(Side::Sell)
    } else {
        side_of_any_form(scanner, field, buy, sell)
    }
}

#[cold]
fn side_of_any_form(scanner: &mut Scanner<'_>, field: &'static str, buy: &str, sell: &str) -> Result<Side, ParseError> {
    let position = scanner.position();
    match scanner.string()? {
        word if word == buy => Ok(Side::Buy),
        word if word == sell => Ok(Side::Sell),
        word => Err(ParseError::UnknownWord {
            position,
            field,
            found: word.into_owned(),
        }),
    }
}

/// The other side of a trade.
pub(super) fn opposite(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

/// Reads a price of the book; none where there is no order: the venue writes nothing or zero then.
#[inline(always)]
pub(super) fn best_price(scanner: &mut Scanner<'_>, scale: Scale) -> Result<Option<i64>, ScanError> {
    if scanner.accept_string("") {
        return Ok(None);
    }
    Ok(Some(scanner.amount(scale)?).filter(|price| *price > 0))
}
