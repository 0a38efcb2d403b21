//! A symbol as it is being shown: its rules, its book, and what else a client may ask about it.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;

use crate::book::message::Snapshot;
use crate::book::{Book, RecordedSnapshot};
use crate::instrument::{Instrument, SeenDecimals};
use crate::trading::floor::{Floor, Liquidity};
use crate::trading::tape::Tape;
use crate::venue::Venue;

/// One symbol.
#[derive(Debug)]
pub struct Listing {
    /// Its rules.
    pub instrument: Instrument,
    /// Where it is traded.
    pub floor: Floor,
    /// What its engine has to tell the public, in a live market.
    pub tape: Tape,
    /// Ids of our clients' open orders.
    pub open_orders: HashSet<u64>,
    /// The recorder's snapshot, until it has been fetched.
    pub recorded: Option<RecordedSnapshot>,
    /// The newest snapshot that was given to a client.
    pub given_snapshot: Option<Bytes>,
}

impl Listing {
    fn new(instrument: Instrument, liquidity: Liquidity) -> Listing {
        Listing {
            floor: Floor::new(&instrument, liquidity).expect("an instrument's tick is positive"),
            instrument,
            tape: Tape::default(),
            open_orders: HashSet::new(),
            recorded: None,
            given_snapshot: None,
        }
    }

    /// Its book at the playback's position.
    pub fn book(&self) -> &Book {
        self.floor.book()
    }
}

/// All symbols, numbered in the order in which they became known.
#[derive(Debug)]
pub struct Listings {
    venue: Venue,
    liquidity: Liquidity,
    listings: Vec<Listing>,
    numbers: BTreeMap<String, usize>,
}

impl Listings {
    /// No symbols yet.
    pub fn new(venue: Venue, liquidity: Liquidity) -> Listings {
        Listings {
            venue,
            liquidity,
            listings: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// The number of `symbol`, which is listed now if it was not.
    pub fn list(&mut self, symbol: &str, seen: SeenDecimals) -> usize {
        if let Some(number) = self.numbers.get(symbol) {
            return *number;
        }
        let number = self.listings.len();
        self.listings
            .push(Listing::new(Instrument::new(self.venue, symbol, seen), self.liquidity));
        self.numbers.insert(symbol.to_owned(), number);
        number
    }

    /// The listing of `symbol`.
    pub fn find(&self, symbol: &str) -> Option<&Listing> {
        self.numbers.get(symbol).map(|number| &self.listings[*number])
    }

    /// The number of `symbol`.
    pub fn number(&self, symbol: &str) -> Option<usize> {
        self.numbers.get(symbol).copied()
    }

    /// The listing with a number that [`Listings::list`] gave.
    pub fn get(&self, number: usize) -> &Listing {
        &self.listings[number]
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, number: usize) -> &mut Listing {
        &mut self.listings[number]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.listings.len()
    }

    /// Whom our clients trade with besides each other.
    pub fn liquidity(&self) -> Liquidity {
        self.liquidity
    }

    /// All, in order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Listing> {
        self.listings.iter()
    }

    /// The symbols whose recorded snapshot nobody has fetched yet, and the lines in which those stand.
    pub fn unfetched(&self) -> Vec<(String, u64)> {
        let unfetched = |listing: &Listing| {
            let line = listing.recorded.as_ref()?.line;
            Some((listing.instrument.symbol.clone(), line))
        };
        self.iter().filter_map(unfetched).collect()
    }

    /// Starts a book from an inline snapshot, which stands in line `line`.
    ///
    /// A spot snapshot does not say whose it is: it belongs to the book whose update ids are nearest. False if it is
    /// no snapshot, or nobody's.
    pub fn show_snapshot(&mut self, body: &[u8], line: u64) -> bool {
        let Ok(snapshot) = serde_json::from_slice::<Snapshot>(body) else {
            return false;
        };
        let distance = |listing: &&mut Listing| listing.book().last_update_id().abs_diff(snapshot.last_update_id);
        let Some(listing) = self.listings.iter_mut().min_by_key(distance) else {
            return false;
        };
        if !listing.book().has_snapshot() {
            let levels = snapshot.bids.len().max(snapshot.asks.len());
            listing.recorded = Some(RecordedSnapshot {
                body: Bytes::copy_from_slice(body),
                line,
                levels,
            });
        }
        listing.floor.show_snapshot(&snapshot);
        true
    }
}
