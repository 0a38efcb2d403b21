//! Fields as Binance writes them: times in milliseconds, names that a stream fixes.

use super::ParseError;
pub(super) use crate::field::Field;
pub(super) use crate::levels::levels;
use crate::scan::Scanner;

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
