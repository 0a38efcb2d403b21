//! Fields as Binance writes them: times in milliseconds, names that a stream fixes, levels.

use super::ParseError;
pub(super) use crate::field::Field;
use crate::fixed::Scale;
use crate::l2_book::Level;
use crate::scan::{ScanError, Scanner};

impl Field<i64> {
    /// Reads milliseconds since 1970 and keeps nanoseconds.
    #[inline(always)]
    pub fn set_time(&mut self, scanner: &mut Scanner<'_>) -> Result<(), ParseError> {
        let milliseconds = scanner.integer()?;
        let nanoseconds = milliseconds.checked_mul(1_000_000);
        let time_ns = nanoseconds.ok_or(ParseError::Time {
            field: self.name,
            milliseconds,
        })?;
        Ok(self.set(time_ns, scanner)?)
    }
}

/// Reads a string that can only be `expected` on this stream: its event type, its symbol.
#[inline(always)]
pub(super) fn expect(scanner: &mut Scanner<'_>, expected: &str) -> Result<(), ParseError> {
    if scanner.accept_string(expected) {
        Ok(())
    } else {
        expect_any_form(scanner, expected)
    }
}

#[cold]
fn expect_any_form(scanner: &mut Scanner<'_>, expected: &str) -> Result<(), ParseError> {
    let position = scanner.position();
    let found = scanner.string()?;
    if found == expected {
        return Ok(());
    }
    Err(ParseError::Foreign {
        position,
        expected: expected.to_owned(),
        found: found.into_owned(),
    })
}

/// Reads `[["price","quantity"],...]` onto the end of `levels`. Further elements of a level are skipped: older spot
/// messages have an empty third one.
#[inline(always)]
pub(super) fn levels(
    scanner: &mut Scanner<'_>,
    price: Scale,
    quantity: Scale,
    levels: &mut Vec<Level>,
) -> Result<(), ScanError> {
    let mut side = scanner.array()?;
    while scanner.element(&mut side)? {
        let mut level = scanner.array()?;
        require_element(scanner, &mut level)?;
        let price = scanner.amount(price)?;
        require_element(scanner, &mut level)?;
        let quantity = scanner.amount(quantity)?;
        levels.push(Level { price, quantity });
        while scanner.element(&mut level)? {
            scanner.skip()?;
        }
    }
    Ok(())
}

#[inline(always)]
fn require_element(scanner: &mut Scanner<'_>, level: &mut crate::scan::Entries) -> Result<(), ScanError> {
    if scanner.element(level)? {
        return Ok(());
    }
    Err(ScanError::Expected {
        position: scanner.position(),
        expected: "a price and a quantity",
    })
}
