//! Hands out origins and places outputs.

use std::collections::BTreeMap;

use contracts::Batch;
use contracts::{
    DeadLetter, Entry, Origin, Placement, Record, Rollout, SchemaIds, TOPICS, Topic, encode, letter_of, partition_of,
};

use crate::{Position, Refusal};

/// How many partitions each topic has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partitions([u32; TOPICS.len()]);

impl Partitions {
    /// The counts of `schemas/topics.toml`.
    pub fn declared() -> Self {
        Self::new(|topic| topic.partitions)
    }

    /// The counts that the log's topics were made with; each must be at least 1.
    pub fn new(count_of: impl Fn(&'static Topic) -> u32) -> Self {
        Self(std::array::from_fn(|index| count_of(&TOPICS[index])))
    }

    /// The counts by topic's name, and those of `schemas/topics.toml` where it says nothing.
    pub fn given(counts: &BTreeMap<String, u32>) -> Self {
        Self::new(|topic| counts.get(topic.name).copied().unwrap_or(topic.partitions).max(1))
    }

    /// How many the topic has.
    pub fn of(&self, topic: &Topic) -> u32 {
        let index = TOPICS.iter().position(|known| known == topic);
        index.map_or(1, |index| self.0[index])
    }
}

/// What a stage knows for as long as it lives.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub stage: &'static str,
    pub ids: SchemaIds,
    pub partitions: Partitions,
}

/// Takes the outputs that a kernel makes of one record.
pub struct Emit<'s> {
    pub(crate) context: &'s Context,
    pub(crate) cause: Position,
    pub(crate) next_index: &'s mut i32,
    pub(crate) input: Entry<'s>,
    pub(crate) output: &'s mut Batch,
}

impl Emit<'_> {
    /// The origin that the next output will have.
    pub fn next_origin(&self) -> Origin {
        Origin {
            partition: self.cause.partition,
            offset: self.cause.offset,
            index: *self.next_index,
        }
    }

    /// Sends the record that `make` makes of its origin, to the topic of its kind.
    pub fn send<'r, R: Into<Record<'r>>>(&mut self, make: impl FnOnce(Origin) -> R) {
        let origin = self.next_origin();
        let record = make(origin).into();
        // Kernels make no snapshots and no Rollout: every kind they send has its topic.
        let topic = Topic::of_kind(record.kind()).expect("a kind with a topic");
        self.send_to(topic, origin, &record);
    }

    /// Sends an operator's word on to the stage that reads `topic`.
    pub(crate) fn pass_on(&mut self, rollout: &Rollout<'_>, topic: &'static Topic) {
        let origin = self.next_origin();
        let record = Rollout {
            origin: Some(origin),
            ..rollout.clone()
        };
        self.send_to(topic, origin, &record.into());
    }

    fn send_to(&mut self, topic: &'static Topic, origin: Origin, record: &Record<'_>) {
        let key = record.key().as_bytes();
        let partition = match topic.placement {
            Placement::Origin => origin.partition,
            Placement::Key => partition_of(key, self.context.partitions.of(topic)),
        };
        let entry = Entry {
            topic,
            partition,
            offset: -1,
            timestamp_ms: -1,
            produced_ns: None,
            origin,
            key,
            value: &[],
        };
        let ids = &self.context.ids;
        self.output.push_with(entry, |out| encode(ids, record, out));
        *self.next_index += 1;
    }

    /// Sends the record in hand to `ops.dead_letters`.
    pub fn dead_letter(&mut self, refusal: &Refusal) {
        let (stage, source) = (self.context.stage, self.input.topic.name);
        let detail = refusal.to_string();
        let (value, detail) = letter_of(self.input.value, &detail);
        self.send(|origin| DeadLetter {
            origin: Some(origin),
            stage,
            source,
            reason: refusal.reason(),
            detail: &detail,
            value,
            receive_ns: None,
        });
    }
}
