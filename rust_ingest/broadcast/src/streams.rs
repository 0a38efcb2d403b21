//! What is told apart: each (venue, instrument, kind) is a stream, and its records are numbered.

use std::collections::HashMap;

use contracts::{Avro, Kind, Reader, Topic};
use foldhash::fast::RandomState;

use crate::json::Shapes;

/// Before the Avro body: a zero byte and the schema id.
pub const HEADER_BYTES: usize = 5;

/// One venue's records of one kind about one instrument.
#[derive(Debug)]
pub struct Stream {
    pub kind: Kind,
    pub schema_id: i32,
    pub venue: String,
    pub instrument: String,
    /// `market.ticks/<venue>/<instrument>/<kind>`.
    pub topic: Vec<u8>,
    /// The number of its next record, from 0.
    pub next: u64,
}

/// All streams that were met, and where each message belongs.
#[derive(Debug)]
pub struct Streams {
    shapes: Shapes,
    by_key: HashMap<Box<[u8]>, Option<usize>, RandomState>,
    all: Vec<Stream>,
}

impl Streams {
    pub fn new(shapes: Shapes) -> Self {
        Self {
            shapes,
            by_key: HashMap::default(),
            all: Vec::new(),
        }
    }

    pub fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    pub fn get(&self, index: usize) -> &Stream {
        &self.all[index]
    }

    /// How many there are; a stream keeps its index.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The stream of a key, met now or before; `None` for what is not about a market.
    pub fn of_key(&mut self, key: &[u8]) -> Option<usize> {
        if let Some(known) = self.by_key.get(key) {
            return *known;
        }
        let stream = self.meet(key);
        let index = stream.map(|stream| {
            self.all.push(stream);
            self.all.len() - 1
        });
        self.by_key.insert(key.into(), index);
        index
    }

    fn meet(&self, key: &[u8]) -> Option<Stream> {
        let (id, body) = key.split_first_chunk::<4>()?;
        let schema_id = i32::from_be_bytes(*id);
        let kind = self.shapes.kind(schema_id)?;
        let topic = Topic::of_kind(kind)?.name;
        let mut reader = Reader::new(body);
        let (venue, instrument) = (<&str>::decode(&mut reader).ok()?, <&str>::decode(&mut reader).ok()?);
        Some(Stream {
            kind,
            schema_id,
            venue: venue.to_owned(),
            instrument: instrument.to_owned(),
            topic: format!("{topic}/{venue}/{instrument}/{}", kind.name()).into_bytes(),
            next: 0,
        })
    }

    /// Gives numbers to `count` records of a stream: that of the first.
    pub fn number(&mut self, index: usize, count: u64) -> u64 {
        let next = &mut self.all[index].next;
        let first = *next;
        *next += count;
        first
    }
}

/// The bytes of a framed message that name its stream: schema id, venue and instrument, which begin every market record.
/// For a message that is too short to have them, or begins otherwise, nothing or bytes of no meaning; these find no stream,
/// or one whose schema they fit.
pub fn key_of(message: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(message.get(HEADER_BYTES..)?);
    <&[u8]>::decode(&mut reader).ok()?;
    <&[u8]>::decode(&mut reader).ok()?;
    message.get(1..HEADER_BYTES + reader.at())
}

#[cfg(test)]
mod tests {
    use contracts::{Heartbeat, Record, SchemaIds, encode};

    use super::*;

    fn heartbeat(venue: &str, instrument: &str) -> Vec<u8> {
        let mut message = Vec::new();
        let heartbeat = Heartbeat {
            venue,
            instrument,
            event_ns: 1,
            receive_ns: 2,
        };
        encode(&SchemaIds::embedded(), &Record::Heartbeat(heartbeat), &mut message);
        message
    }

    #[test]
    fn a_stream_is_a_venue_an_instrument_and_a_kind() {
        let mut streams = Streams::new(Shapes::of_market(&SchemaIds::embedded()).unwrap());
        let mut of = |message: &[u8]| streams.of_key(key_of(message).unwrap()).unwrap();
        let [first, other, again] =
            [heartbeat("a", "BTC"), heartbeat("aB", "TC"), heartbeat("a", "BTC")].map(|m| of(&m));
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert_eq!(streams.get(other).topic, b"market.ticks/aB/TC/Heartbeat");
        assert_eq!((streams.number(first, 2), streams.number(first, 1)), (0, 2));
        assert_eq!(streams.number(other, 1), 0);
    }

    #[test]
    fn what_is_no_market_record_has_no_stream() {
        let mut streams = Streams::new(Shapes::of_market(&SchemaIds::embedded()).unwrap());
        let mut unknown = heartbeat("a", "b");
        unknown[4] = 0xEE;
        assert_eq!(streams.of_key(key_of(&unknown).unwrap()), None);
        let whole = heartbeat("a", "b");
        for end in 0..9 {
            assert_eq!(key_of(&whole[..end]), None, "{end}");
        }
        assert_eq!(streams.len(), 0);
    }
}
