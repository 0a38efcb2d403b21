//! Fields as OKX writes them: times and ids in quotes, amounts that may be empty, signed numbers.

use contracts::Side;

use super::ParseError;
pub(super) use crate::field::Field;
use crate::fixed::Scale;
pub(super) use crate::levels::levels;
use crate::scan::{ScanError, Scanner};

/// Reads milliseconds since 1970, in quotes, into nanoseconds.
#[inline(always)]
pub(super) fn time(scanner: &mut Scanner<'_>, field: &'static str) -> Result<i64, ParseError> {
    let position = scanner.position();
    let milliseconds = scanner.integer_or_quoted()?;
    milliseconds.checked_mul(1_000_000).ok_or(ParseError::Time {
        position,
        field,
        milliseconds,
    })
}

/// Reads an integer of either sign: a checksum, `prevSeqId`.
#[inline]
pub(super) fn signed(scanner: &mut Scanner<'_>) -> Result<i64, ScanError> {
    if scanner.accept("-") {
        // White space after the sign would be read past.
        let start = scanner.position();
        let value = scanner.integer()?;
        let is_bare = scanner.since(start).starts_with(|first: char| first.is_ascii_digit());
        return match is_bare {
            true => Ok(-value),
            false => Err(ScanError::Expected {
                position: start,
                expected: "a digit",
            }),
        };
    }
    scanner.integer()
}

/// Reads an amount; none where the venue writes an empty text, as for a side without orders.
#[inline(always)]
pub(super) fn amount_if_any(scanner: &mut Scanner<'_>, scale: Scale) -> Result<Option<i64>, ScanError> {
    if scanner.accept_string("") {
        return Ok(None);
    }
    scanner.amount(scale).map(Some)
}

#[inline(always)]
pub(super) fn side(scanner: &mut Scanner<'_>) -> Result<Side, ParseError> {
    if scanner.accept_string("buy") {
        Ok(Side::Buy)
    } else if scanner.accept_string("sell") {
        Ok(Side::Sell)
    } else {
        side_of_any_form(scanner)
    }
}

#[cold]
fn side_of_any_form(scanner: &mut Scanner<'_>) -> Result<Side, ParseError> {
    let position = scanner.position();
    match scanner.string()? {
        word if word == "buy" => Ok(Side::Buy),
        word if word == "sell" => Ok(Side::Sell),
        word => Err(ParseError::UnknownWord {
            position,
            field: "side",
            found: word.into_owned(),
        }),
    }
}
