//! The session as a stage over the frame log: cut anywhere, what is missing is derived again, and nothing twice.

#[path = "../../venues/tests/support/mod.rs"]
mod recordings;
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use contracts::{Entry, SchemaIds};
use ingestor::capture::{
    Beginning, Begun, CaptureError, FrameLog, FrameSettings, Replay, Resumed, Written, newest_beginning,
};
use ingestor::outbox::Outbox;
use ingestor::session::{Input, LastIds, Session};
use journal::frames::{FrameReader, FrameWriter, Retention, WriterOptions};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::RngCore;
use recordings::recording;
use support::bitcoin;
use tapelog::LogConfig;
use tempfile::TempDir;
use venues::binance::dialect::Dialect;
use venues::venue::Venue;

const LINES: usize = 150;
const RUN: u64 = 77;

/// A record in its partition: sequence, index, key and value.
type Written4 = (u64, u32, Vec<u8>, Vec<u8>);
type Topics = BTreeMap<(&'static str, i32), Vec<Written4>>;

fn beginning() -> Beginning {
    let begun = Begun {
        listed: bitcoin(Dialect::Spot).listed().clone(),
        resumed: Some(Resumed {
            last: LastIds::default(),
            reason: "started again".to_owned(),
        }),
    };
    Beginning::new(RUN, Venue::Binance(Dialect::Spot), vec![begun], 1, Vec::new(), false)
}

fn settings(folder: &Path) -> FrameSettings {
    FrameSettings {
        folder: folder.to_owned(),
        retention: Retention::default(),
        segment_bytes: 256 << 20,
    }
}

fn open(folder: &Path) -> Result<FrameLog, CaptureError> {
    let config = LogConfig::new("127.0.0.1:1", "", []).unwrap();
    FrameLog::open(&settings(folder), "binance", &config, &SchemaIds::embedded())
}

fn put(topics: &mut Topics, entry: &Entry<'_>) {
    let origin = (entry.origin.offset.cast_unsigned(), entry.origin.index.cast_unsigned());
    let record = (origin.0, origin.1, entry.key.to_vec(), entry.value.to_vec());
    topics
        .entry((entry.topic.name, entry.partition))
        .or_default()
        .push(record);
}

/// What a market can do: a recording, a frame that cannot be read, a cut, and a quiet second.
struct Live {
    log: FrameLog,
    session: Session,
    outbox: Outbox,
    topics: Topics,
}

impl Live {
    fn take(&mut self, input: Input<'_>, receive_ns: i64) {
        self.outbox.begin_frame(self.log.append(input, receive_ns).unwrap());
        self.session.take(input, receive_ns, &mut self.outbox);
        self.flush();
    }

    fn flush(&mut self) {
        for entry in self.outbox.entries() {
            put(&mut self.topics, &entry);
        }
        self.outbox.clear();
    }
}

/// The log of a run, and what was written of it.
fn undisturbed(folder: &Path, lines: &[String]) -> Topics {
    let beginning = beginning();
    let mut live = Live {
        log: open(folder).unwrap(),
        session: beginning.session().unwrap(),
        outbox: Outbox::new(SchemaIds::embedded(), 1),
        topics: Topics::new(),
    };
    live.outbox.begin_frame(live.log.begin(&beginning, 1).unwrap());
    live.session.start(1, &mut live.outbox);
    live.flush();
    live.take(Input::Opened { connection: 0 }, 2);
    for (line, receive_ns) in lines.iter().zip(10_i64..) {
        let bytes = line.as_bytes();
        if line.starts_with("{\"lastUpdateId\"") {
            live.take(
                Input::Snapshot {
                    instrument: 0,
                    body: bytes,
                },
                receive_ns,
            );
            continue;
        }
        live.take(
            Input::Frame {
                connection: 0,
                payload: bytes,
            },
            receive_ns,
        );
        match receive_ns % 100 {
            40 => live.take(
                Input::Frame {
                    connection: 0,
                    payload: &bytes[..bytes.len() / 2],
                },
                receive_ns,
            ),
            60 => {
                let reason = "reset by peer";
                live.take(Input::Closed { connection: 0, reason }, receive_ns);
                live.take(Input::Opened { connection: 0 }, receive_ns);
            }
            80 => live.take(Input::Time, receive_ns + 5_000_000_000),
            _ => {}
        }
    }
    live.topics
}

/// A log with the first `frames` of another: what a crash leaves.
fn cut(whole: &Path, frames: u64) -> TempDir {
    // In memory where the machine has that: hundreds of logs, each seen onto the disk, are not what is tested here.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    };
    let options = WriterOptions {
        segment_bytes: 1 << 20,
        ..WriterOptions::new("binance")
    };
    let mut reader = FrameReader::from_oldest(whole).unwrap();
    let mut writer = FrameWriter::open(folder.path(), options).unwrap();
    while writer.next_sequence() < frames {
        let frame = reader.next_frame().unwrap().unwrap();
        writer
            .append(frame.connection, frame.receive_ns, frame.payload)
            .unwrap();
    }
    folder
}

/// The tail rule, as the ingestor follows it: everything that is not past the highest origin of its partition is there.
fn recover(folder: &Path, topics: &mut Topics) {
    let (first, beginning) = newest_beginning(folder).unwrap().unwrap();
    assert_eq!(beginning.run, RUN);
    let mut written = Written::default();
    for (place, records) in topics.iter() {
        let topic = contracts::Topic::named(place.0).unwrap();
        for (sequence, index, ..) in records {
            written.add(topic, place.1, *sequence, *index);
        }
    }
    let mut replay = Replay::from_sequence(folder, first, SchemaIds::embedded()).unwrap();
    while replay.play().unwrap().is_some() {
        let outbox = replay.outbox().unwrap();
        for entry in outbox.entries().filter(|entry| !written.holds(entry)) {
            put(topics, &entry);
        }
        outbox.clear();
    }
}

fn lines() -> Option<Vec<String>> {
    let all = recording("spot/btcusdt_20240808.gz")?;
    let snapshot = all.iter().position(|line| line.starts_with("{\"lastUpdateId\""))?;
    let start = snapshot.saturating_sub(LINES / 3);
    Some(all[start..start + LINES].iter().map(|line| line.to_string()).collect())
}

#[test]
fn a_run_that_is_cut_anywhere_is_made_whole_and_nothing_is_there_twice() {
    let Some(lines) = lines() else { return };
    let whole = tempfile::tempdir().unwrap();
    let expected = undisturbed(whole.path(), &lines);
    let total: usize = expected.values().map(Vec::len).sum();
    assert!(total > LINES && expected.len() == 2, "ticks and dead letters");
    let frames = FrameWriter::open(whole.path(), WriterOptions::new("binance"))
        .unwrap()
        .next_sequence();
    let mut chance = Pcg64::new(7, 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96);
    for kept in 1..=frames {
        let folder = cut(whole.path(), kept);
        let made: Topics = expected
            .iter()
            .map(|(place, records)| {
                let of_kept = records.iter().filter(|(sequence, ..)| *sequence < kept);
                (*place, of_kept.cloned().collect::<Vec<_>>())
            })
            .filter(|(_, records)| !records.is_empty())
            .collect();
        // Each partition was written up to anywhere.
        let mut topics = made.clone();
        for records in topics.values_mut() {
            records.truncate((chance.next_u32() as usize) % (records.len() + 1));
        }
        topics.retain(|_, records| !records.is_empty());
        recover(folder.path(), &mut topics);
        assert_eq!(topics, made, "{kept} frames");
        // Again, as after a crash behind the last write: nothing is added.
        recover(folder.path(), &mut topics);
        assert_eq!(topics, made, "{kept} frames, twice");
    }
}

#[test]
fn origins_increase_in_every_partition() {
    let Some(lines) = lines() else { return };
    let folder = tempfile::tempdir().unwrap();
    for ((topic, partition), records) in undisturbed(folder.path(), &lines) {
        let origins: Vec<_> = records
            .iter()
            .map(|(sequence, index, ..)| (*sequence, *index))
            .collect();
        assert!(origins.is_sorted_by(|a, b| a < b), "{topic}[{partition}]");
    }
}

#[test]
fn a_folder_has_one_ingestor() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path()).unwrap();
    let refused = open(folder.path()).err().unwrap().to_string();
    assert!(refused.contains("is in use by another process"), "{refused}");
}
