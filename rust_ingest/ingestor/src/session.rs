//! Connections to a venue without their I/O: frames, snapshots and time in, records out.

mod fresh_book;
mod input;
mod instrument;
mod line;
mod memory;
pub mod merge;
mod newest;
mod numbers;
mod pair;
mod quiet;
mod refusal;
mod statuses;
mod taking;
mod trade_ids;

use venues::book_steps::SnapshotStep;
use venues::dialect::Probe;
use venues::symbols::Symbol;
use venues::venue::Venue;

pub use input::{Input, Opening, Taken};
pub use instrument::{InstrumentFeed, Listed};
pub use memory::SessionMemory;
pub use numbers::LastIds;
pub use refusal::Refusal;
pub use statuses::{News, Said};

use crate::outbox::Outbox;
use line::Line;
use merge::Side;
use refusal::refuse;

/// Instruments are dealt out over connections in their order, as many to each as the venue allows.
#[derive(Debug)]
pub struct Session {
    venue: Venue,
    lines: Vec<Line>,
    /// Two sockets carry each line: connections from `lines.len()` on are the second ones.
    is_redundant: bool,
    instruments: Vec<InstrumentFeed>,
    frames: u64,
}

/// Two connections to this venue cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "--redundant: {venue} does not number all of its trades, quotes and books, so that what came twice cannot be told; \
     leave --redundant out, or read one of {}",
    numbered()
)]
pub struct NotNumbered {
    venue: &'static str,
}

/// Who can be read so.
fn numbered() -> String {
    let all = Venue::all().into_iter().filter(|venue| venue.numbers_everything());
    all.map(Venue::name).collect::<Vec<_>>().join(", ")
}

impl Session {
    pub fn new(venue: Venue, instruments: Vec<InstrumentFeed>) -> Self {
        let symbols: Vec<Symbol> = instruments.iter().map(|feed| feed.symbol().clone()).collect();
        let mut first = 0;
        let line = |symbols: &[Symbol]| {
            let line = Line::new(venue.connection(symbols.to_vec()), first..first + symbols.len());
            first += symbols.len();
            line
        };
        Self {
            venue,
            lines: symbols.chunks(venue.symbols_per_connection()).map(line).collect(),
            is_redundant: false,
            instruments,
            frames: 0,
        }
    }

    /// Each connection twice, A and B: what either brings is taken once.
    pub fn redundant(mut self) -> Result<Self, NotNumbered> {
        Self::check_redundant(self.venue)?;
        for line in &mut self.lines {
            let symbols: Vec<Symbol> = self.instruments[line.instruments()]
                .iter()
                .map(|feed| feed.symbol().clone())
                .collect();
            line.pair_up(self.venue, &symbols);
        }
        self.is_redundant = true;
        Ok(self)
    }

    /// Whether [`Self::redundant`] can be had.
    pub fn check_redundant(venue: Venue) -> Result<(), NotNumbered> {
        let refused = NotNumbered { venue: venue.name() };
        venue.numbers_everything().then_some(()).ok_or(refused)
    }

    /// How many connections carry the streams.
    pub fn connections(&self) -> u16 {
        u16::try_from(self.lines.len() * self.sides()).unwrap_or(u16::MAX)
    }

    /// How many connections carry each line.
    pub fn sides(&self) -> usize {
        if self.is_redundant { 2 } else { 1 }
    }

    /// Which side of a pair a connection is; A where there are no pairs.
    pub fn side(&self, connection: u16) -> Side {
        if usize::from(connection) < self.lines.len() {
            Side::A
        } else {
            Side::B
        }
    }

    /// Which line it carries: connections of the same line are a pair.
    pub fn line_of(&self, connection: u16) -> usize {
        usize::from(connection) % self.lines.len()
    }

    /// Updates that came on one side of a pair after the other had brought them.
    pub fn duplicates(&self) -> u64 {
        self.lines.iter().map(Line::duplicates).sum()
    }

    /// How a connection begins.
    pub fn opening(&self, connection: u16) -> Opening {
        self.lines[self.line_of(connection)].opening()
    }

    /// What the session wants asked for on this connection, and on the other one of its pair, each once: a book subscribed
    /// again, by text frames that belong together. What becomes of them shows in what the venue sends; no record depends on this call.
    pub fn replies(&mut self, connection: u16) -> Vec<Vec<String>> {
        let line = self.line_of(connection);
        self.lines[line].replies()
    }

    /// Why a connection is to be opened anew, where the venue said that it would close it; once. No record depends on this
    /// call.
    pub fn closing(&mut self, connection: u16) -> Option<String> {
        let (line, side) = (self.line_of(connection), self.side(connection));
        self.lines[line].closing(side)
    }

