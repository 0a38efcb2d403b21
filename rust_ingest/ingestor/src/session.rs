//! Connections to a venue without their I/O: frames, snapshots and time in, records out.

mod fresh_book;
mod input;
mod instrument;
mod line;
mod numbers;
mod quiet;
mod refusal;

use venues::book_steps::SnapshotStep;
use venues::dialect::Probe;
use venues::symbols::Symbol;
use venues::venue::Venue;

pub use input::{Input, Opening, Taken};
pub use instrument::{InstrumentFeed, Listed};
pub use numbers::LastIds;
pub use refusal::Refusal;

use crate::outbox::Outbox;
use line::Line;
use refusal::refuse;

/// Instruments are dealt out over connections in their order, as many to each as the venue allows.
#[derive(Debug)]
pub struct Session {
    venue: Venue,
    lines: Vec<Line>,
    instruments: Vec<InstrumentFeed>,
    frames: u64,
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
            instruments,
            frames: 0,
        }
    }

    /// How many connections carry the streams.
    pub fn connections(&self) -> u16 {
        u16::try_from(self.lines.len()).unwrap_or(u16::MAX)
    }

    /// How a connection begins.
    pub fn opening(&self, connection: u16) -> Opening {
        self.line(connection).opening()
    }

    /// Text frames that the session wants sent on a connection now, each once: a book subscribed again. What becomes
    /// of them shows in what the venue sends; no record depends on this call.
    pub fn replies(&mut self, connection: u16) -> Vec<String> {
        self.line_mut(connection).replies()
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
        let line = &mut self.lines[usize::from(connection)];
        line.opened();
        for instrument in &mut self.instruments[line.instruments()] {
            instrument.on_connect(receive_ns, out);
        }
    }

    /// The streams ended; `reason` is for people.
    fn on_disconnect(&mut self, connection: u16, reason: &str) {
        let line = &mut self.lines[usize::from(connection)];
        line.closed();
        for instrument in &mut self.instruments[line.instruments()] {
            instrument.on_disconnect(reason);
        }
    }

    /// Takes one data frame. What cannot be taken becomes a dead letter with its bytes.
    #[inline]
    fn on_frame(&mut self, connection: u16, payload: &[u8], receive_ns: i64, out: &mut Outbox) {
        self.frames += 1;
        let line = &mut self.lines[usize::from(connection)];
        let instruments = &mut self.instruments[line.instruments()];
        if let Err(refusal) = line.take(payload, instruments, receive_ns, out) {
            line.refuse(self.venue, payload, receive_ns, &refusal, out);
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

    /// Time went on: writes the heartbeats that are due.
    fn on_time(&mut self, now_ns: i64, out: &mut Outbox) {
        for line in &mut self.lines {
            let instruments = &mut self.instruments[line.instruments()];
            line.on_time(instruments, now_ns, out);
        }
    }

    fn line(&self, connection: u16) -> &Line {
        &self.lines[usize::from(connection)]
    }

    fn line_mut(&mut self, connection: u16) -> &mut Line {
        &mut self.lines[usize::from(connection)]
    }
}
