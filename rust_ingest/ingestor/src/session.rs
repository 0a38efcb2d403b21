//! A connection to a venue without its I/O: frames, snapshots and time in, records out.

mod input;
mod instrument;
mod quiet;
mod refusal;

use contracts::DeadLetter;
use venues::binance::ParseError;
use venues::binance::dialect::Dialect;
use venues::binance::envelope::Envelope;
use venues::binance::market::{BookTicker, Depth, Trade};
use venues::binance::rest::Snapshot;
use venues::binance::streams::{StreamKind, Streams};
use venues::book_steps::SnapshotStep;
use venues::l2_book::Levels;

pub use input::{Input, Opening, Taken};
pub use instrument::{InstrumentFeed, Listed};
pub use refusal::Refusal;

use crate::outbox::Outbox;

/// Who could not, in a dead letter.
const STAGE: &str = "ingestor";

#[derive(Debug)]
pub struct Session {
    dialect: Dialect,
    streams: Streams,
    instruments: Vec<InstrumentFeed>,
    /// Memory for the levels of one message, used again and again.
    levels: Levels,
    frames: u64,
}

impl Session {
    pub fn new(dialect: Dialect, instruments: Vec<InstrumentFeed>) -> Self {
        let symbols: Vec<&str> = instruments.iter().map(|feed| feed.symbol().name.as_str()).collect();
        let streams = Streams::of(dialect, &symbols);
        Self {
            dialect,
            streams,
            instruments,
            levels: Levels::default(),
            frames: 0,
        }
    }

    /// How many connections carry the streams.
    pub fn connections(&self) -> u16 {
        1
    }

    /// How a connection begins.
    pub fn opening(&self, _connection: u16) -> Opening {
        Opening {
            path: self.streams.path(),
            // Binance's path names the streams.
            messages: Vec::new(),
        }
    }

    /// Text frames that the session wants sent on a connection now, each once. Binance is asked nothing.
    pub fn replies(&mut self, _connection: u16) -> Vec<String> {
        Vec::new()
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
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
    fn on_connect(&mut self, receive_ns: i64, out: &mut Outbox) {
        for instrument in &mut self.instruments {
            instrument.on_connect(receive_ns, out);
        }
    }

    /// The streams ended; `reason` is for people.
    fn on_disconnect(&mut self, reason: &str) {
        for instrument in &mut self.instruments {
            instrument.on_disconnect(reason);
        }
    }

    /// Takes one data frame. What cannot be taken becomes a dead letter with its bytes.
    #[inline]
    fn on_frame(&mut self, payload: &[u8], receive_ns: i64, out: &mut Outbox) {
        self.frames += 1;
        if let Err(refusal) = self.take_frame(payload, receive_ns, out) {
            self.refuse_frame(payload, receive_ns, &refusal, out);
        }
    }

    #[inline]
    fn take_frame(&mut self, payload: &[u8], receive_ns: i64, out: &mut Outbox) -> Result<(), Refusal> {
        let text = std::str::from_utf8(payload)?;
        let mut envelope = Envelope::open(text)?;
        let Some(stream) = self.streams.get(&envelope.stream) else {
            return Err(Refusal::UnknownStream {
                name: envelope.stream.into_owned(),
            });
        };
        let instrument = &mut self.instruments[stream.symbol];
        match stream.kind {
            StreamKind::Trade => {
                let trade = Trade::read(&mut envelope.data, instrument.symbol())?;
                envelope.close()?;
                instrument.on_trade(&trade, receive_ns, out)
            }
            StreamKind::BookTicker => {
                let quote = BookTicker::read(&mut envelope.data, instrument.symbol())?;
                envelope.close()?;
                instrument.on_quote(&quote, receive_ns, out);
                Ok(())
            }
            StreamKind::Depth => {
                let depth = Depth::read(&mut envelope.data, self.dialect, instrument.symbol(), &mut self.levels)?;
                envelope.close()?;
                instrument.on_depth(&depth, &mut self.levels, receive_ns, out)
            }
        }
    }

    #[cold]
    fn refuse_frame(&self, payload: &[u8], receive_ns: i64, refusal: &Refusal, out: &mut Outbox) {
        let venue = self.dialect.venue();
        let named = std::str::from_utf8(payload)
            .ok()
            .and_then(|text| Envelope::open(text).ok());
        // Only a stream that we asked for: garbage makes no new names.
        let known = named
            .map(|envelope| envelope.stream)
            .filter(|name| self.streams.get(name).is_some());
        let source = known.map_or_else(|| venue.to_owned(), |stream| format!("{venue} {stream}"));
        refuse(&source, payload, receive_ns, refusal, out);
    }

    /// The instrument's book needs a snapshot.
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
        let feed = &mut self.instruments[instrument];
        let parsed = std::str::from_utf8(body).map_err(Refusal::from).and_then(|text| {
            let parsed: Result<Snapshot, ParseError> = Snapshot::parse(text, feed.symbol(), &mut self.levels);
            Ok(parsed?)
        });
        match parsed {
            Ok(snapshot) => Ok(feed.on_snapshot(&snapshot, &mut self.levels, receive_ns, out)),
            Err(refusal) => {
                let source = format!("{} {} snapshot", self.dialect.venue(), feed.symbol().name);
                refuse(&source, body, receive_ns, &refusal, out);
                Err(refusal)
            }
        }
    }

    /// Time went on: writes the heartbeats that are due.
    fn on_time(&mut self, now_ns: i64, out: &mut Outbox) {
        for instrument in &mut self.instruments {
            instrument.on_time(now_ns, out);
        }
    }
}

fn refuse(source: &str, value: &[u8], receive_ns: i64, refusal: &Refusal, out: &mut Outbox) {
    out.dead_letter(DeadLetter {
        origin: None,
        stage: STAGE,
        source,
        reason: refusal.reason(),
        detail: &refusal.to_string(),
        value,
        receive_ns: Some(receive_ns),
    });
}
