//! Records on their way out: encoded, each with its topic and partition, in order.

use contracts::{
    Batch, DeadLetter, Entry, Gap, GapStream, Kind, Origin, Record, SchemaIds, Topic, encode, letter_of, partition_of,
};

use crate::ticks::TickTap;

/// Who could not, in a dead letter.
const STAGE: &str = "ingestor";
/// Why, in a letter about such a record.
const TOO_LARGE: &str = "too_large";
/// librdkafka and brokers take 1,000,000 bytes of key and value together if they are not told otherwise. A record that takes more would
/// stop all behind it.
const RECORD_BYTES_MAX: usize = 900_000;

/// Where an instrument's records go.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The normalised instrument.
    pub key: &'a str,
    pub partition: i32,
}

/// What was put out since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    by_kind: [u64; Kind::ALL.len()],
    by_gap_stream: [u64; GapStream::ALL.len()],
}

// By hand: an array of more than 32 has no default.
impl Default for Counts {
    fn default() -> Self {
        Self {
            by_kind: [0; Kind::ALL.len()],
            by_gap_stream: [0; GapStream::ALL.len()],
        }
    }
}

impl Counts {
    pub fn of_kind(&self, kind: Kind) -> u64 {
        self.by_kind[kind as usize]
    }

    pub fn of_gaps(&self, stream: GapStream) -> u64 {
        self.by_gap_stream[stream as usize]
    }

    pub fn total(&self) -> u64 {
        self.by_kind.iter().sum()
    }

    /// One that was added is not put out.
    fn remove(&mut self, record: &Record<'_>) {
        self.by_kind[record.kind() as usize] -= 1;
    }

    fn add(&mut self, record: &Record<'_>) {
        self.by_kind[record.kind() as usize] += 1;
        if let Record::Gap(Gap { stream, .. }) = record {
            self.by_gap_stream[*stream as usize] += 1;
        }
    }
}

/// No sequenced record stands behind what the ingestor writes: it makes them. Of its frame log a record names the frame as the offset, and -1
/// where there is none.
const NO_FRAME: Origin = Origin {
    partition: -1,
    offset: -1,
    index: 0,
};

#[derive(Debug)]
pub struct Outbox {
    ids: SchemaIds,
    ticks_topic: &'static Topic,
    dead_letters: &'static Topic,
    dead_letter_partitions: u32,
    batch: Batch,
    counts: Counts,
    /// Of the next record.
    origin: Origin,
    /// Others who want the records.
    ticks: Option<TickTap>,
}

impl Outbox {
    /// `dead_letter_partitions` must not be 0.
    pub fn new(ids: SchemaIds, dead_letter_partitions: u32) -> Self {
        let topic_of =
            |kind| Topic::of_kind(kind).expect("schemas/topics.toml has a topic for what the ingestor writes");
        Self {
            ids,
            ticks_topic: topic_of(Kind::Trade),
            dead_letters: topic_of(Kind::DeadLetter),
            dead_letter_partitions,
            batch: Batch::default(),
            counts: Counts::default(),
            origin: NO_FRAME,
            ticks: None,
        }
    }

    /// Ticks are made of the records as well.
    pub fn with_ticks(mut self, ticks: Option<TickTap>) -> Self {
        self.ticks = ticks;
        self
    }

    /// What comes from now on is made of this frame of the frame log.
    #[inline]
    pub fn begin_frame(&mut self, sequence: u64) {
        self.origin = Origin {
            // 2^63 frames are never reached.
            offset: sequence.cast_signed(),
            ..NO_FRAME
        };
    }

    /// Adds a record of `market.ticks`.
    #[inline]
    pub fn tick(&mut self, place: Place<'_>, record: &Record<'_>) {
        if let Some(ticks) = &mut self.ticks {
            ticks.take(place.key, record);
        }
        let bytes = self.push(self.ticks_topic, place.partition, place.key, record);
        if bytes > RECORD_BYTES_MAX {
            self.take_back(place, record, bytes);
        }
    }

    /// A letter about `value`, of which it keeps what there is room for.
    pub fn dead_letter(&mut self, source: &str, reason: &str, detail: &str, value: &[u8], receive_ns: Option<i64>) {
        let partition = partition_of(source.as_bytes(), self.dead_letter_partitions);
        let (value, detail) = letter_of(value, detail);
        let letter = DeadLetter {
            origin: None,
            stage: STAGE,
            source,
            reason,
            detail: &detail,
            value,
            receive_ns,
        };
        self.push(self.dead_letters, partition, source, &Record::DeadLetter(letter));
    }

    /// The newest record does not fit in its topic: a letter keeps its first bytes, and a gap stands where it would.
    #[cold]
    fn take_back(&mut self, place: Place<'_>, record: &Record<'_>, bytes: usize) {
        let value = self.batch.pop().unwrap_or_default();
        self.counts.remove(record);
        self.origin.index -= i32::from(self.origin.offset >= 0);
        let kind = record.kind().name();
        let detail = format!(
            "a {kind} of {bytes} bytes does not fit in {}, which has room for {RECORD_BYTES_MAX}",
            self.ticks_topic.name
        );
        // Trades and quotes are small: what is as large as that is a book.
        let (venue, instrument, receive_ns) = match record {
            Record::BookSnapshot(book) => (book.venue, book.instrument, book.receive_ns),
            Record::BookDelta(book) => (book.venue, book.instrument, book.receive_ns),
            _ => return self.dead_letter(place.key, TOO_LARGE, &detail, &value, None),
        };
        self.dead_letter(place.key, TOO_LARGE, &detail, &value, Some(receive_ns));
        let gap = Gap {
            venue,
            instrument,
            receive_ns,
            stream: GapStream::Book,
            expected_id: None,
            received_id: None,
            reason: &detail,
        };
        self.tick(place, &Record::Gap(gap));
    }

    /// The bytes that it takes.
    #[inline]
    fn push(&mut self, topic: &'static Topic, partition: i32, key: &str, record: &Record<'_>) -> usize {
        self.counts.add(record);
        let entry = Entry {
            topic,
            partition,
            offset: -1,
            timestamp_ms: -1,
            produced_ns: None,
            origin: self.origin,
            key: key.as_bytes(),
            value: &[],
        };
        if self.origin.offset >= 0 {
            self.origin.index += 1;
        }
        let (ids, mut bytes) = (&self.ids, 0);
        self.batch.push_with(entry, |out| {
            let begin = out.len();
            encode(ids, record, out);
            bytes = out.len() - begin;
        });
        bytes
    }

    /// Lets those who want the records know that there are some.
    pub fn announce(&self) {
        if let Some(ticks) = &self.ticks {
            ticks.ring_bell();
        }
    }

    /// What was put in since the last `clear`, in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        self.batch.iter()
    }

    /// Forgets the records, keeps their memory and the counts.
    pub fn clear(&mut self) {
        self.batch.clear();
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}
