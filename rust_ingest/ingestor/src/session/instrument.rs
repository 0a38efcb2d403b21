//! One instrument of a connection: its sequences, its book, its records.

mod book;
mod memory;
mod terms;

use contracts::tick_flags::{OUT_OF_ORDER, of_prices};
use contracts::{Gap, GapStream, Heartbeat, Level, Quote, Record, Trade};
use serde::{Deserialize, Serialize};
use venues::symbols::Symbol;
use venues::terms::Terms;
use venues::update::{self, Beat};
use venues::venue::Venue;

pub use memory::InstrumentMemory;

use super::numbers::LastIds;
use super::refusal::Refusal;
use super::trade_ids::TradeStep;
use crate::outbox::{Outbox, Place};

/// How a record has a side without orders; the kernels take it for empty.
const NO_ORDERS: Level = Level { price: 0, quantity: 0 };

/// An instrument as the venue lists it, and where its records go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub terms: Terms,
    pub symbol: Symbol,
    pub partition: i32,
}

#[derive(Debug)]
pub struct InstrumentFeed {
    venue: Venue,
    listed: Listed,
    memory: InstrumentMemory,
}

impl InstrumentFeed {
    /// An instrument that the log knows nothing of.
    pub fn new(venue: Venue, listed: Listed) -> Self {
        Self {
            venue,
            memory: InstrumentMemory::new(venue.book(&listed.symbol)),
            listed,
        }
    }

    /// Goes on behind what the log holds, as far as it is known.
    pub fn resume(mut self, last: LastIds, reason: &str) -> Self {
        self.memory.resume(last, reason);
        self
    }

    pub fn memory(&self) -> &InstrumentMemory {
        &self.memory
    }

    /// Goes on where another feed of this instrument was.
    pub fn remember(&mut self, memory: InstrumentMemory) {
        self.memory = memory;
    }

    pub fn symbol(&self) -> &Symbol {
        &self.listed.symbol
    }

    pub fn listed(&self) -> &Listed {
        &self.listed
    }

    pub fn is_synchronised(&self) -> bool {
        self.memory.book.is_synchronised()
    }

    pub fn newest_event_ns(&self) -> Option<i64> {
        self.memory.quiet.newest_event_ns()
    }

    pub fn on_connect(&mut self, receive_ns: i64, out: &mut Outbox) {
        self.memory.quiet.connected(receive_ns);
        self.memory.fresh_book.opened(receive_ns);
        if let Some(reason) = self.memory.missed.take() {
            self.write_gap(GapStream::Connection, None, &reason, receive_ns, out);
        }
    }

    pub fn on_disconnect(&mut self, reason: &str) {
        self.memory.quiet.disconnected();
        self.memory.book.disconnect();
        self.memory.fresh_book.closed();
        self.memory.trade_ids.forget_told();
        self.memory.missed = Some(reason.to_owned());
    }

    #[inline]
    pub fn on_trade(&mut self, trade: &update::Trade<'_>, receive_ns: i64, out: &mut Outbox) -> Result<(), Refusal> {
        let Some((trade_id, late)) = self.trade_id(trade, receive_ns, out)? else {
            return Ok(());
        };
        let publish_ns = trade.publish_ns.unwrap_or(trade.event_ns);
        let flags = late | self.memory.newest_trade.flag(Some(trade.event_ns), None);
        self.memory.quiet.traded(receive_ns);
        self.memory.quiet.saw(trade.event_ns.max(publish_ns), receive_ns);
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Trade {
            venue: self.venue.venue(),
            instrument: &self.listed.terms.instrument,
            price_exponent,
            quantity_exponent,
            event_ns: trade.event_ns,
            publish_ns,
            receive_ns,
            trade_id,
            price: trade.price,
            quantity: trade.quantity,
            aggressor: trade.aggressor,
            trade_type: trade.kind,
            flags,
        };
        out.tick(self.place(), &Record::Trade(record));
        Ok(())
    }

