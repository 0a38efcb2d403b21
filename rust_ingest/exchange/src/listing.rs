//! A symbol as it is being shown: its rules, its book, and what else a client may ask about it.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use kernels::matching::{self, Event, EventKind};

use crate::book::message::Snapshot;
use crate::book::{Book, RecordedSnapshot};
use crate::fixed::Fixed;
use crate::instrument::{Instrument, SeenDecimals};
use crate::trading::engine_words::MARKET_IDS;
use crate::trading::floor::{Floor, Liquidity};
use crate::trading::order::Side;
use crate::trading::tape::Tape;
use crate::venue::Venue;

/// An order of the market's own rests, or is gone.
#[derive(Clone, Copy, Debug)]
pub struct MarketNews {
    /// The order.
    pub id: u64,
    /// Where it rests; None if it is gone.
    pub rests_at: Option<(Side, Fixed)>,
}

/// One symbol.
#[derive(Debug)]
pub struct Listing {
    /// Its rules.
    pub instrument: Instrument,
    /// Where it is traded.
    pub floor: Floor,
    /// What its engine has to tell the public, in a live market.
    pub tape: Tape,
    /// What has become of orders of the market's own, in a live market.
    market_news: Vec<MarketNews>,
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
            market_news: Vec::new(),
            open_orders: HashSet::new(),
            recorded: None,
            given_snapshot: None,
        }
    }

    /// Takes notice of an event of its engine for the public, and for those who made the market.
    pub fn publish(&mut self, event: &Event) {
        self.tape.note(event);
        let gone = [
            (event.order_id, event.kind == EventKind::Cancelled as u8),
            (
                event.other,
                event.kind == EventKind::Traded as u8 && event.other_left == 0,
            ),
        ];
        for (id, _) in gone.into_iter().filter(|(id, is_gone)| *is_gone && *id >= MARKET_IDS) {
            self.market_news.push(MarketNews { id, rests_at: None });
        }
        if event.kind == EventKind::Rested as u8 && event.order_id >= MARKET_IDS {
            let side = if event.side == matching::Side::Buy as u8 {
                Side::Buy
            } else {
                Side::Sell
            };
            self.market_news.push(MarketNews {
                id: event.order_id,
                rests_at: Some((side, Fixed(event.price))),
            });
        }
    }

    /// What has become of orders of the market's own since the last call.
    pub fn take_market_news(&mut self) -> Vec<MarketNews> {
        std::mem::take(&mut self.market_news)
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
