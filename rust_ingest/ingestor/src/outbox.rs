//! Records on their way out: encoded, each with its topic and partition, in order.

use contracts::{
    Batch, DeadLetter, Entry, Gap, GapStream, Kind, Origin, Record, SchemaIds, Topic, encode, partition_of,
};

use crate::ticks::TickTap;

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
        self.push(self.ticks_topic, place.partition, place.key, record);
    }

    pub fn dead_letter(&mut self, letter: DeadLetter<'_>) {
        let partition = partition_of(letter.source.as_bytes(), self.dead_letter_partitions);
        self.push(self.dead_letters, partition, letter.source, &Record::DeadLetter(letter));
    }

    #[inline]
    fn push(&mut self, topic: &'static Topic, partition: i32, key: &str, record: &Record<'_>) {
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
        let ids = &self.ids;
        self.batch.push_with(entry, |out| encode(ids, record, out));
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
