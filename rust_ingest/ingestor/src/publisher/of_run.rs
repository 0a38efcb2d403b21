//! A run on its way to the broker: what is there already, and how far the rest was acknowledged.

use contracts::{Entry, Topic};
use tapelog::{End, FrameOrigin};

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
    pub fn new(run: u64, mut confirmed: Confirmed, written: Written) -> Self {
        for place in &mut confirmed.places {
            // What stands in a partition is there for good, whoever wrote it and whether or not he heard so.
            place.acknowledged = place.acknowledged.max(written.highest(&place.topic, place.partition));
        }
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

    /// What is acknowledged by now, where the records of all frames before `next` were handed over or written before. `ends`: what the
    /// producer was told of a partition.
    pub fn confirmed(&mut self, next: u64, ends: impl Fn(&Topic, i32) -> Option<End>) -> &Confirmed {
        let mut before = next;
        for place in &mut self.confirmed.places {
            let handed = handed(&self.handed, place);
            if let Some(end) = Topic::named(&place.topic).and_then(|topic| ends(topic, place.partition)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: u64 = 7;

    fn topic() -> &'static Topic {
        Topic::named("market.ticks").unwrap()
    }

    /// Of a run that begins with frame 10, in two partitions.
    fn begun(written: Written) -> OfRun {
        let places = [0, 1].map(|partition| Place {
            topic: topic().name.to_owned(),
            partition,
            from_offset: 100,
            acknowledged: None,
        });
        let confirmed = Confirmed {
            before: 10,
            places: places.to_vec(),
        };
        OfRun::new(RUN, confirmed, written)
    }

    fn hand_over(of_run: &mut OfRun, partition: i32, (sequence, index): Origin) {
        let run = RUN;
        of_run.hand_over(topic(), partition, FrameOrigin { run, sequence, index });
    }

    /// What the producer was told: by partition, behind which offset and origin.
    fn told(ends: [Option<(i64, u64, Origin)>; 2]) -> impl Fn(&Topic, i32) -> Option<End> {
        move |_, partition| {
            let (offset, run, (sequence, index)) = ends[partition as usize]?;
            let frame = Some(FrameOrigin { run, sequence, index });
            Some(End { offset, frame })
        }
    }

    fn acknowledged(confirmed: &Confirmed) -> [(i64, Option<Origin>); 2] {
        [0, 1].map(|index| {
            (
                confirmed.places[index].from_offset,
                confirmed.places[index].acknowledged,
            )
        })
    }

    #[test]
    fn the_partition_that_lags_decides() {
        let mut of_run = begun(Written::default());
        for origin in [(11, 0), (12, 0), (12, 1), (20, 0)] {
            hand_over(&mut of_run, 0, origin);
        }
        hand_over(&mut of_run, 1, (13, 0));
        hand_over(&mut of_run, 1, (19, 0));
        let nothing = of_run.confirmed(21, told([None, None]));
        assert_eq!(nothing.before, 11, "the first record of all");
        // Amid frame 12, of which one record is not acknowledged, while the other partition is whole.
        let amid = of_run.confirmed(21, told([Some((102, RUN, (12, 0))), Some((102, RUN, (19, 0)))]));
        assert_eq!(amid.before, 12);
        assert_eq!(acknowledged(amid), [(102, Some((12, 0))), (102, Some((19, 0)))]);
        let lagging = of_run.confirmed(21, told([Some((104, RUN, (20, 0))), Some((101, RUN, (13, 0)))]));
        assert_eq!(
            lagging.before, 21,
            "what was acknowledged once is for good: the second partition is whole"
        );
        hand_over(&mut of_run, 1, (25, 0));
        let more = of_run.confirmed(30, told([Some((104, RUN, (20, 0))), Some((102, RUN, (19, 0)))]));
        assert_eq!(more.before, 21, "no sooner than it was");
        let whole = of_run.confirmed(30, told([Some((104, RUN, (20, 0))), Some((103, RUN, (25, 0)))]));
        assert_eq!(whole.before, 30);
    }

    /// The producer wrote the end of another run before: at a start it is the same one.
    #[test]
    fn what_was_acknowledged_of_another_run_says_nothing_of_this_one() {
        let mut of_run = begun(Written::default());
        hand_over(&mut of_run, 0, (10, 0));
        let confirmed = of_run.confirmed(12, told([Some((100, RUN + 1, (900, 0))), None]));
        assert_eq!(confirmed.before, 10);
        assert_eq!(acknowledged(confirmed)[0], (100, None));
    }

    /// Written by a producer that gave up before it heard so.
    #[test]
    fn what_the_topics_hold_counts_as_acknowledged() {
        let mut written = Written::default();
        written.add(topic(), 0, 15, 2);
        let mut of_run = begun(written);
        hand_over(&mut of_run, 0, (16, 0));
        let confirmed = of_run.confirmed(17, told([None, None]));
        assert_eq!(confirmed.before, 16);
        assert_eq!(acknowledged(confirmed), [(100, Some((15, 2))), (100, None)]);
    }
}
