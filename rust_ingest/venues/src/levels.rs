//! Levels as most venues write them: `[["price","quantity",...],...]`.

use crate::fixed::Scale;
use crate::l2_book::Level;
use crate::scan::{Entries, ScanError, Scanner};

/// Reads one side onto the end of `levels`. Further elements of a level are skipped: counts of orders, and an empty one
/// in older messages of Binance's.
#[inline(always)]
pub(crate) fn levels(
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

/// Moves to the next element of a level, which must have one.
#[inline(always)]
pub(crate) fn require_element(scanner: &mut Scanner<'_>, level: &mut Entries) -> Result<(), ScanError> {
    if scanner.element(level)? {
        return Ok(());
    }
    Err(ScanError::Expected {
        position: scanner.position(),
        expected: "a price and a quantity",
    })
}