    /// What the venue said on this connection, beside the market, that is other than before; each once, of the session's instruments. No record
    /// depends on this call.
    pub fn news(&mut self, connection: u16) -> Vec<News> {
        let line = self.line_of(connection);
        let first = self.lines[line].instruments().start;
        let mut news = self.lines[line].news();
        for one in &mut news {
            one.instrument = one.instrument.map(|instrument| first + instrument);
        }
        news
    }

    /// How the venue is by its own newest words, if it said so.
    pub fn venue_status(&self) -> Option<&Said> {
        let of_lines = self.lines.iter().filter_map(|line| line.statuses().of_venue());
        of_lines.max_by_key(|said| said.receive_ns)
    }

    /// The same of an instrument.
    pub fn instrument_status(&self, instrument: usize) -> Option<&Said> {
        let line = &self.lines[instrument / self.venue.symbols_per_connection()];
        line.statuses().of(instrument - line.instruments().start)
    }

    /// How often these words were other than before.
    pub fn status_changes(&self) -> u64 {
        self.lines.iter().map(|line| line.statuses().changes()).sum()
    }

    /// How a silent connection is asked whether it still is there.
    pub fn probe(&self) -> Probe {
        self.venue.probe()
    }

    pub fn dialect(&self) -> Venue {
        self.venue
    }

    pub fn instruments(&self) -> &[InstrumentFeed] {
        &self.instruments
    }

    /// Frames with data so far, whatever became of them.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes each instrument's terms, ahead of its first tick.
    pub fn start(&self, receive_ns: i64, out: &mut Outbox) {
        for instrument in &self.instruments {
            instrument.write_terms(receive_ns, out);
        }
    }

    /// The streams flow. What was missed since they last did is told by a gap.
    fn on_connect(&mut self, connection: u16, receive_ns: i64, out: &mut Outbox) {
        let (index, side) = (self.line_of(connection), self.side(connection));
        let line = &mut self.lines[index];
        if line.opened(side) {
            for instrument in &mut self.instruments[line.instruments()] {
                instrument.on_connect(receive_ns, out);
            }
        }
    }

    /// The streams ended; `reason` is for people.
    fn on_disconnect(&mut self, connection: u16, reason: &str, receive_ns: i64, out: &mut Outbox) {
        let (index, side) = (self.line_of(connection), self.side(connection));
        let line = &mut self.lines[index];
        let instruments = &mut self.instruments[line.instruments()];
        if line.closed(side, instruments, receive_ns, out) {
            for instrument in instruments {
                instrument.on_disconnect(reason);
            }
        }
    }

    /// Takes one data frame. What cannot be taken becomes a dead letter with its bytes.
    #[inline]
    fn on_frame(&mut self, connection: u16, payload: &[u8], receive_ns: i64, out: &mut Outbox) {
        self.frames += 1;
        let (index, side) = (self.line_of(connection), self.side(connection));
        let line = &mut self.lines[index];
        let instruments = &mut self.instruments[line.instruments()];
        if let Err(refusal) = line.take(side, payload, instruments, receive_ns, out) {
            line.refuse(self.venue, payload, instruments, receive_ns, &refusal, out);
        }
    }

    /// Path and query of an instrument's book by REST, where the venue's stream does not bring it.
    pub fn snapshot_path(&self, instrument: usize) -> Option<String> {
        self.venue.snapshot_path(&self.instruments[instrument].symbol().name)
    }

    /// The instrument's book needs a snapshot by REST.
    pub fn wants_snapshot(&self, instrument: usize) -> bool {
        self.instruments[instrument].wants_snapshot()
    }

    /// Takes the answer to a snapshot request. One that cannot be read becomes a dead letter.
    fn on_snapshot(
        &mut self,
        instrument: usize,
        body: &[u8],
        receive_ns: i64,
        out: &mut Outbox,
    ) -> Result<SnapshotStep, Refusal> {
        let line = &mut self.lines[instrument / self.venue.symbols_per_connection()];
        let feed = &mut self.instruments[instrument];
        let step = line.take_snapshot(instrument, body, feed, receive_ns, out);
        if let Err(refusal) = &step {
            let source = format!("{} {} snapshot", self.venue.venue(), feed.symbol().name);
            refuse(&source, body, receive_ns, refusal, out);
        }
        step
    }

    /// Whether anything follows from the time alone now.
    pub fn is_due(&self, now_ns: i64) -> bool {
        self.instruments.iter().any(|instrument| instrument.is_due(now_ns))
            || self.lines.iter().any(|line| line.is_due(now_ns))
    }

    /// Time went on: writes the heartbeats that are due.
    fn on_time(&mut self, now_ns: i64, out: &mut Outbox) {
        for line in &mut self.lines {
            let instruments = &mut self.instruments[line.instruments()];
            line.on_time(instruments, now_ns, out);
        }
    }
}
