//! A market that happens here: agents or a script send orders to the same engines as our clients, and what follows is
//! told in the venue's own messages.

pub mod agents;
#[cfg(test)]
mod live_tests;
mod publisher;
mod quotes;
pub mod script;
mod words;

use crate::instrument::{Instrument, SeenDecimals};
use crate::trading::desk::Desk;
use crate::venue::Venue;
use publisher::Publisher;

/// Places with which a symbol is written whose rules are not known.
pub const SEEN_DECIMALS: SeenDecimals = SeenDecimals {
    price_written: 2,
    price_needed: 2,
    quantity_written: 3,
    quantity_needed: 3,
};

/// A message and its time.
#[derive(Debug)]
pub struct Message {
    /// When it is received, ns since 1970.
    pub receive_ns: u64,
    /// The message.
    pub body: Vec<u8>,
}

/// Those who trade in the market, besides our clients.
///
/// They live in the market's time. `now_ns` is the exchange's own, at which our clients' orders are filled.
pub trait Actors: Send {
    /// When somebody acts next, ns since 1970; None if nobody does any more.
    fn next_ns(&mut self) -> Option<u64>;
    /// Makes the book that is there when the market begins.
    fn begin(&mut self, desk: &mut Desk, now_ns: u64);
    /// Lets the next thing be done; gives the number of the listing in which it was.
    fn act(&mut self, desk: &mut Desk, now_ns: u64) -> usize;
}

/// From the event at the venue to its arrival.
pub const TRANSIT_NS: u64 = 900_000;

/// Actors, and the publishers of what happens, one for each listing.
pub struct LiveMarket {
    actors: Box<dyn Actors>,
    publishers: Vec<Publisher>,
}

impl LiveMarket {
    /// A market of `instruments`, which are the desk's first listings, that begins at `start_ns`; `seed` chooses its
    /// update ids.
    pub fn new(
        venue: Venue,
        instruments: &[Instrument],
        seed: u64,
        start_ns: u64,
        actors: Box<dyn Actors>,
    ) -> LiveMarket {
        let publisher = |(number, instrument)| Publisher::new(venue, instrument, number, seed, start_ns);
        LiveMarket {
            actors,
            publishers: instruments.iter().enumerate().map(publisher).collect(),
        }
    }

    /// Makes the book that is there when the market begins.
    pub fn begin(&mut self, desk: &mut Desk, now_ns: u64) {
        self.actors.begin(desk, now_ns);
        self.publishers.iter_mut().for_each(|publisher| publisher.begin(desk));
    }

    /// When something happens next, as it is received. None when all that was to be done is done.
    pub fn next_ns(&mut self) -> Option<u64> {
        let acted = self.actors.next_ns()?;
        let told = self.publishers.iter().map(Publisher::next_ns).min();
        Some(told.map_or(acted, |told| told.min(acted)) + TRANSIT_NS)
    }

    /// Lets the next thing happen; what there is to tell goes to `out`.
    pub fn advance(&mut self, desk: &mut Desk, now_ns: u64, out: &mut Vec<Message>) {
        let acted = self.actors.next_ns().unwrap_or(u64::MAX);
        match self.publishers.iter_mut().min_by_key(|publisher| publisher.next_ns()) {
            Some(publisher) if publisher.next_ns() <= acted => publisher.tell_due(desk, out),
            _ => {
                let number = self.actors.act(desk, now_ns);
                if let Some(publisher) = self.publishers.get_mut(number) {
                    publisher.tell_news(desk, acted, out);
                }
            }
        }
    }

    /// Tells what our clients have done since; it is `market_ns` in the market.
    pub fn tell_clients_news(&mut self, desk: &mut Desk, market_ns: u64, out: &mut Vec<Message>) {
        for publisher in &mut self.publishers {
            publisher.tell_news(desk, market_ns, out);
        }
    }

    /// Tells changed levels too, when no more depth events come by themselves.
    pub fn tell_levels(&mut self, desk: &mut Desk, market_ns: u64, out: &mut Vec<Message>) {
        for (number, publisher) in self.publishers.iter_mut().enumerate() {
            publisher.tell_levels(desk, market_ns, out);
            // Nobody acts any more who would want to know.
            desk.listings.get_mut(number).take_market_news();
        }
    }
}
