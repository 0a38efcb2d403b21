//! Tells what has happened in one listing: trades and tops at once, changed levels now and then, a snapshot once.

use super::words::{Top, TradeWords, Words};
use super::{Message, TRANSIT_NS};
use crate::instrument::Instrument;
use crate::market::chance::Chance;
use crate::trading::desk::Desk;
use crate::trading::order::Side;
use crate::trading::tape::Tape;
use crate::venue::Venue;

/// Depth events come so often, as on `depth@100ms`.
const DEPTH_EVERY_NS: u64 = 100_000_000;
/// The recorder's snapshot comes this long after the start: its client has heard a few depth events by then.
const SNAPSHOT_AFTER_NS: u64 = 250_000_000;
/// Update ids of different symbols are far apart, as at the venue.
const UPDATE_ID_SPACE: u64 = 10_000_000_000;

/// The publisher of one listing.
#[derive(Debug)]
pub struct Publisher {
    words: Words,
    number: usize,
    id_base: u64,
    depth_update_id: u64,
    trade_id: u64,
    told_top: Option<Top>,
    depth_ns: u64,
    snapshot_ns: Option<u64>,
}

impl Publisher {
    /// A publisher of the listing `number`, whose update ids `seed` chooses, from `start_ns` on.
    pub fn new(venue: Venue, instrument: &Instrument, number: usize, seed: u64, start_ns: u64) -> Publisher {
        let index = number as u64;
        let mut chance = Chance::new(seed, &format!("update ids of {}", instrument.symbol));
        let id_base = (index + 1) * UPDATE_ID_SPACE + chance.below(UPDATE_ID_SPACE / 100);
        Publisher {
            words: Words::new(venue, instrument),
            number,
            id_base,
            depth_update_id: id_base,
            trade_id: (index + 1) * 1_000_000_000,
            told_top: None,
            depth_ns: start_ns + DEPTH_EVERY_NS * (index % 10 + 1) / 10,
            snapshot_ns: Some(start_ns + SNAPSHOT_AFTER_NS + index * 3_000_000),
        }
    }

    /// Takes the book as it is: nothing of it is news.
    pub fn begin(&mut self, desk: &Desk) {
        self.depth_update_id = self.id_base + desk.listings.get(self.number).tape.changes();
    }

    /// When it tells levels next, ns since 1970.
    pub fn next_ns(&self) -> u64 {
        self.depth_ns.min(self.snapshot_ns.unwrap_or(u64::MAX))
    }

    /// Tells what is due: the snapshot, or the levels that have changed.
    pub fn tell_due(&mut self, desk: &mut Desk, out: &mut Vec<Message>) {
        let now_ns = self.next_ns();
        if self.snapshot_ns == Some(now_ns) {
            self.snapshot_ns = None;
            let tape = &desk.listings.get(self.number).tape;
            let (bids, asks): (Vec<_>, Vec<_>) = (tape.levels(Side::Buy).collect(), tape.levels(Side::Sell).collect());
            let update_id = self.id_base + tape.changes();
            say(
                out,
                now_ns,
                self.words.snapshot(now_ns / 1_000_000, update_id, &bids, &asks),
            );
        } else {
            self.depth_ns += DEPTH_EVERY_NS;
            self.tell_levels(desk, now_ns, out);
        }
    }

    /// Tells the levels that have changed.
    pub fn tell_levels(&mut self, desk: &mut Desk, now_ns: u64, out: &mut Vec<Message>) {
        let tape = &mut desk.listings.get_mut(self.number).tape;
        let (bids, asks) = (tape.take_changed(Side::Buy), tape.take_changed(Side::Sell));
        if bids.is_empty() && asks.is_empty() {
            return;
        }
        let update_id = self.id_base + tape.changes();
        let previous = std::mem::replace(&mut self.depth_update_id, update_id);
        let ids = (previous + 1, update_id, previous);
        say(out, now_ns, self.words.depth(now_ns / 1_000_000, ids, &bids, &asks));
    }

    /// Tells trades, and the top if it has changed.
    pub fn tell_news(&mut self, desk: &mut Desk, now_ns: u64, out: &mut Vec<Message>) {
        let tape = &mut desk.listings.get_mut(self.number).tape;
        let ms = now_ns / 1_000_000;
        for trade in tape.take_trades() {
            self.trade_id += 1;
            let id = self.trade_id;
            say(out, now_ns, self.words.trade(ms, TradeWords { id, trade }));
        }
        if let Some(top) = top(tape).filter(|top| self.told_top != Some(*top)) {
            self.told_top = Some(top);
            say(out, now_ns, self.words.ticker(ms, self.id_base + tape.changes(), top));
        }
    }
}

fn top(tape: &Tape) -> Option<Top> {
    Some((tape.best(Side::Buy)?, tape.best(Side::Sell)?))
}

fn say(out: &mut Vec<Message>, now_ns: u64, body: Vec<u8>) {
    let receive_ns = now_ns + TRANSIT_NS;
    out.push(Message { receive_ns, body });
}
