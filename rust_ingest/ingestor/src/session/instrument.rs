//! One instrument of a connection: its sequences, its book, its records.

use std::mem::take;

use contracts::{
    BookDelta, BookSnapshot, Gap, GapStream, Heartbeat, Instrument, InstrumentClass, Level, Quote, Record, Side, Trade,
};
use serde::{Deserialize, Serialize};
use venues::binance::dialect::Dialect;
use venues::binance::instruments::{Class, Terms};
use venues::binance::market::{self, BookTicker, Depth, Symbol};
use venues::binance::rest::Snapshot;
use venues::book_steps::{DepthStep, SnapshotStep};
use venues::l2_book::{Levels, Top};
use venues::sequence::{GaplessIds, Step};
use venues::synced_book::SyncedBook;

use super::Refusal;
use super::quiet::Quiet;
use crate::outbox::{Outbox, Place};

/// An instrument as the venue lists it, and where its records go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub terms: Terms,
    pub symbol: Symbol,
    pub partition: i32,
}

#[derive(Debug)]
pub struct InstrumentFeed {
    dialect: Dialect,
    listed: Listed,
    trade_ids: GaplessIds,
    book: SyncedBook,
    quiet: Quiet,
    /// Why something is missing between the log's end and the next connection, if it is.
    missed: Option<String>,
}

impl InstrumentFeed {
    /// An instrument that the log knows nothing of.
    pub fn new(dialect: Dialect, listed: Listed) -> Self {
        Self {
            dialect,
            listed,
            trade_ids: GaplessIds::default(),
            book: SyncedBook::new(dialect.depth_rule()),
            quiet: Quiet::default(),
            missed: None,
        }
    }

    /// Goes on behind what the log holds: the last trade id, if it is known.
    pub fn resume(mut self, last_trade_id: Option<i64>, reason: &str) -> Self {
        self.trade_ids = last_trade_id.map_or_else(GaplessIds::default, GaplessIds::after);
        self.missed = Some(reason.to_owned());
        self
    }

    pub fn symbol(&self) -> &Symbol {
        &self.listed.symbol
    }

    pub fn listed(&self) -> &Listed {
        &self.listed
    }

    pub fn is_synchronised(&self) -> bool {
        self.book.top().is_some()
    }

    pub fn newest_event_ns(&self) -> Option<i64> {
        self.quiet.newest_event_ns()
    }

    pub fn wants_snapshot(&self) -> bool {
        self.book.wants_snapshot()
    }

