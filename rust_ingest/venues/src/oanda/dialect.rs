//! OANDA's two environments. Both speak the same; prices of practice accounts are not what is traded at.

use super::connection::Connection;
use super::instruments::{listing_path, listings};
use super::market::Symbol;
use super::streams::{CONNECTIONS_PER_SECOND_MAX, SILENCE_MAX};
use crate::dialect::{self, Listing, ListingRequest, Transport, boxed};
use crate::l2_book::L2Book;
use crate::limits::{Limit, Limits};
use crate::streamed_book::{StreamRule, StreamedBook};
use crate::terms::TermsError;
use crate::venue_book::VenueBook;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Practice,
    Live,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Practice, Self::Live];
}

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn venue(self) -> &'static str {
        match self {
            Self::Practice => "oanda_practice",
            Self::Live => "oanda",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Practice => "prices of practice accounts: EUR_USD",
            Self::Live => "prices of live accounts: EUR_USD",
        }
    }

    fn tick_source(self) -> u8 {
        2
    }

    fn transport(self) -> Transport {
        Transport::HttpLines
    }

    /// "Development Guide", "Environments".
    fn stream_urls(self) -> &'static [&'static str] {
        match self {
            Self::Practice => &["https://stream-fxpractice.oanda.com"],
            Self::Live => &["https://stream-fxtrade.oanda.com"],
        }
    }

    fn rest_url(self) -> Option<&'static str> {
        Some(match self {
            Self::Practice => "https://api-fxpractice.oanda.com",
            Self::Live => "https://api-fxtrade.oanda.com",
        })
    }

    /// "Authentication".
    fn wants_account(self) -> bool {
        true
    }

    fn limits(self) -> Limits {
        Limits {
            openings: Limit::per_second(CONNECTIONS_PER_SECOND_MAX),
            messages: None,
            messages_each: None,
            books: None,
            silence: Some(SILENCE_MAX),
        }
    }

    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        vec![ListingRequest::of(listing_path(), symbols)]
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
        listings(answer, symbols).map(boxed)
    }

    /// Each price brings all of its buckets: there are no changes that could be lost.
    fn book(self, _symbol: &Symbol) -> VenueBook {
        VenueBook::streamed(StreamedBook::new(StreamRule::Coinbase, L2Book::default()))
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        Connection::new(symbols)
    }
}
