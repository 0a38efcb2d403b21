//! `tapeflow-ingestor ticks`: the tick files of a frame log once more, from what was received.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Parser;
use contracts::{SchemaIds, decode};
use journal::ticks::{Rotation, TickError, TickFolder, TickWriter};
use serde::Serialize;
use tapelog::registry;

use super::making::Making;
use crate::capture::{Replay, first_beginning};
use crate::cli::size;
use crate::error::IngestError;

/// Makes tick files of all runs in a frame log, in a folder that holds none. Nothing is lost on the way, whatever the ingestor's own files
/// lack; as there, each run begins another part.
#[derive(Clone, Debug, Parser)]
#[command(name = "tapeflow-ingestor ticks", version)]
pub struct RebuildOptions {
    /// The frame log's folder.
    #[arg(long, value_name = "FOLDER")]
    pub frames: PathBuf,
    /// Where the tick files are to be.
    #[arg(long, value_name = "FOLDER")]
    pub tick_files: PathBuf,
    /// Begin another part of an instrument's ticks when one is so large; also with each UTC day.
    #[arg(long, value_parser = size, value_name = "SIZE", default_value = "1GiB")]
    pub tick_files_part: u64,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    pub frames: u64,
    pub runs: u64,
    pub ticks: u64,
    /// Where the log ends amid a frame, for people.
    pub torn_end: Option<String>,
}

/// Writes each tick once, in the order of the log.
///
/// # Errors
/// [`IngestError::TicksThere`]; what cannot be read or written: ticks before it are in their files then.
pub fn rebuild(options: &RebuildOptions) -> Result<Rebuilt, IngestError> {
    let ids = registry::schema_ids()?;
    let first = first_beginning(&options.frames)?;
    let mut folder = TickFolder::open(&options.tick_files)?;
    if !folder.symbols().is_empty() {
        let folder = options.tick_files.clone();
        return Err(IngestError::TicksThere { folder });
    }
    let rotation = Rotation {
        part_bytes: options.tick_files_part,
        ..Rotation::default()
    };
    let mut replay = Replay::from_sequence(&options.frames, first, ids.clone())?.into_empty();
    let mut rebuilt = Rebuilt::default();
    let mut last_run = None;
    let mut files = Files::default();
    while replay.play()?.is_some() {
        rebuilt.frames += 1;
        if replay.run() != last_run {
            last_run = replay.run();
            rebuilt.runs += 1;
            files.close()?;
            files = Files::begin(&mut folder, rotation, &replay)?;
        }
        if let Some(outbox) = replay.outbox() {
            for entry in outbox.entries() {
                rebuilt.ticks += files.take(entry.key, entry.value, &ids)?;
            }
            outbox.clear();
        }
    }
    files.close()?;
    rebuilt.torn_end = replay.torn_end().map(|torn| torn.to_string());
    Ok(rebuilt)
}

/// Those of one run, by instrument.
#[derive(Default)]
struct Files(HashMap<Vec<u8>, (Making, TickWriter)>);

impl Files {
    fn begin(folder: &mut TickFolder, rotation: Rotation, replay: &Replay) -> Result<Self, TickError> {
        let mut files = HashMap::new();
        for (instrument, venue) in replay.instruments() {
            let symbol_id = folder.symbol(instrument, venue)?;
            let writer = folder.writer(symbol_id, rotation)?;
            files.insert(instrument.as_bytes().to_vec(), (Making::new(symbol_id, venue), writer));
        }
        Ok(Self(files))
    }

    /// How many ticks it makes: one or none.
    fn take(&mut self, key: &[u8], value: &[u8], ids: &SchemaIds) -> Result<u64, TickError> {
        let Some((making, writer)) = self.0.get_mut(key) else {
            // A dead letter.
            return Ok(0);
        };
        let record = decode(ids, value).expect("it was encoded just now");
        let Some(tick) = making.take(&record) else {
            return Ok(0);
        };
        writer.append(tick)?;
        Ok(1)
    }

    fn close(self) -> Result<(), TickError> {
        self.0.into_values().try_for_each(|(_, writer)| writer.close())
    }
}
