//! A look ahead into a recording: whose it is, which symbols it has, and, counted in the background, how long it is.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::MarketError;
use super::recording::Recording;
use crate::book::message;
use crate::feed::stream::{self, Class, Kind};
use crate::fixed::Fixed;
use crate::instrument::SeenDecimals;
use crate::venue::Venue;

/// Lines that are looked at before the exchange opens.
const HEAD_LINES: usize = 5_000;

/// What the beginning of a capture tells.
#[derive(Debug, Default)]
pub struct Head {
    /// The venue, if an event of it gives that away.
    pub venue: Option<Venue>,
    /// The symbols that occur.
    pub symbols: BTreeMap<String, SeenDecimals>,
}

/// What only a walk through the whole capture tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Lines in all files.
    pub lines: u64,
    /// Inline REST snapshots among them.
    pub snapshots: u64,
}

/// The extent of a capture once it is known.
pub type KnownExtent = OnceLock<Extent>;

/// Price and quantity strings wherever an event has them.
#[derive(Deserialize)]
struct Strings<'a> {
    #[serde(rename = "e", borrow, default)]
    event: Option<&'a str>,
    #[serde(rename = "s", borrow, default)]
    symbol: Option<&'a str>,
    #[serde(rename = "pu", default)]
    previous: Option<u64>,
    #[serde(rename = "b", borrow, default)]
    bids: Option<LevelsOrPrice<'a>>,
    #[serde(rename = "a", borrow, default)]
    asks: Option<LevelsOrPrice<'a>>,
    #[serde(rename = "p", borrow, default)]
    price: Option<&'a str>,
    #[serde(rename = "q", borrow, default)]
    quantity: Option<&'a str>,
}

/// A ticker has a price where a depth event has levels.
#[derive(Deserialize)]
#[serde(untagged)]
enum LevelsOrPrice<'a> {
    Levels(#[serde(borrow)] Vec<(&'a str, &'a str)>),
    Price(IgnoredAny),
}

/// Reads the beginning of a capture.
///
/// # Errors
/// A file cannot be opened: better said now than in the middle of a run. One that breaks off is read as far as it goes.
pub fn head(recording: &Recording) -> Result<Head, MarketError> {
    let mut head = Head::default();
    let mut market = recording.open()?;
    let mut lines = 0;
    while lines < HEAD_LINES {
        match market.next_line() {
            Ok(Some(line)) => head.look_at(line.body),
            Ok(None) => break,
            Err(MarketError::BreaksOff { .. } | MarketError::TornEnd(_)) => continue,
            Err(error) => return Err(error),
        }
        lines += 1;
    }
    head.venue = recording.venue()?.or(head.venue);
    Ok(head)
}

impl Head {
    fn look_at(&mut self, body: &[u8]) {
        let Class::Stream { name } = stream::classify(body) else {
            return;
        };
        let Ok(name) = std::str::from_utf8(name) else { return };
        let (symbol, kind) = stream::symbol_and_kind(&stream::canonical(name));
        if kind == Kind::Other {
            return;
        }
        let Some(event) = message::combined::<Strings<'_>>(body) else {
            return;
        };
        // A name that its event does not bear out is garbled.
        if event.symbol != Some(symbol.as_str()) {
            return;
        }
        match (kind, event.event) {
            (Kind::Depth, _) => {
                let venue = if event.previous.is_some() {
                    Venue::UsdM
                } else {
                    Venue::Spot
                };
                self.venue = Some(venue);
            }
            // Only futures name the event in a bookTicker.
            (Kind::BookTicker, Some(_)) => {
                self.venue.get_or_insert(Venue::UsdM);
            }
            (Kind::BookTicker, None) => {
                self.venue.get_or_insert(Venue::Spot);
            }
            _ => {}
        }
        let seen = self.symbols.entry(symbol).or_default();
        for levels in [event.bids, event.asks].into_iter().flatten() {
            if let LevelsOrPrice::Levels(levels) = levels {
                levels.iter().for_each(|(price, quantity)| seen.add(price, quantity));
            }
        }
        if let (Some(price), Some(quantity)) = (event.price, event.quantity) {
            seen.add(price, quantity);
        }
    }
}

impl SeenDecimals {
    fn add(&mut self, price: &str, quantity: &str) {
        let (written, needed) = decimals(price);
        self.price_written = self.price_written.max(written);
        self.price_needed = self.price_needed.max(needed);
        let (written, needed) = decimals(quantity);
        self.quantity_written = self.quantity_written.max(written);
        self.quantity_needed = self.quantity_needed.max(needed);
    }
}

fn decimals(text: &str) -> (u32, u32) {
    let written = text.split_once('.').map_or(0, |(_, places)| places.len() as u32);
    (written, Fixed::parse(text.as_bytes()).map_or(0, Fixed::decimals_needed))
}

/// Walks through a whole recording. Files that cannot be read end early; the playback tells why.
pub fn extent(recording: &Recording) -> Extent {
    let mut extent = Extent { lines: 0, snapshots: 0 };
    let Ok(mut market) = recording.open() else {
        return extent;
    };
    loop {
        match market.next_line() {
            Ok(Some(line)) => {
                extent.lines += 1;
                extent.snapshots += u64::from(stream::classify(line.body) == Class::Snapshot);
            }
            Ok(None) => return extent,
            Err(_) => {}
        }
    }
}