    /// The trade's number, of the venue's or counted, and the flag that it bears if it comes late; none if the log has the trade already,
    /// which one from before the subscription may be.
    #[inline]
    fn trade_id(
        &mut self,
        trade: &update::Trade<'_>,
        receive_ns: i64,
        out: &mut Outbox,
    ) -> Result<Option<(i64, i32)>, Refusal> {
        let Some((first, trade_id)) = numbers_of(trade) else {
            return Ok(Some((self.memory.counted_trades.next(receive_ns), 0)));
        };
        match self.memory.trade_ids.step_over(first, trade_id) {
            TradeStep::Next => Ok(Some((trade_id, 0))),
            TradeStep::Gap { expected } => {
                let ids = Some((expected, first));
                self.write_gap(GapStream::Trade, ids, "trade ids jump", receive_ns, out);
                Ok(Some((trade_id, 0)))
            }
            TradeStep::Late => Ok(Some((trade_id, OUT_OF_ORDER))),
            TradeStep::Again { .. } if trade.is_past => Ok(None),
            TradeStep::Again { last } => Err(Refusal::OldTrade { trade_id, last }),
        }
    }

    #[inline]
    pub fn on_quote(&mut self, quote: &update::Quote, receive_ns: i64, out: &mut Outbox) {
        if let Some(newest_ns) = quote.event_ns.max(quote.publish_ns) {
            self.memory.quiet.saw(newest_ns, receive_ns);
        }
        let price = |level: Option<Level>| level.map(|level| level.price);
        let flags = of_prices(price(quote.bid), price(quote.ask))
            | self.memory.newest_quote.flag(quote.event_ns, quote.publish_ns);
        let bid = quote.bid.unwrap_or(NO_ORDERS);
        let ask = quote.ask.unwrap_or(NO_ORDERS);
        let update_id = match quote.update_id {
            Some(update_id) => update_id,
            None => self.memory.counted_quotes.next(receive_ns),
        };
        let (price_exponent, quantity_exponent) = self.exponents();
        let record = Quote {
            venue: self.venue.venue(),
            instrument: &self.listed.terms.instrument,
            price_exponent,
            quantity_exponent,
            event_ns: quote.event_ns,
            publish_ns: quote.publish_ns,
            receive_ns,
            update_id,
            bid_price: bid.price,
            bid_quantity: bid.quantity,
            ask_price: ask.price,
            ask_quantity: ask.quantity,
            flags,
        };
        out.tick(self.place(), &Record::Quote(record));
    }

    /// A gap named the trade, and it did not come since.
    pub fn misses(&self, trade: &update::Trade<'_>) -> bool {
        numbers_of(trade).is_some_and(|(first, last)| self.memory.trade_ids.misses(first, last))
    }

    /// The venue is there: a time, and how far its trades go.
    pub fn on_beat(&mut self, beat: Beat, receive_ns: i64, out: &mut Outbox) {
        if let Some(event_ns) = beat.event_ns {
            self.memory.quiet.saw(event_ns, receive_ns);
        }
        if let Some(last) = beat.last_trade_id
            && let Some((first, last)) = self.memory.trade_ids.told(last, receive_ns)
        {
            let ids = Some((first, last.saturating_add(1)));
            self.write_gap(
                GapStream::Trade,
                ids,
                "a heartbeat names trades that did not come",
                receive_ns,
                out,
            );
        }
    }

    /// Whether anything follows from the time alone now.
    pub fn is_due(&self, now_ns: i64) -> bool {
        self.memory.quiet.is_due(now_ns) || !self.is_synchronised() && self.memory.fresh_book.is_missing(now_ns)
    }

    /// Writes the heartbeat if it is due. True if the book is to be asked for once more.
    pub fn on_time(&mut self, now_ns: i64, out: &mut Outbox) -> bool {
        if let Some(event_ns) = self.memory.quiet.beat(now_ns) {
            let record = Heartbeat {
                venue: self.venue.venue(),
                instrument: &self.listed.terms.instrument,
                event_ns,
                receive_ns: now_ns,
            };
            out.tick(self.place(), &Record::Heartbeat(record));
        }
        !self.is_synchronised() && self.memory.fresh_book.still_missing(now_ns)
    }

    /// `ids` are the first one missing and the one that came instead.
    #[cold]
    fn write_gap(&self, stream: GapStream, ids: Option<(i64, i64)>, reason: &str, receive_ns: i64, out: &mut Outbox) {
        let record = Gap {
            venue: self.venue.venue(),
            instrument: &self.listed.terms.instrument,
            receive_ns,
            stream,
            expected_id: ids.map(|(expected, _)| expected),
            received_id: ids.map(|(_, received)| received),
            reason,
        };
        out.tick(self.place(), &Record::Gap(record));
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
}

/// The venue's numbers of the trades that it tells as one, first and last.
#[inline]
fn numbers_of(trade: &update::Trade<'_>) -> Option<(i64, i64)> {
    trade.trade_id.map(|last| (last.saturating_sub(trade.count - 1), last))
}
