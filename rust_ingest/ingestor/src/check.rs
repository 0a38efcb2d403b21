//! `tapeflow-ingestor check`: derives the topics again from a frame log, and holds them against what they hold.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use clap::Parser;
use contracts::{Entry, Kind, Topic};
use serde::Serialize;
use tapelog::frame_tail::read_framed;
use tapelog::{Assignment, Inspector, LogConfig, Start, registry};

use crate::capture::{Replay, first_beginning};
use crate::error::IngestError;

/// Derives market.ticks and the dead letters again from a frame log, and compares them with the topics, bit for bit; where the log
/// tells the session as it was, that too.
#[derive(Clone, Debug, Parser)]
#[command(name = "tapeflow-ingestor check", version)]
pub struct CheckOptions {
    /// The frame log's folder.
    #[arg(long, value_name = "FOLDER")]
    pub frames: PathBuf,
    /// The broker: host:port, or several with commas.
    #[arg(long, env = "TAPEFLOW_BOOTSTRAP_SERVERS", default_value = "")]
    pub bootstrap_servers: String,
    /// Put before every topic name.
    #[arg(long, env = "TAPEFLOW_TOPIC_PREFIX", default_value = "")]
    pub topic_prefix: String,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    pub frames: u64,
    pub runs: u64,
    /// Derived, and found in the topics in that order with those bytes.
    pub equal: u64,
    /// Derived, and not in the topics where they should be.
    pub missing: u64,
    /// In the topics with an origin of one of the log's runs, and not derived there.
    pub surplus: u64,
    /// Both, with other bytes.
    pub different: u64,
    /// Places at which the run goes on, and the session that was played is the one that was written down.
    pub memories: u64,
    /// The same, and it is another.
    pub other_memories: u64,
    /// The first that is not equal, for people.
    pub first: Option<String>,
}

impl Findings {
    pub fn are_equal(&self) -> bool {
        self.missing + self.surplus + self.different + self.other_memories == 0
    }

    fn note(&mut self, what: &str, place: PlaceKey, sequence: u64, index: u32) {
        self.first.get_or_insert_with(|| {
            let (topic, partition) = place;
            format!("{topic}[{partition}]: record {index} of frame {sequence} {what}")
        });
    }
}

type PlaceKey = (&'static str, i32);

/// A record in a topic, or derived: its origin within the run, and a hash of its key and value.
type Seen = (u64, u32, u64);

/// Compares. Holds 24 bytes of memory for each record of the topics.
pub fn check(options: &CheckOptions) -> Result<Findings, IngestError> {
    let config = LogConfig::from_env(&options.bootstrap_servers, &options.topic_prefix)?;
    let ids = registry::schema_ids()?;
    let inspector = Inspector::new(&config)?;
    let mut places = Vec::new();
    for topic in [Kind::Trade, Kind::DeadLetter].into_iter().filter_map(Topic::of_kind) {
        for partition in 0..i32::try_from(inspector.partitions(topic)?).unwrap_or(i32::MAX) {
            places.push(Assignment {
                topic,
                partition,
                start: Start::Beginning,
            });
        }
    }
    // By run, then by place, in the topics' order.
    let mut written: BTreeMap<u64, BTreeMap<PlaceKey, Vec<Seen>>> = BTreeMap::new();
    read_framed(&config, &places, |record| {
        let place = &places[record.place];
        let run = written.entry(record.origin.run).or_default();
        let seen = (
            record.origin.sequence,
            record.origin.index,
            hash(record.key, record.value),
        );
        run.entry((place.topic.name, place.partition)).or_default().push(seen);
    })?;
    let mut findings = Findings::default();
    let first = first_beginning(&options.frames)?;
    let mut replay = Replay::from_sequence(&options.frames, first, ids)?.comparing();
    let mut comparison = Comparison::default();
    let mut run = None;
    while let Some(sequence) = replay.play()? {
        if run != replay.run() {
            comparison.finish(&mut findings);
            run = replay.run();
            findings.runs += 1;
            let of_run = run.and_then(|run| written.remove(&run)).unwrap_or_default();
            comparison = Comparison::new(of_run, sequence);
        }
        findings.frames += 1;
        if let Some(outbox) = replay.outbox() {
            for entry in outbox.entries() {
                comparison.compare(&entry, &mut findings);
            }
            outbox.clear();
        }
    }
    comparison.finish(&mut findings);
    if let Some(memories) = replay.comparison() {
        (findings.memories, findings.other_memories) = (memories.equal, memories.different);
        let first = memories.first.as_ref();
        findings.first = findings
            .first
            .or_else(|| first.map(|first| format!("the session {first}")));
    }
    Ok(findings)
}

/// One run, derived and written.
#[derive(Default)]
struct Comparison {
    /// What of the topics was not met yet, the next one last.
    written: BTreeMap<PlaceKey, Vec<Seen>>,
}

impl Comparison {
    /// `first`: frames before it are not kept any more.
    fn new(mut written: BTreeMap<PlaceKey, Vec<Seen>>, first: u64) -> Self {
        for seen in written.values_mut() {
            seen.retain(|(sequence, ..)| *sequence >= first);
            seen.reverse();
        }
        Self { written }
    }

    fn compare(&mut self, entry: &Entry<'_>, findings: &mut Findings) {
        let place = (entry.topic.name, entry.partition);
        let (sequence, index) = (entry.origin.offset.cast_unsigned(), entry.origin.index.cast_unsigned());
        let written = self.written.entry(place).or_default();
        // What stands there before it, and was not derived.
        while let Some((other, its_index, _)) = written.last().copied()
            && (other, its_index) < (sequence, index)
        {
            findings.surplus += 1;
            findings.note("was not derived", place, other, its_index);
            written.pop();
        }
        match written.last().copied() {
            Some((other, its_index, hashed)) if (other, its_index) == (sequence, index) => {
                written.pop();
                if hashed == hash(entry.key, entry.value) {
                    findings.equal += 1;
                } else {
                    findings.different += 1;
                    findings.note("has other bytes", place, sequence, index);
                }
            }
            _ => {
                findings.missing += 1;
                findings.note("is missing", place, sequence, index);
            }
        }
    }

    fn finish(&self, findings: &mut Findings) {
        for (place, written) in &self.written {
            findings.surplus += written.len() as u64;
            if let Some((sequence, index, _)) = written.last() {
                findings.note("was not derived", *place, *sequence, *index);
            }
        }
    }
}

fn hash(key: &[u8], value: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, value).hash(&mut hasher);
    hasher.finish()
}
