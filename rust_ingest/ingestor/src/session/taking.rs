//! What the updates of a frame make of a connection's instruments.

use std::ops::Range;

use venues::update::{Trade, Update};

use super::statuses::Statuses;
use super::{InstrumentFeed, Refusal};
use crate::outbox::Outbox;

/// A frame on its way into records.
#[derive(Debug)]
pub struct Taking<'a> {
    /// The connection's.
    pub instruments: &'a mut [InstrumentFeed],
    /// Those whose books are to be asked for anew.
    pub asked: &'a mut Vec<usize>,
    /// Why the venue is about to close the connection, if it said so.
    pub closing: &'a mut Option<String>,
    /// What the venue says beside the market.
    pub statuses: &'a mut Statuses,
    pub receive_ns: i64,
    pub out: &'a mut Outbox,
    /// The first thing that could not be taken; the others were.
    pub taken: Result<(), Refusal>,
}

impl Taking<'_> {
    #[inline]
    pub fn update(&mut self, update: Update<'_>) {
        let one = self.take(update);
        if self.taken.is_ok() {
            self.taken = one;
        }
    }

    /// A symbol's book is not in step: whatever brings it whole is welcome.
    pub fn lacks_book(&self, symbol: usize) -> bool {
        !self.instruments[symbol].is_synchronised()
    }

    /// It is known to be missing: whoever brings it late is welcome.
    pub fn misses(&self, trade: &Trade<'_>) -> bool {
        self.instruments[trade.symbol].misses(trade)
    }

    /// What may have changed these books is missing.
    pub fn lost_books(&mut self, symbols: Range<usize>, ids: Option<(i64, i64)>, reason: &str) {
        for symbol in symbols {
            if self.instruments[symbol].on_missing(ids, reason, self.receive_ns, self.out) {
                self.asked.push(symbol);
            }
        }
    }

    #[inline]
    fn take(&mut self, update: Update<'_>) -> Result<(), Refusal> {
        let (receive_ns, instruments) = (self.receive_ns, &mut *self.instruments);
        match update {
            Update::Trade(trade) => instruments[trade.symbol].on_trade(&trade, receive_ns, self.out),
            Update::Quote(quote) => {
                instruments[quote.symbol].on_quote(&quote, receive_ns, self.out);
                Ok(())
            }
            Update::Book(mut book) => {
                let taken = instruments[book.symbol].on_book(&mut book, receive_ns, self.out)?;
                if taken.wants_fresh_book {
                    self.asked.push(book.symbol);
                }
                Ok(())
            }
            Update::Missing { expected, received } => {
                let all = 0..instruments.len();
                self.lost_books(all, Some((expected, received)), "frames of the connection are missing");
                Ok(())
            }
            Update::Beat(beat) => {
                let all = 0..instruments.len();
                let of = beat.symbol.map_or(all, |symbol| symbol..symbol + 1);
                for instrument in &mut instruments[of] {
                    instrument.on_beat(beat, receive_ns, self.out);
                }
                Ok(())
            }
            Update::Refused { message } => Err(Refusal::Refused {
                message: message.into_owned(),
            }),
            Update::Closing { message } => {
                *self.closing = Some(message.into_owned());
                Ok(())
            }
            Update::Status { symbol, message } => {
                self.statuses.take(symbol, &message, receive_ns);
                Ok(())
            }
            Update::Confirmed | Update::Pong => Ok(()),
        }
    }
}
