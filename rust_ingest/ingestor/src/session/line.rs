//! One connection of a session: what it carries, and what it wants to say.

use std::ops::Range;

use venues::book_steps::SnapshotStep;
use venues::dialect::Opening;
use venues::update::Update;
use venues::venue::{Connection, Venue};

use super::refusal::refuse;
use super::{InstrumentFeed, Refusal};
use crate::outbox::Outbox;

#[derive(Debug)]
pub struct Line {
    connection: Connection,
    /// Of the session's.
    instruments: Range<usize>,
    /// To be sent.
    replies: Vec<String>,
    /// Instruments of this line whose books are asked for anew.
    asked: Vec<usize>,
}

impl Line {
    pub fn new(connection: Connection, instruments: Range<usize>) -> Self {
        Self {
            connection,
            instruments,
            replies: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Which of the session's instruments it carries.
    pub fn instruments(&self) -> Range<usize> {
        self.instruments.clone()
    }

    pub fn opening(&self) -> Opening {
        self.connection.opening()
    }

    pub fn opened(&mut self) {
        self.connection.opened();
    }

    pub fn closed(&mut self) {
        self.replies.clear();
    }

    pub fn replies(&mut self) -> Vec<String> {
        std::mem::take(&mut self.replies)
    }

    /// Takes a frame. `instruments` are this line's. The error is of the whole frame, or of the first thing in it that
    /// could not be taken; the others were.
    #[inline]
    pub fn take(
        &mut self,
        payload: &[u8],
        instruments: &mut [InstrumentFeed],
        receive_ns: i64,
        out: &mut Outbox,
    ) -> Result<(), Refusal> {
        let text = std::str::from_utf8(payload)?;
        let mut taken = Ok(());
        let asked = &mut self.asked;
        self.connection.read(text, |update| {
            let one = take_update(update, instruments, asked, receive_ns, out);
            if taken.is_ok() {
                taken = one;
            }
        })?;
        if !self.asked.is_empty() {
            self.ask();
        }
        taken
    }

    pub fn take_snapshot(
        &mut self,
        instrument: usize,
        body: &[u8],
        feed: &mut InstrumentFeed,
        receive_ns: i64,
        out: &mut Outbox,
    ) -> Result<SnapshotStep, Refusal> {
        let text = std::str::from_utf8(body)?;
        let mut step = Ok(SnapshotStep::NotNeeded);
        let symbol = instrument - self.instruments.start;
        self.connection.read_snapshot(symbol, text, |update| {
            if let Update::Book(mut book) = update {
                step = feed.on_book(&mut book, receive_ns, out).map(|taken| taken.snapshot);
            }
        })?;
        step
    }

    pub fn on_time(&mut self, instruments: &mut [InstrumentFeed], now_ns: i64, out: &mut Outbox) {
        for (symbol, instrument) in instruments.iter_mut().enumerate() {
            if instrument.on_time(now_ns, out) {
                self.asked.push(symbol);
            }
        }
        self.ask();
    }

    #[cold]
    pub fn refuse(&self, venue: Venue, payload: &[u8], receive_ns: i64, refusal: &Refusal, out: &mut Outbox) {
        let venue = venue.venue();
        // Only a stream that we asked for: garbage makes no new names.
        let stream = std::str::from_utf8(payload)
            .ok()
            .and_then(|text| self.connection.stream_of(text));
        let source = stream.map_or_else(|| venue.to_owned(), |stream| format!("{venue} {stream}"));
        refuse(&source, payload, receive_ns, refusal, out);
    }

    fn ask(&mut self) {
        for symbol in self.asked.drain(..) {
            self.replies.extend(self.connection.fresh_book(symbol));
        }
    }
}

#[inline]
fn take_update(
    update: Update<'_>,
    instruments: &mut [InstrumentFeed],
    asked: &mut Vec<usize>,
    receive_ns: i64,
    out: &mut Outbox,
) -> Result<(), Refusal> {
    match update {
        Update::Trade(trade) => instruments[trade.symbol].on_trade(&trade, receive_ns, out),
        Update::Quote(quote) => {
            instruments[quote.symbol].on_quote(&quote, receive_ns, out);
            Ok(())
        }
        Update::Book(mut book) => {
            let taken = instruments[book.symbol].on_book(&mut book, receive_ns, out)?;
            if taken.wants_fresh_book {
                asked.push(book.symbol);
            }
            Ok(())
        }
        Update::Missing { expected, received } => {
            for (symbol, instrument) in instruments.iter_mut().enumerate() {
                if instrument.on_missing(expected, received, receive_ns, out) {
                    asked.push(symbol);
                }
            }
            Ok(())
        }
        Update::Beat(beat) => {
            if let Some(event_ns) = beat.event_ns {
                let all = 0..instruments.len();
                let of = beat.symbol.map_or(all, |symbol| symbol..symbol + 1);
                for instrument in &mut instruments[of] {
                    instrument.saw(event_ns, receive_ns);
                }
            }
            Ok(())
        }
        Update::Refused { message } => Err(Refusal::Refused {
            message: message.into_owned(),
        }),
        Update::Confirmed | Update::Status { .. } | Update::Pong => Ok(()),
    }
}
