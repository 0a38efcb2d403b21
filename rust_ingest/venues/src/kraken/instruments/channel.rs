//! v2's channel `instrument` ("Instruments"): the names of v2, and how many decimals its messages have.

use super::Listing;
use crate::field::Field;
use crate::l2_book::KrakenDecimals;
use crate::scan::{ScanError, Scanner};

/// Finer than any asset is divided: what is beyond is no number of decimals.
const DECIMALS_MAX: i64 = 18;

/// The pairs of a snapshot, or those that an update changes, in the venue's order.
///
/// # Errors
/// The frame is not what is documented.
pub fn channel_listings(frame: &str) -> Result<Vec<Listing>, ScanError> {
    let mut data = Field::named("data");
    let mut scanner = Scanner::new(frame);
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"data" => data.set(pairs(&mut scanner)?, &scanner)?,
            _ => scanner.skip()?,
        }
    }
    scanner.end()?;
    data.required()
}

fn pairs(scanner: &mut Scanner<'_>) -> Result<Vec<Listing>, ScanError> {
    let mut pairs = Field::named("pairs");
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"pairs" => {
                let mut listings = Vec::new();
                let mut list = scanner.array()?;
                while scanner.element(&mut list)? {
                    listings.push(pair(scanner)?);
                }
                pairs.set(listings, scanner)?;
            }
            _ => scanner.skip()?,
        }
    }
    pairs.required()
}

fn pair(scanner: &mut Scanner<'_>) -> Result<Listing, ScanError> {
    let mut symbol = Field::named("symbol");
    let mut status = Field::named("status");
    let mut price_decimals = Field::named("price_precision");
    let mut quantity_decimals = Field::named("qty_precision");
    let mut price_increment = Field::named("price_increment");
    let mut quantity_increment = Field::named("qty_increment");
    let mut quantity_min = Field::named("qty_min");
    let mut cost_min = Field::named("cost_min");
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"symbol" => symbol.set(scanner.string()?.into_owned(), scanner)?,
            b"status" => status.set(scanner.string()?.into_owned(), scanner)?,
            b"price_precision" => price_decimals.set(decimals(scanner)?, scanner)?,
            b"qty_precision" => quantity_decimals.set(decimals(scanner)?, scanner)?,
            b"price_increment" => price_increment.set(scanner.number_text()?.to_owned(), scanner)?,
            b"qty_increment" => quantity_increment.set(scanner.number_text()?.to_owned(), scanner)?,
            b"qty_min" => quantity_min.set(scanner.number_text()?.to_owned(), scanner)?,
            // A quoted decimal in the venue's description, a number in its example.
            b"cost_min" => cost_min.set(decimal_text(scanner)?, scanner)?,
            _ => scanner.skip()?,
        }
    }
    Ok(Listing {
        symbol: symbol.required()?,
        decimals: KrakenDecimals {
            price: price_decimals.required()?,
            quantity: quantity_decimals.required()?,
        },
        tick_size: price_increment.required()?,
        lot_size: quantity_increment.required()?,
        min_quantity: quantity_min.required()?,
        min_notional: cost_min.optional(),
        status: status.optional(),
    })
}

fn decimals(scanner: &mut Scanner<'_>) -> Result<i32, ScanError> {
    let position = scanner.position();
    match scanner.integer()? {
        decimals @ 0..=DECIMALS_MAX => Ok(decimals as i32),
        _ => Err(ScanError::Expected {
            position,
            expected: "at most 18 decimals",
        }),
    }
}

fn decimal_text(scanner: &mut Scanner<'_>) -> Result<String, ScanError> {
    match scanner.clone().string() {
        Ok(_) => Ok(scanner.string()?.into_owned()),
        Err(_) => Ok(scanner.number_text()?.to_owned()),
    }
}
