//! What a venue's folder has to say to be a venue: all that a client must know to speak to it, none of it I/O.
//!
//! [`crate::venue`] makes one enum of all of them; `docs/venues.md` walks through one.

use std::ops::Range;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fixed::Scale;
use crate::l2_book::KrakenDecimals;
use crate::limits::Limits;
use crate::symbols::Symbol;
use crate::terms::{Terms, TermsError};
use crate::update::Update;
use crate::venue_book::VenueBook;

/// Symbols of one connection, where the venue names no limit that binds earlier: their subscriptions are some kilobytes,
/// and a lost connection costs no more than these.
pub const SYMBOLS_PER_CONNECTION: usize = 100;

/// Stands in a path for the client's account, which the I/O side knows.
pub const ACCOUNT: &str = "{account}";

/// How a venue's messages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Texts of a WebSocket.
    WebSocket,
    /// Lines of an HTTP answer that does not end.
    HttpLines,
    /// Lines of datagrams, or of a file.
    Datagrams,
}

/// One of a venue's services. Where its services differ, this is what differs.
pub trait Dialect: Copy + Eq + std::fmt::Debug + 'static {
    type Connection: Connection;

    fn all() -> &'static [Self];

    /// What `--venue` calls it.
    fn name(self) -> &'static str {
        self.venue()
    }

    /// What records call it; where two services show one market, both have one name here.
    fn venue(self) -> &'static str;

    fn of_venue(venue: &str) -> Option<Self> {
        Self::all().iter().copied().find(|dialect| dialect.venue() == venue)
    }

    /// What it is and how its symbols are written, for people: a few words.
    fn about(self) -> &'static str;

    /// What tick files call it: a number for all services of a venue or one for each, given once and for good. From 16 on; those below are
    /// the form's own.
    fn tick_source(self) -> u8;

    fn transport(self) -> Transport {
        Transport::WebSocket
    }

    /// Endpoints of the streams, without a path: the first one, and those to fail over to.
    fn stream_urls(self) -> &'static [&'static str];

    /// The REST endpoint without a path; none where the venue has no REST.
    fn rest_url(self) -> Option<&'static str>;

    /// A header that each REST request bears.
    fn rest_header(self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// A client must name its account ([`ACCOUNT`]), and bear a token.
    fn wants_account(self) -> bool {
        false
    }

    /// What the venue lets a client do.
    fn limits(self) -> Limits;

    /// Listings of those of `symbols` that need not be asked for.
    ///
    /// # Errors
    /// A symbol is none of the venue's.
    fn known_listings(self, _symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
        Ok(Vec::new())
    }

    /// One name for a symbol that can be asked for by several, here or at another service of the same venue: who reads it under either is
    /// the writer of the same records.
    fn one_name(self, symbol: &str) -> String {
        symbol.to_owned()
    }

    /// Whether this service wrote a quote that stands in the log, by the times that it bears: where services of one name in records
    /// number them differently, none can go on behind another.
    fn wrote_quote(self, _times: QuoteTimes) -> bool {
        true
    }

    /// What to ask by REST to learn the terms of `symbols`.
    fn listing_requests(self, _symbols: &[&str]) -> Vec<ListingRequest> {
        Vec::new()
    }

    /// Reads an answer to one of these.
    ///
    /// # Errors
    /// It is not what the venue documents, or lacks a symbol.
    fn listings(self, _answer: &[u8], _symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
        Ok(Vec::new())
    }

    /// Path and query of a symbol's book by REST, where the stream does not bring one.
    fn snapshot_path(self, _symbol: &str) -> Option<String> {
        None
    }

    /// An empty book that is proven by this venue's rules.
    fn book(self, symbol: &Symbol) -> VenueBook;

    fn symbols_per_connection(self) -> usize {
        SYMBOLS_PER_CONNECTION
    }

    /// A connection that carries trades, quotes and books of `symbols`.
    fn connection(self, symbols: Vec<Symbol>) -> Self::Connection;

    /// Each trade, quote and book message bears a number that is the same on every connection: two of them can be
    /// merged into one.
    fn numbers_everything(self) -> bool {
        false
    }

    /// How a silent connection is asked whether it still is there.
    fn probe(self) -> Probe {
        Probe::WebSocket
    }
}

