//! `tapeflow-ingestor derive`: a frame log once more, into topics of its own.

use std::path::PathBuf;

use clap::Parser;
use contracts::{Kind, Topic};
use serde::Serialize;
use tapelog::{FrameOrigin, Inspector, LogConfig, Producer, registry};

use crate::capture::{Replay, first_beginning};
use crate::error::IngestError;
use crate::publisher::BROKER_PATIENCE;

/// Derives market.ticks and the dead letters of all runs in a frame log, into topics that are there and hold nothing.
#[derive(Clone, Debug, Parser)]
#[command(name = "tapeflow-ingestor derive", version)]
pub struct DeriveOptions {
    /// The frame log's folder.
    #[arg(long, value_name = "FOLDER")]
    pub frames: PathBuf,
    /// The broker: host:port, or several with commas.
    #[arg(long, env = "TAPEFLOW_BOOTSTRAP_SERVERS", default_value = "")]
    pub bootstrap_servers: String,
    /// Put before every topic name.
    #[arg(long)]
    pub topic_prefix: String,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Derived {
    pub frames: u64,
    pub runs: u64,
    pub records: u64,
    /// Where the log ends amid a frame, for people.
    pub torn_end: Option<String>,
}

/// Writes each record once, in the order of the log, and sees it acknowledged.
///
/// # Errors
/// [`crate::capture::CaptureError::NoRun`]; [`IngestError::NotEmpty`]; what cannot be read: what was derived before is written then.
pub fn derive(options: &DeriveOptions) -> Result<Derived, IngestError> {
    let config = LogConfig::from_env(&options.bootstrap_servers, &options.topic_prefix)?;
    let ids = registry::schema_ids()?;
    let first = first_beginning(&options.frames)?;
    check_empty(&config, &options.topic_prefix)?;
    let producer = Producer::new(&config)?;
    let mut replay = Replay::from_sequence(&options.frames, first, ids)?.into_empty();
    let mut derived = Derived::default();
    let mut last_run = None;
    let played = loop {
        match replay.play() {
            Ok(Some(_)) => derived.frames += 1,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
        let run = replay.run();
        derived.runs += u64::from(run != last_run);
        last_run = run;
        if let (Some(run), Some(outbox)) = (run, replay.outbox()) {
            for entry in outbox.entries() {
                let frame = FrameOrigin::of_entry(run, &entry);
                producer.send_framed(entry.topic, entry.partition, entry.key, entry.value, frame, None)?;
                derived.records += 1;
            }
            outbox.clear();
        }
    };
    producer.flush(BROKER_PATIENCE)?;
    played?;
    derived.torn_end = replay.torn_end().map(|torn| torn.to_string());
    Ok(derived)
}

/// What stands there already would stand there twice.
fn check_empty(config: &LogConfig, prefix: &str) -> Result<(), IngestError> {
    let inspector = Inspector::new(config)?;
    for topic in [Kind::Trade, Kind::DeadLetter].into_iter().filter_map(Topic::of_kind) {
        for partition in 0..i32::try_from(inspector.partitions(topic)?).unwrap_or(i32::MAX) {
            if inspector.watermarks(topic, partition)?.high > 0 {
                return Err(IngestError::NotEmpty {
                    topic: format!("{prefix}{}", topic.name),
                });
            }
        }
    }
    Ok(())
}
