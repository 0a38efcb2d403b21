//! A run on its way to the broker: what is there already, and how far the rest was acknowledged.

use contracts::{Entry, Topic};
use tapelog::{FrameOrigin, Producer};

use crate::capture::{Confirmed, Place, Written};

/// Frame and index of a record.
type Origin = (u64, u32);

pub struct OfRun {
    run: u64,
    /// What the topics hold of it.
    written: Written,
    /// What was acknowledged when the producer began with it, or was last asked.
    confirmed: Confirmed,
    /// What was handed to the producer, by topic and partition.
    handed: Vec<(&'static str, Vec<Option<Handed>>)>,
}

/// Records of one partition.
#[derive(Clone, Copy)]
struct Handed {
    first: Origin,
    last: Origin,
}

impl OfRun {
    pub fn new(run: u64, confirmed: Confirmed, written: Written) -> Self {
        Self {
            run,
            written,
            confirmed,
            handed: Vec::new(),
        }
    }

    /// Whether the topic holds this record already.
    #[inline]
    pub fn is_written(&self, entry: &Entry<'_>) -> bool {
        self.written.holds(entry)
    }

    #[inline]
    pub fn origin(&self, entry: &Entry<'_>) -> FrameOrigin {
        FrameOrigin::of_entry(self.run, entry)
    }

    /// The producer has it.
    #[inline]
    pub fn hand_over(
        &mut self,
        topic: &'static Topic,
        partition: i32,
        FrameOrigin { sequence, index, .. }: FrameOrigin,
    ) {
        let last = (sequence, index);
        let known = self.handed.iter().position(|(name, _)| *name == topic.name);
        let of_topic = known.unwrap_or_else(|| {
            self.handed.push((topic.name, Vec::new()));
            self.handed.len() - 1
        });
        let partitions = &mut self.handed[of_topic].1;
        let partition = usize::try_from(partition).expect("partitions count from 0");
        if partition >= partitions.len() {
            partitions.resize(partition + 1, None);
        }
        let first = partitions[partition].map_or(last, |handed| handed.first);
        partitions[partition] = Some(Handed { first, last });
    }

    /// What is acknowledged by now, where the records of all frames before `next` were handed over or written before.
    pub fn confirmed(&mut self, producer: &Producer, next: u64) -> &Confirmed {
        let mut before = next;
        for place in &mut self.confirmed.places {
            let handed = handed(&self.handed, place);
            let end = Topic::named(&place.topic).and_then(|topic| producer.acknowledged_end(topic, place.partition));
            if let Some(end) = end {
                let of_run = end.frame.filter(|frame| frame.run == self.run);
                place.acknowledged = place
                    .acknowledged
                    .max(of_run.map(|frame| (frame.sequence, frame.index)));
                place.from_offset = place.from_offset.max(end.offset);
            }
            // A partition's records are acknowledged in their order: the first one that is not comes behind the last one that is.
            if let Some(Handed { first, last }) = handed
                && place.acknowledged < Some(last)
            {
                before = before.min(place.acknowledged.map_or(0, |(sequence, _)| sequence).max(first.0));
            }
        }
        // What was acknowledged once is for good.
        self.confirmed.before = self.confirmed.before.max(before);
        &self.confirmed
    }
}

fn handed(all: &[(&'static str, Vec<Option<Handed>>)], place: &Place) -> Option<Handed> {
    let (_, partitions) = all.iter().find(|(name, _)| *name == place.topic)?;
    *partitions.get(usize::try_from(place.partition).ok()?)?
}
