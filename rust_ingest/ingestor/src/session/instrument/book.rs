//! The instrument's book: each message becomes its record, in step or not; what breaks the book becomes a gap.

use std::mem::take;

use contracts::tick_flags::of_prices;
use contracts::{BookDelta, BookSnapshot, GapStream, Level, Record};
use venues::book_steps::SnapshotStep;
use venues::l2_book::{Levels, Top};
use venues::update::{Book, BookIds};
use venues::venue_book::BookStep;

use super::InstrumentFeed;
use crate::outbox::Outbox;
use crate::session::Refusal;

/// What became of a message of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookTaken {
    /// The stream is to be asked for the book anew.
    pub wants_fresh_book: bool,
    /// Of a snapshot by REST.
    pub snapshot: SnapshotStep,
}

/// How a record of the book is numbered.
struct RecordIds {
    first: i64,
    last: i64,
    previous: Option<i64>,
}

impl InstrumentFeed {
    /// The book needs a snapshot by REST.
    pub fn wants_snapshot(&self) -> bool {
        self.memory.book.wants_snapshot()
    }

    /// Takes changes, or a whole book. The levels are lent: they are the same afterwards.
    #[inline]
    pub fn on_book(&mut self, book: &mut Book<'_>, receive_ns: i64, out: &mut Outbox) -> Result<BookTaken, Refusal> {
        let mut taken = BookTaken {
            wants_fresh_book: false,
            snapshot: SnapshotStep::NotNeeded,
        };
        let mut top = None;
        match self.memory.book.take(book) {
            BookStep::Taken(after) => top = after,
            BookStep::Snapshot(step) => taken.snapshot = step,
            BookStep::Gap { expected, received } => {
                let ids = Some((expected, received));
                self.write_gap(GapStream::Book, ids, "depth ids jump", receive_ns, out);
                taken.wants_fresh_book = self.memory.fresh_book.found_wrong(receive_ns);
            }
            BookStep::Wrong(wrong) => {
                self.write_gap(GapStream::Book, None, &wrong.to_string(), receive_ns, out);
                taken.wants_fresh_book = self.memory.fresh_book.found_wrong(receive_ns);
            }
            BookStep::NoSnapshot => taken.wants_fresh_book = self.memory.fresh_book.still_missing(receive_ns),
            BookStep::Repeated => {
                let RecordIds { first, last, .. } = self.ids(book, receive_ns);
                return Err(Refusal::RepeatedDepth { first, last });
            }
            BookStep::OutOfOrder { last: reached } => {
                let RecordIds { first, last, .. } = self.ids(book, receive_ns);
                return Err(Refusal::LateDepth { first, last, reached });
            }
        }
        if let Some(newest_ns) = book.event_ns.max(book.publish_ns)
            && !matches!(book.ids, BookIds::Rest(_))
        {
            self.memory.quiet.saw(newest_ns, receive_ns);
        }
        match book.is_snapshot {
            true => self.write_snapshot(book, receive_ns, out),
            false => self.write_delta(book, top, receive_ns, out),
        }
        Ok(taken)
    }

    /// What may have changed the book is missing: frames of the connection by their numbers `ids`, nobody knows of which streams, or one that
    /// cannot be read. Trades have numbers of their own, the book has not. True if it is to be asked for anew.
    pub fn on_missing(&mut self, ids: Option<(i64, i64)>, reason: &str, receive_ns: i64, out: &mut Outbox) -> bool {
        self.memory.book.disconnect();
        self.write_gap(GapStream::Book, ids, reason, receive_ns, out);
        self.memory.fresh_book.found_wrong(receive_ns)
    }

    /// The venue's numbers, or counted ones.
    #[inline]
    fn ids(&mut self, book: &Book<'_>, receive_ns: i64) -> RecordIds {
        let (first, last, previous) = match book.ids {
            BookIds::Depth(ids) => (ids.first, ids.last, ids.previous_final),
            BookIds::Rest(last) => (last, last, None),
            BookIds::Stream(ids) => (ids.last, ids.last, Some(ids.previous)),
            BookIds::None => {
                let next = self.memory.counted_books.next(receive_ns);
                (next, next, None)
            }
        };
        RecordIds { first, last, previous }
    }

    #[inline]
    fn write_delta(&mut self, book: &mut Book<'_>, top: Option<Top>, receive_ns: i64, out: &mut Outbox) {
        let RecordIds { first, last, previous } = self.ids(book, receive_ns);
        let Top { bid, ask } = top.unwrap_or_default();
        let flags = of_prices(price(bid), price(ask)) | self.memory.newest_book.flag(book.event_ns, book.publish_ns);
        let (price_exponent, quantity_exponent) = self.exponents();
        let delta = |Levels { bids, asks }| {
            Record::from(BookDelta {
                venue: self.venue.venue(),
                instrument: &self.listed.terms.instrument,
                price_exponent,
                quantity_exponent,
                event_ns: book.event_ns,
                publish_ns: book.publish_ns,
                receive_ns,
                first_update_id: first,
                final_update_id: last,
                previous_update_id: previous,
                bids,
                asks,
                bid_price: price(bid),
                bid_quantity: quantity(bid),
                ask_price: price(ask),
                ask_quantity: quantity(ask),
                flags,
            })
        };
        self.write_levels(book.levels, delta, out);
    }

    fn write_snapshot(&mut self, book: &mut Book<'_>, receive_ns: i64, out: &mut Outbox) {
        let RecordIds { last, .. } = self.ids(book, receive_ns);
        let best_bid = book.levels.bids.iter().map(|level| level.price).max();
        let best_ask = book.levels.asks.iter().map(|level| level.price).min();
        let prices = of_prices(best_bid, best_ask);
        let flags = match book.ids {
            // It is asked for, and is of the time before the events that wait for it.
            BookIds::Rest(_) => prices,
            _ => prices | self.memory.newest_book.flag(book.event_ns, book.publish_ns),
        };
        let (price_exponent, quantity_exponent) = self.exponents();
        let depth_max = self.memory.book.depth_max();
        let snapshot = |Levels { bids, asks }| {
            Record::from(BookSnapshot {
                venue: self.venue.venue(),
                instrument: &self.listed.terms.instrument,
                price_exponent,
                quantity_exponent,
                event_ns: book.event_ns,
                publish_ns: book.publish_ns,
                receive_ns,
                final_update_id: last,
                bids,
                asks,
                flags,
                depth_max,
            })
        };
        self.write_levels(book.levels, snapshot, out);
    }

    /// Writes a record of the book, which has the levels meanwhile.
    #[inline]
    fn write_levels<'a>(&'a self, levels: &mut Levels, record: impl FnOnce(Levels) -> Record<'a>, out: &mut Outbox) {
        let record = record(take(levels));
        out.tick(self.place(), &record);
        if let Record::BookDelta(BookDelta { bids, asks, .. }) | Record::BookSnapshot(BookSnapshot { bids, asks, .. }) =
            record
        {
            *levels = Levels { bids, asks };
        }
    }
}

fn price(level: Option<Level>) -> Option<i64> {
    level.map(|level| level.price)
}

fn quantity(level: Option<Level>) -> Option<i64> {
    level.map(|level| level.quantity)
}
