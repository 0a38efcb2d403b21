//! One service: whoever sends ticks in this form. Where it sends them is for the user to say.

use super::connection::Connection;
use super::instruments::Listing;
use crate::dialect::{self, Transport, boxed};
use crate::limits::{Limit, Limits};
use crate::symbols::Symbol;
use crate::terms::TermsError;
use crate::venue_book::VenueBook;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect;

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &[Self]
    }

    fn venue(self) -> &'static str {
        "truefx"
    }

    fn about(self) -> &'static str {
        "ticks by UDP or from a file, --stream-url udp://address:port or file:path: EUR/USD"
    }

    fn tick_source(self) -> u8 {
        1
    }

    fn transport(self) -> Transport {
        Transport::Datagrams
    }

    fn stream_urls(self) -> &'static [&'static str] {
        &[]
    }

    fn rest_url(self) -> Option<&'static str> {
        None
    }

    /// Nobody is asked for anything, and silence may be a weekend.
    fn limits(self) -> Limits {
        Limits {
            openings: Limit::per_second(1),
            messages: None,
            messages_each: None,
            books: None,
            silence: None,
        }
    }

    fn known_listings(self, symbols: &[&str]) -> Result<Vec<Box<dyn dialect::Listing>>, TermsError> {
        let listings: Result<Vec<Listing>, TermsError> = symbols.iter().copied().map(Listing::of).collect();
        listings.map(boxed)
    }

    /// `EURUSD` is `EUR/USD`.
    fn one_name(self, symbol: &str) -> String {
        Listing::of(symbol).map_or_else(|_| symbol.to_owned(), |listing| listing.slashed())
    }

    fn book(self, _symbol: &Symbol) -> VenueBook {
        VenueBook::Absent
    }

    /// One socket, or one file, brings all.
    fn symbols_per_connection(self) -> usize {
        usize::MAX
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        Connection::new(symbols)
    }
}
