//! The book by REST. The stream brings its own snapshot: this one is to compare with.

use super::ParseError;
use super::dialect::Dialect;
use super::fields::{Field, levels, time};
use super::market::Symbol;
use crate::fixed::Scale;
use crate::l2_book::{Level, Levels};
use crate::scan::Scanner;

/// A book; its levels stand apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub event_ns: Option<i64>,
    /// Exchange only: as `sequence` of its stream.
    pub sequence: Option<i64>,
}

/// Path and query of a symbol's whole book: "Get product book" of each API.
pub fn snapshot_path(dialect: Dialect, symbol: &str) -> String {
    match dialect {
        Dialect::Exchange => format!("/products/{symbol}/book?level=2"),
        Dialect::AdvancedTrade => format!("/api/v3/brokerage/market/product_book?product_id={symbol}"),
    }
}

impl Snapshot {
    /// Puts the levels into `book`, in the venue's order (best first); what was there before is gone.
    pub fn parse(dialect: Dialect, text: &str, symbol: &Symbol, book: &mut Levels) -> Result<Self, ParseError> {
        book.clear();
        let mut scanner = Scanner::new(text);
        let snapshot = match dialect {
            Dialect::Exchange => Self::read(&mut scanner, book, |scanner, side| {
                levels(scanner, symbol.price, symbol.quantity, side).map_err(ParseError::from)
            })?,
            Dialect::AdvancedTrade => Self::read_enclosed(&mut scanner, symbol, book)?,
        };
        scanner.end()?;
        Ok(snapshot)
    }

    fn read<'a>(
        scanner: &mut Scanner<'a>,
        book: &mut Levels,
        mut read_side: impl FnMut(&mut Scanner<'a>, &mut Vec<Level>) -> Result<(), ParseError>,
    ) -> Result<Self, ParseError> {
        let mut event_ns = Field::named("time");
        let mut sequence = Field::named("sequence");
        let mut bids = Field::named("bids");
        let mut asks = Field::named("asks");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"time" => event_ns.set(time(scanner, "time")?, scanner)?,
                b"sequence" => sequence.set(scanner.integer_or_quoted()?, scanner)?,
                b"bids" => bids.set(read_side(scanner, &mut book.bids)?, scanner)?,
                b"asks" => asks.set(read_side(scanner, &mut book.asks)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        bids.required()?;
        asks.required()?;
        Ok(Self {
            event_ns: event_ns.optional(),
            sequence: sequence.optional(),
        })
    }

    /// Advanced Trade: `{"pricebook":{"bids":[{"price":"1","size":"2"}],...}}`.
    fn read_enclosed(scanner: &mut Scanner<'_>, symbol: &Symbol, book: &mut Levels) -> Result<Self, ParseError> {
        let mut found = Field::named("pricebook");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"pricebook" => {
                    let read = Self::read(scanner, book, |scanner, side| {
                        read_objects(scanner, symbol.price, symbol.quantity, side)
                    })?;
                    found.set(read, scanner)?;
                }
                _ => scanner.skip()?,
            }
        }
        Ok(found.required()?)
    }
}

fn read_objects(
    scanner: &mut Scanner<'_>,
    price_scale: Scale,
    quantity_scale: Scale,
    side: &mut Vec<Level>,
) -> Result<(), ParseError> {
    let mut all = scanner.array()?;
    while scanner.element(&mut all)? {
        let mut price = Field::named("price");
        let mut quantity = Field::named("size");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"price" => price.set(scanner.amount(price_scale)?, scanner)?,
                b"size" => quantity.set(scanner.amount(quantity_scale)?, scanner)?,
                _ => scanner.skip()?,
            }
        }
        side.push(Level {
            price: price.required()?,
            quantity: quantity.required()?,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::NANO;

    #[test]
    fn both_forms_of_the_book() {
        let symbol = Symbol::new("BTC-USD", NANO, NANO);
        let mut book = Levels::default();
        let text = r#"{"bids":[["1.5","2",3]],"asks":[["1.6","4",1]],"sequence":7,"time":"1970-01-01T00:00:01Z"}"#;
        let flat = Snapshot::parse(Dialect::Exchange, text, &symbol, &mut book).unwrap();
        assert_eq!((flat.event_ns, flat.sequence), (Some(1_000_000_000), Some(7)));
        let first = book.clone();
        let text = r#"{"pricebook":{"product_id":"BTC-USD","bids":[{"price":"1.5","size":"2"}],
            "asks":[{"price":"1.6","size":"4"}],"time":"1970-01-01T00:00:01Z"},"last":"1.5"}"#;
        let enclosed = Snapshot::parse(Dialect::AdvancedTrade, text, &symbol, &mut book).unwrap();
        assert_eq!((enclosed.event_ns, enclosed.sequence), (Some(1_000_000_000), None));
        assert_eq!(book, first);
        assert_eq!(
            book.bids[0],
            Level {
                price: 1_500_000_000,
                quantity: 2_000_000_000
            }
        );
        assert!(Snapshot::parse(Dialect::AdvancedTrade, "{}", &symbol, &mut book).is_err());
        assert_eq!(
            snapshot_path(Dialect::Exchange, "BTC-USD"),
            "/products/BTC-USD/book?level=2"
        );
    }
}
