//! One connection of a session: what it carries, and what it wants to say.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use venues::book_steps::SnapshotStep;
use venues::dialect::{Opening, OtherConnection};
use venues::symbols::Symbol;
use venues::update::Update;
use venues::venue::{Connection, ConnectionMemory, Venue};

use super::merge::Side;
use super::pair::{Pair, PairMemory};
use super::refusal::refuse;
use super::statuses::{News, Statuses};
use super::taking::Taking;
use super::{InstrumentFeed, Refusal};
use crate::outbox::Outbox;

#[derive(Debug)]
pub struct Line {
    connection: Connection,
    /// Where two sockets carry it.
    pair: Option<Pair>,
    /// Of the session's.
    instruments: Range<usize>,
    /// To be sent.
    replies: Vec<Vec<String>>,
    told: Told,
}

/// What updates say beside records.
#[derive(Debug)]
struct Told {
    /// Instruments of this line whose books are asked for anew.
    asked: Vec<usize>,
    /// Of each side: the venue is about to close it, and why.
    closing: [Option<String>; 2],
    statuses: Statuses,
}

impl Told {
    fn new(instruments: usize) -> Self {
        Self {
            asked: Vec::new(),
            closing: [None, None],
            statuses: Statuses::new(instruments),
        }
    }

    /// For what comes by this side.
    #[inline]
    fn taking<'a>(
        &'a mut self,
        side: Side,
        instruments: &'a mut [InstrumentFeed],
        receive_ns: i64,
        out: &'a mut Outbox,
    ) -> Taking<'a> {
        Taking {
            instruments,
            asked: &mut self.asked,
            closing: &mut self.closing[side as usize],
            statuses: &mut self.statuses,
            receive_ns,
            out,
            taken: Ok(()),
        }
    }
}

/// All that a line remembers of the inputs before.
#[derive(Serialize, Deserialize)]
pub struct LineMemory<'a> {
    connection: ConnectionMemory,
    pair: Option<PairMemory<'a>>,
}

impl Line {
    pub fn new(connection: Connection, instruments: Range<usize>) -> Self {
        Self {
            connection,
            pair: None,
            told: Told::new(instruments.len()),
            instruments,
            replies: Vec::new(),
        }
    }

    /// Which of the session's instruments it carries.
    pub fn instruments(&self) -> Range<usize> {
        self.instruments.clone()
    }

    pub fn opening(&self) -> Opening {
        self.connection.opening()
    }

    pub fn memory(&self) -> LineMemory<'_> {
        let Self {
            connection,
            pair,
            instruments: _,
            // They go out, and no record depends on them; between two inputs nothing is asked.
            replies: _,
            told: _,
        } = self;
        LineMemory {
            connection: connection.memory(),
            pair: pair.as_ref().map(Pair::memory),
        }
    }

    /// Goes on where another line with these symbols was.
    pub fn remember(&mut self, memory: LineMemory<'_>) -> Result<(), OtherConnection> {
        self.connection.remember(memory.connection)?;
        match (&mut self.pair, memory.pair) {
            (None, None) => Ok(()),
            (Some(pair), Some(memory)) => pair.remember(memory),
            _ => Err(OtherConnection),
        }
    }

    /// From now on two sockets carry it.
    pub fn pair_up(&mut self, venue: Venue, symbols: &[Symbol]) {
        self.pair = Some(Pair::new(venue, symbols));
    }

    /// True if the feed begins with it: of a pair the other side flows otherwise.
    pub fn opened(&mut self, side: Side) -> bool {
        self.told.closing[side as usize] = None;
        match &mut self.pair {
            None => {
                self.connection.opened();
                true
            }
            Some(pair) => pair.opened(side),
        }
    }

    /// True if the feed ends with it.
    pub fn closed(
        &mut self,
        side: Side,
        instruments: &mut [InstrumentFeed],
        receive_ns: i64,
        out: &mut Outbox,
    ) -> bool {
        let is_over = match &mut self.pair {
            None => true,
            Some(pair) => {
                let mut taking = self.told.taking(side, instruments, receive_ns, out);
                pair.closed(side, &mut taking)
            }
        };
        if is_over {
            self.told.asked.clear();
            self.replies.clear();
        } else {
            self.ask();
        }
        is_over
    }

    /// Updates that the other side of a pair had brought already.
    pub fn duplicates(&self) -> u64 {
        self.pair.as_ref().map_or(0, Pair::duplicates)
    }

    pub fn closing(&mut self, side: Side) -> Option<String> {
        self.told.closing[side as usize].take()
    }

    /// What the venue says beside the market, on either side.
    pub fn statuses(&self) -> &Statuses {
        &self.told.statuses
    }

    pub fn news(&mut self) -> Vec<News> {
        self.told.statuses.news()
    }

    pub fn replies(&mut self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.replies)
    }

    /// Takes a frame. `instruments` are this line's. The error is of the whole frame, or of the first thing in it that
    /// could not be taken; the others were.
    #[inline]
    pub fn take(
        &mut self,
        side: Side,
        payload: &[u8],
        instruments: &mut [InstrumentFeed],
        receive_ns: i64,
        out: &mut Outbox,
    ) -> Result<(), Refusal> {
        let text = std::str::from_utf8(payload)?;
        let mut taking = self.told.taking(side, instruments, receive_ns, out);
        match &mut self.pair {
            None => self.connection.read(text, |update| taking.update(update))?,
            Some(pair) => pair.read(side, text, &mut taking)?,
        }
        let taken = taking.taken;
        if !self.told.asked.is_empty() {
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

    /// Whether messages were held back for too long.
    pub fn is_due(&self, now_ns: i64) -> bool {
        self.pair.as_ref().is_some_and(|pair| pair.is_due(now_ns))
    }

    pub fn on_time(&mut self, instruments: &mut [InstrumentFeed], now_ns: i64, out: &mut Outbox) {
        if let Some(pair) = &mut self.pair {
            // What was held back is trades, quotes and books, which close neither side.
            pair.on_time(&mut self.told.taking(Side::A, instruments, now_ns, out));
        }
        for (symbol, instrument) in instruments.iter_mut().enumerate() {
            if instrument.on_time(now_ns, out) {
                self.told.asked.push(symbol);
            }
        }
        self.ask();
    }

    /// A frame that was not taken, or not all of it: a dead letter, and a gap of each book that it may have changed unseen.
    #[cold]
    pub fn refuse(
        &mut self,
        venue: Venue,
        payload: &[u8],
        instruments: &mut [InstrumentFeed],
        receive_ns: i64,
        refusal: &Refusal,
        out: &mut Outbox,
    ) {
        if refusal.is_unreadable() {
            let books = self.connection.unproven_books(&String::from_utf8_lossy(payload));
            // Of which side does not matter: what has books that nothing proves is not read twice.
            let mut taking = self.told.taking(Side::A, instruments, receive_ns, out);
            taking.lost_books(books, None, "a message that may be of the book could not be read");
            self.ask();
        }
        let venue = venue.venue();
        // Only a stream that we asked for: garbage makes no new names.
        let stream = std::str::from_utf8(payload)
            .ok()
            .and_then(|text| self.connection.stream_of(text));
        let source = stream.map_or_else(|| venue.to_owned(), |stream| format!("{venue} {stream}"));
        refuse(&source, payload, receive_ns, refusal, out);
    }

    fn ask(&mut self) {
        for symbol in self.told.asked.drain(..) {
            let texts = self.connection.fresh_book(symbol);
            if !texts.is_empty() {
                self.replies.push(texts);
            }
        }
    }
}
