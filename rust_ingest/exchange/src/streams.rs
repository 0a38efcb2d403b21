//! The streams that occur in a market, and how a garbled stream name is told from a new stream.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::book::message;
use crate::exchange::Exchange;
use crate::feed::stream::{self, Kind};
use crate::instrument::SeenDecimals;

/// Suspicious names that are remembered; a market of random bytes must not fill the memory.
const SUSPECTS_MAX: usize = 10_000;

/// A stream that has occurred.
#[derive(Debug)]
pub struct Stream {
    /// Its number, in order of occurrence.
    pub number: usize,
    /// Its name, freed of the speed.
    pub canonical: String,
    /// What it carries.
    pub kind: Kind,
    /// The number of its symbol's listing, unless its kind is `Other`.
    pub listing: usize,
}

/// All streams that have occurred, by the name that their messages give.
#[derive(Debug, Default)]
pub struct Streams {
    known: HashMap<Vec<u8>, Stream>,
    suspects: HashSet<Vec<u8>>,
}

/// What an event says of itself.
#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(rename = "e", borrow, default)]
    event: Option<&'a str>,
    #[serde(rename = "s", borrow, default)]
    symbol: Option<&'a str>,
}

impl Streams {
    /// The stream `name`, of which `body` is a message. None if the name looks garbled.
    ///
    /// A new name is believed if the event bears it out, or else when it occurs once more: a garbled line must reach
    /// the clients (who must notice it), not vanish as a message of a stream to which nobody is subscribed.
    pub fn find(&mut self, exchange: &Exchange, name: &[u8], body: &[u8]) -> Option<&Stream> {
        if !self.known.contains_key(name) {
            let canonical = stream::canonical(std::str::from_utf8(name).ok()?);
            let (symbol, kind) = stream::symbol_and_kind(&canonical);
            if !self.is_believable(name, &symbol, kind, body) {
                return None;
            }
            let listing = match kind {
                Kind::Other => 0,
                _ => exchange.desk.lock().list(&symbol, SeenDecimals::default()),
            };
            let stream = Stream {
                number: self.known.len(),
                canonical,
                kind,
                listing,
            };
            self.known.insert(name.to_vec(), stream);
        }
        self.known.get(name)
    }

    fn is_believable(&mut self, name: &[u8], symbol: &str, kind: Kind, body: &[u8]) -> bool {
        let identity = message::combined::<Identity<'_>>(body);
        let is_borne_out = identity.is_some_and(|identity| {
            let event_fits = match (kind, identity.event) {
                (Kind::Trade, event) => event == Some("trade"),
                (Kind::Depth, event) => event == Some("depthUpdate"),
                (Kind::BookTicker, event) => event.is_none_or(|event| event == "bookTicker"),
                (Kind::Other, Some(event)) => {
                    let rest = name.splitn(2, |byte| *byte == b'@').nth(1).unwrap_or_default();
                    rest.starts_with(event.as_bytes())
                }
                (Kind::Other, None) => false,
            };
            event_fits && identity.symbol == Some(symbol)
        });
        is_borne_out
            || self.suspects.contains(name)
            || (self.suspects.len() < SUSPECTS_MAX && !self.suspects.insert(name.to_vec()))
    }
}
