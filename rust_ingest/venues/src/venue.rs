//! All venues as one: a name on the command line becomes a venue, and a client speaks to it without knowing which.
//!
//! An enum and no trait object: each venue's messages are read without an indirect call.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::dialect::{
    self, Connection as _, Dialect as _, Fault, Listing, ListingRequest, Opening, OtherConnection, Probe, QuoteTimes,
    Transport,
};
use crate::limits::Limits;
use crate::symbols::Symbol;
use crate::terms::TermsError;
use crate::update::Update;
use crate::venue_book::VenueBook;

/// The enums over all venues. Each line is a venue's name and its folder; `build.rs` writes them.
macro_rules! venues {
    ($($name:ident: $folder:ident,)*) => {
        /// A service of a venue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Venue {
            $($name(crate::$folder::dialect::Dialect),)*
        }

        /// A connection to a venue: [`crate::dialect::Connection`].
        #[derive(Debug)]
        pub enum Connection {
            $($name(crate::$folder::connection::Connection),)*
        }

        /// What a connection remembers: [`crate::dialect::Connection::Memory`].
        #[derive(Serialize, Deserialize)]
        pub enum ConnectionMemory {
            $($name(<crate::$folder::connection::Connection as dialect::Connection>::Memory),)*
        }

        /// Why a frame could not be read.
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum ReadError {
            $(#[error(transparent)] $name(#[from] crate::$folder::ParseError),)*
        }

        impl Venue {
            /// All services of all venues.
            pub fn all() -> Vec<Self> {
                let mut all = Vec::new();
                $(all.extend(crate::$folder::dialect::Dialect::all().iter().copied().map(Self::$name));)*
                all
            }

            /// What `--venue` calls it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name(dialect) => dialect.name(),)* }
            }

            /// What records call it.
            pub fn venue(self) -> &'static str {
                match self { $(Self::$name(dialect) => dialect.venue(),)* }
            }

            /// What it is and how its symbols are written, for people.
            pub fn about(self) -> &'static str {
                match self { $(Self::$name(dialect) => dialect.about(),)* }
            }

            /// What tick files call it: [`crate::dialect::Dialect::tick_source`].
            pub fn tick_source(self) -> u8 {
                match self { $(Self::$name(dialect) => dialect.tick_source(),)* }
            }

            /// The folder of `src` that it is read by.
            pub fn folder(self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($folder),)* }
            }

            /// How its messages come.
            pub fn transport(self) -> Transport {
                match self { $(Self::$name(dialect) => dialect.transport(),)* }
            }

            /// Endpoints of the streams, without a path: the first one, and those to fail over to.
            pub fn stream_urls(self) -> &'static [&'static str] {
                match self { $(Self::$name(dialect) => dialect.stream_urls(),)* }
            }

            /// The REST endpoint without a path; none where the venue has no REST.
            pub fn rest_url(self) -> Option<&'static str> {
                match self { $(Self::$name(dialect) => dialect.rest_url(),)* }
            }

            /// A header that each REST request bears.
            pub fn rest_header(self) -> Option<(&'static str, &'static str)> {
                match self { $(Self::$name(dialect) => dialect.rest_header(),)* }
            }

            /// A client must name its account, and bear a token: [`crate::dialect::ACCOUNT`].
            pub fn wants_account(self) -> bool {
                match self { $(Self::$name(dialect) => dialect.wants_account(),)* }
            }

            /// What the venue lets a client do.
            pub fn limits(self) -> Limits {
                match self { $(Self::$name(dialect) => dialect.limits(),)* }
            }

            /// Listings of those of `symbols` that need not be asked for.
            ///
            /// # Errors
            /// A symbol is none of the venue's.
            pub fn known_listings(self, symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
                match self { $(Self::$name(dialect) => dialect.known_listings(symbols),)* }
            }

            /// One name for a symbol that can be asked for by several: [`dialect::Dialect::one_name`].
            pub fn one_name(self, symbol: &str) -> String {
                match self { $(Self::$name(dialect) => dialect.one_name(symbol),)* }
            }

            /// Whether it wrote such a quote: [`dialect::Dialect::wrote_quote`].
            pub fn wrote_quote(self, times: QuoteTimes) -> bool {
                match self { $(Self::$name(dialect) => dialect.wrote_quote(times),)* }
            }

            /// What to ask by REST to learn the terms of `symbols`.
            pub fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
                match self { $(Self::$name(dialect) => dialect.listing_requests(symbols),)* }
            }

            /// Reads an answer to one of these.
            ///
            /// # Errors
            /// It is not what the venue documents, or lacks a symbol.
            pub fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
                match self { $(Self::$name(dialect) => dialect.listings(answer, symbols),)* }
            }

            /// Path and query of a symbol's book by REST, where the stream does not bring one.
            pub fn snapshot_path(self, symbol: &str) -> Option<String> {
                match self { $(Self::$name(dialect) => dialect.snapshot_path(symbol),)* }
            }

            /// An empty book that is proven by this venue's rules.
            pub fn book(self, symbol: &Symbol) -> VenueBook {
                match self { $(Self::$name(dialect) => dialect.book(symbol),)* }
            }

            /// Symbols that one connection may carry.
            pub fn symbols_per_connection(self) -> usize {
                match self { $(Self::$name(dialect) => dialect.symbols_per_connection(),)* }
            }

            /// A connection that carries trades, quotes and books of `symbols`.
            pub fn connection(self, symbols: Vec<Symbol>) -> Connection {
                match self { $(Self::$name(dialect) => Connection::$name(dialect.connection(symbols)),)* }
            }

            /// Two connections can be merged into one: [`crate::dialect::Dialect::numbers_everything`].
            pub fn numbers_everything(self) -> bool {
                match self { $(Self::$name(dialect) => dialect.numbers_everything(),)* }
            }

            /// How a silent connection is asked whether it still is there.
            pub fn probe(self) -> Probe {
                match self { $(Self::$name(dialect) => dialect.probe(),)* }
            }
        }

        impl Connection {
            pub fn opening(&self) -> Opening {
                match self { $(Self::$name(connection) => connection.opening(),)* }
            }

            /// The streams flow: what came before says nothing about what comes next.
            pub fn opened(&mut self) {
                match self { $(Self::$name(connection) => connection.opened(),)* }
            }

            /// Reads a frame, as a whole or not at all, and hands over all that it says, in order.
            ///
            /// # Errors
            /// The frame is not what the venue documents, or of something that was not asked for; nothing was handed over.
            #[inline]
            pub fn read(&mut self, text: &str, take: impl FnMut(Update<'_>)) -> Result<(), ReadError> {
                match self { $(Self::$name(connection) => connection.read(text, take).map_err(ReadError::from),)* }
            }

            /// Reads a book that was asked for by [`Venue::snapshot_path`].
            ///
            /// # Errors
            /// As [`Connection::read`].
            pub fn read_snapshot(
                &mut self,
                symbol: usize,
                text: &str,
                take: impl FnMut(Update<'_>),
            ) -> Result<(), ReadError> {
                match self {
                    $(Self::$name(connection) => {
                        connection.read_snapshot(symbol, text, take).map_err(ReadError::from)
                    })*
                }
            }

            /// Text frames that bring a symbol's book anew; empty where it is asked for by REST.
            pub fn fresh_book(&self, symbol: usize) -> Vec<String> {
                match self { $(Self::$name(connection) => connection.fresh_book(symbol),)* }
            }

            /// Symbols whose books an unreadable frame may have changed unseen: [`crate::dialect::Connection::unproven_books`].
            pub fn unproven_books(&self, text: &str) -> Range<usize> {
                match self { $(Self::$name(connection) => connection.unproven_books(text),)* }
            }

            /// By this another connection with the same symbols goes on where this one is.
            pub fn memory(&self) -> ConnectionMemory {
                match self { $(Self::$name(connection) => ConnectionMemory::$name(connection.memory()),)* }
            }

            /// Goes on where another one was.
            ///
            /// # Errors
            /// That one was of another venue, or had other symbols.
            pub fn remember(&mut self, memory: ConnectionMemory) -> Result<(), OtherConnection> {
                match (self, memory) {
                    $((Self::$name(connection), ConnectionMemory::$name(memory)) => connection.remember(memory),)*
                    _ => Err(OtherConnection),
                }
            }

            /// The name of the stream that a frame is of, if it was asked for.
            pub fn stream_of(&self, text: &str) -> Option<String> {
                match self { $(Self::$name(connection) => connection.stream_of(text),)* }
            }
        }

        impl ReadError {
            /// What is wrong with the frame.
            pub fn fault(&self) -> Fault {
                match self { $(Self::$name(error) => crate::$folder::connection::Connection::fault(error),)* }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/venues.rs"));

impl Venue {
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|venue| venue.name() == name)
    }

    /// One of those that records call so: what they all have in common holds for it.
    pub fn of_records(venue: &str) -> Option<Self> {
        Self::all().into_iter().find(|one| one.venue() == venue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_of_one_venue() {
        for venue in Venue::all() {
            assert_eq!(Venue::of_name(venue.name()), Some(venue));
            assert!(!venue.about().is_empty());
            let scheme = match venue.transport() {
                Transport::WebSocket => "wss://",
                Transport::HttpLines => "https://",
                Transport::Datagrams => "udp://",
            };
            assert!(venue.stream_urls().iter().all(|url| url.starts_with(scheme)));
            assert!(venue.rest_url().is_none_or(|url| url.starts_with("https://")));
        }
        assert_eq!(Venue::of_name("nowhere"), None);
        let usdm = Venue::of_name("binance_usdm").unwrap();
        assert_eq!(
            usdm.stream_urls(),
            ["wss://fstream.binance.com/public"],
            "the route that has depth"
        );
    }

    #[test]
    fn each_number_in_tick_files_is_of_one_folder() {
        let mut folders = std::collections::BTreeMap::new();
        for venue in Venue::all() {
            let (number, folder) = (venue.tick_source(), venue.folder());
            assert_eq!(*folders.entry(number).or_insert(folder), folder, "{number} is taken");
            // 1 to 15 are given by the form itself: TrueFX 1, OANDA 2, Interactive Brokers 3.
            assert!(
                matches!(number, 1 | 2 | 16..),
                "{folder}: take a number from 16 on that is free"
            );
        }
    }

    #[test]
    fn each_has_limits_of_its_own() {
        let limits = |name: &str| Venue::of_name(name).unwrap().limits();
        let openings = |name: &str| (limits(name).openings.times, limits(name).openings.within.as_secs());
        assert_eq!(openings("okx_demo"), (3, 1));
        assert_eq!(openings("coinbase"), (8, 1));
        assert_eq!(openings("kraken_v2"), (150, 600));
        assert_eq!(openings("binance_usdm"), (300, 300));
        assert_eq!(openings("binance_coinm"), (300, 300));
        let silence =
            ["binance", "coinbase", "kraken", "okx", "oanda"].map(|name| limits(name).silence.unwrap().as_secs());
        assert_eq!(silence, [20, 5, 10, 40, 10]);
        assert_eq!(limits("truefx").silence, None, "datagrams may stay away for a weekend");
        assert_eq!(limits("coinbase_advanced").messages.unwrap().times, 8);
        let of_connection = limits("okx").messages_each.unwrap();
        assert_eq!((of_connection.times, of_connection.within.as_secs()), (480, 3_600));
        let books = ["binance", "binance_usdm", "binance_coinm"].map(|name| limits(name).books.unwrap());
        assert!(
            books
                .iter()
                .all(|books| (books.times, books.within.as_secs()) == (100, 60))
        );
    }
}