    fn place(&self) -> Place<'_> {
        Place {
            key: &self.listed.terms.instrument,
            partition: self.listed.partition,
        }
    }

    fn exponents(&self) -> (i32, i32) {
        let symbol = &self.listed.symbol;
        (
            i32::from(symbol.price.exponent()),
            i32::from(symbol.quantity.exponent()),
        )
    }

    pub fn write_terms(&self, receive_ns: i64, out: &mut Outbox) {
        let terms = &self.listed.terms;
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Instrument {
            venue: self.dialect.venue(),
            instrument: &terms.instrument,
            price_exponent,
            quantity_exponent,
            receive_ns,
            venue_symbol: &terms.symbol,
            base: &terms.base,
            quote: &terms.quote,
            instrument_class: match terms.class {
                Class::Spot => InstrumentClass::Spot,
                Class::Perpetual => InstrumentClass::Perpetual,
                Class::Dated => InstrumentClass::Future,
            },
            tick_size: terms.tick_size,
            lot_size: terms.lot_size,
            min_quantity: terms.min_quantity,
            max_quantity: terms.max_quantity,
            min_notional: terms.min_notional,
        };
        out.tick(self.place(), &Record::Instrument(record));
    }

    pub fn on_connect(&mut self, receive_ns: i64, out: &mut Outbox) {
        self.quiet.connected(receive_ns);
        if let Some(reason) = self.missed.take() {
            self.write_gap(GapStream::Connection, None, &reason, receive_ns, out);
        }
    }

    pub fn on_disconnect(&mut self, reason: &str) {
        self.quiet.disconnected();
        self.book.disconnect();
        self.missed = Some(reason.to_owned());
    }

    #[inline]
    pub fn on_trade(&mut self, trade: &market::Trade<'_>, receive_ns: i64, out: &mut Outbox) -> Result<(), Refusal> {
        match self.trade_ids.step(trade.trade_id) {
            Step::Next => {}
            Step::Gap { expected } => {
                let ids = Some((expected, trade.trade_id));
                self.write_gap(GapStream::Trade, ids, "trade ids jump", receive_ns, out);
            }
            Step::Old { last } => {
                return Err(Refusal::OldTrade {
                    trade_id: trade.trade_id,
                    last,
                });
            }
        }
        self.quiet.traded(receive_ns);
        self.quiet.saw(trade.event_ns.max(trade.publish_ns), receive_ns);
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Trade {
            venue: self.dialect.venue(),
            instrument: &self.listed.terms.instrument,
            price_exponent,
            quantity_exponent,
            event_ns: trade.event_ns,
            publish_ns: trade.publish_ns,
            receive_ns,
            trade_id: trade.trade_id,
            price: trade.price,
            quantity: trade.quantity,
            // The buyer made, so the taker sold.
            aggressor: if trade.buyer_is_maker { Side::Sell } else { Side::Buy },
            trade_type: &trade.trade_type,
        };
        out.tick(self.place(), &Record::Trade(record));
        Ok(())
    }

    #[inline]
    pub fn on_quote(&mut self, quote: &BookTicker, receive_ns: i64, out: &mut Outbox) {
        if let Some(newest_ns) = quote.event_ns.max(quote.publish_ns) {
            self.quiet.saw(newest_ns, receive_ns);
        }
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Quote {
            venue: self.dialect.venue(),
            instrument: &self.listed.terms.instrument,
            price_exponent,
            quantity_exponent,
            event_ns: quote.event_ns,
            publish_ns: quote.publish_ns,
            receive_ns,
            update_id: quote.update_id,
            bid_price: quote.bid.price,
            bid_quantity: quote.bid.quantity,
            ask_price: quote.ask.price,
            ask_quantity: quote.ask.quantity,
        };
        out.tick(self.place(), &Record::Quote(record));
    }

    /// `changes` are lent: they are the same afterwards.
    #[inline]
    pub fn on_depth(
        &mut self,
        depth: &Depth,
        changes: &mut Levels,
        receive_ns: i64,
        out: &mut Outbox,
    ) -> Result<(), Refusal> {
        let ids = depth.ids;
        let (first, last) = (ids.first, ids.last);
        let top = match self.book.on_depth(ids, changes) {
            DepthStep::Taken(top) => top,
            DepthStep::Gap { expected } => {
                self.write_gap(
                    GapStream::Book,
                    Some((expected, first)),
                    "depth ids jump",
                    receive_ns,
                    out,
                );
                None
            }
            DepthStep::Repeated => return Err(Refusal::RepeatedDepth { first, last }),
            DepthStep::OutOfOrder { last: reached } => return Err(Refusal::LateDepth { first, last, reached }),
        };
        self.quiet.saw(
            depth.event_ns.map_or(depth.publish_ns, |ns| ns.max(depth.publish_ns)),
            receive_ns,
        );
        let Top { bid, ask } = top.unwrap_or_default();
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Record::BookDelta(BookDelta {
            venue: self.dialect.venue(),
            instrument: &self.listed.terms.instrument,
            price_exponent,
            quantity_exponent,
            event_ns: depth.event_ns,
            publish_ns: Some(depth.publish_ns),
            receive_ns,
            first_update_id: first,
            final_update_id: last,
            previous_update_id: ids.previous_final,
            bids: take(&mut changes.bids),
            asks: take(&mut changes.asks),
            bid_price: price(bid),
            bid_quantity: quantity(bid),
            ask_price: price(ask),
            ask_quantity: quantity(ask),
        });
        out.tick(self.place(), &record);
        if let Record::BookDelta(BookDelta { bids, asks, .. }) = record {
            *changes = Levels { bids, asks };
        }
        Ok(())
    }

    /// `levels` are lent: they are the same afterwards.
    pub fn on_snapshot(
        &mut self,
        snapshot: &Snapshot,
        levels: &mut Levels,
        receive_ns: i64,
        out: &mut Outbox,
    ) -> SnapshotStep {
        let step = self.book.on_snapshot(snapshot.last_update_id, levels);
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Record::BookSnapshot(BookSnapshot {
            venue: self.dialect.venue(),
            instrument: &self.listed.terms.instrument,
            price_exponent,
            quantity_exponent,
            event_ns: snapshot.event_ns,
            publish_ns: snapshot.publish_ns,
            receive_ns,
            final_update_id: snapshot.last_update_id,
            bids: take(&mut levels.bids),
            asks: take(&mut levels.asks),
        });
        out.tick(self.place(), &record);
        if let Record::BookSnapshot(BookSnapshot { bids, asks, .. }) = record {
            *levels = Levels { bids, asks };
        }
        step
    }

    pub fn is_due(&self, now_ns: i64) -> bool {
        self.quiet.is_due(now_ns)
    }

    pub fn on_time(&mut self, now_ns: i64, out: &mut Outbox) {
        if let Some(event_ns) = self.quiet.beat(now_ns) {
            let record = Heartbeat {
                venue: self.dialect.venue(),
                instrument: &self.listed.terms.instrument,
                event_ns,
                receive_ns: now_ns,
            };
            out.tick(self.place(), &Record::Heartbeat(record));
        }
    }

    /// `ids` are the first one missing and the one that came instead.
    #[cold]
    fn write_gap(&self, stream: GapStream, ids: Option<(i64, i64)>, reason: &str, receive_ns: i64, out: &mut Outbox) {
        let record = Gap {
            venue: self.dialect.venue(),
            instrument: &self.listed.terms.instrument,
            receive_ns,
            stream,
            expected_id: ids.map(|(expected, _)| expected),
            received_id: ids.map(|(_, received)| received),
            reason,
        };
        out.tick(self.place(), &Record::Gap(record));
    }
}

fn price(level: Option<Level>) -> Option<i64> {
    level.map(|level| level.price)
}

fn quantity(level: Option<Level>) -> Option<i64> {
    level.map(|level| level.quantity)
}