/// Which of the venue's times a quote bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteTimes {
    pub event: bool,
    pub publish: bool,
}

/// A request for terms, and the symbols that the answer tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingRequest {
    /// With its query.
    pub path: String,
    pub symbols: Vec<String>,
}

impl ListingRequest {
    pub fn of(path: impl Into<String>, symbols: &[&str]) -> Self {
        Self {
            path: path.into(),
            symbols: symbols.iter().map(|symbol| (*symbol).to_owned()).collect(),
        }
    }
}

/// An instrument as the venue lists it.
pub trait Listing {
    /// The venue's own name.
    fn symbol(&self) -> &str;

    /// The normalised instrument.
    ///
    /// # Errors
    /// It is of a kind that is not read.
    fn instrument(&self) -> Result<String, TermsError>;

    /// Exponents of price and quantity that hold all that the venue writes, where the log has none yet and nobody chose others.
    fn exponents(&self) -> (i8, i8) {
        (-9, -9)
    }

    /// As [`Symbol::decimals`].
    fn decimals(&self) -> Option<KrakenDecimals> {
        None
    }

    /// The terms in units of the scales, exactly.
    ///
    /// # Errors
    /// They are no whole counts of units, or of an instrument that records cannot tell of.
    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError>;
}

/// How a connection begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Path and query behind the endpoint.
    pub path: String,
    /// Text frames to send once the connection is open, in this order.
    pub messages: Vec<String>,
}

/// How a silent connection is asked whether it still is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// By a ping of the WebSocket's own; over another transport not at all.
    WebSocket,
    /// By this text after so long a silence.
    Text { after: Duration, text: String },
}

/// What one connection carries. It reads, and remembers what a frame says about those before it.
pub trait Connection: std::fmt::Debug {
    type Error: std::error::Error;
    /// What it remembers of the frames before: all that the updates of another frame depend on.
    type Memory: Serialize + DeserializeOwned;

    fn opening(&self) -> Opening;

    /// The streams flow: what came before says nothing about what comes next.
    fn opened(&mut self) {}

    /// Reads a frame, as a whole or not at all, and hands over all that it says, in order.
    ///
    /// # Errors
    /// The frame is not what the venue documents, or of something that was not asked for; nothing was handed over.
    fn read(&mut self, text: &str, take: impl FnMut(Update<'_>)) -> Result<(), Self::Error>;

    /// Reads a book that was asked for by [`Dialect::snapshot_path`]. Nothing is handed over where that is none.
    ///
    /// # Errors
    /// As [`Connection::read`].
    fn read_snapshot(&mut self, _symbol: usize, _text: &str, _take: impl FnMut(Update<'_>)) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Text frames that bring a symbol's book anew; empty where it is asked for by REST.
    fn fresh_book(&self, _symbol: usize) -> Vec<String> {
        Vec::new()
    }

    /// The name of the stream that a frame is of, if it was asked for.
    fn stream_of(&self, _text: &str) -> Option<String> {
        None
    }

    /// Symbols whose books an unreadable frame may have changed, where nothing that comes later would show it: neither a number nor a
    /// checksum.
    fn unproven_books(&self, _text: &str) -> Range<usize> {
        0..0
    }

    fn fault(error: &Self::Error) -> Fault;

    /// By this another connection with the same symbols goes on where this one is.
    fn memory(&self) -> Self::Memory;

    /// Goes on where another one was.
    ///
    /// # Errors
    /// That one had other symbols.
    fn remember(&mut self, memory: Self::Memory) -> Result<(), OtherConnection>;
}

/// A connection cannot go on where another one was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what a connection remembers is of another venue, or of other symbols")]
pub struct OtherConnection;

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not what the venue documents.
    Unreadable,
    /// It is of a stream that was not asked for.
    Foreign,
    /// It came before.
    Repeated,
}

pub(crate) fn boxed<L: Listing + 'static>(listings: Vec<L>) -> Vec<Box<dyn Listing>> {
    let boxed = |listing| Box::new(listing) as Box<dyn Listing>;
    listings.into_iter().map(boxed).collect()
}
