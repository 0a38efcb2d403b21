//! Tick files, as the command line asks for them.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use journal::frames::Retention;
use journal::ticks::{Rotation, TickError};

use super::TickFiles;
use crate::cli::size;

#[derive(Clone, Debug, Args)]
pub struct TickOptions {
    /// Write the best prices of each instrument here too, 32 bytes a tick, for flows.journal to read; one ingestor a folder.
    #[arg(long, value_name = "FOLDER")]
    pub tick_files: Option<PathBuf>,
    /// Begin another part of an instrument's ticks when one is so large; also with each UTC day.
    #[arg(long, value_parser = size, value_name = "SIZE", default_value = "1GiB", requires = "tick_files")]
    pub tick_files_part: u64,
    /// Delete the oldest parts when all take more: 50GiB. Default: all are kept.
    #[arg(long, value_parser = size, value_name = "SIZE", requires = "tick_files")]
    pub tick_files_keep: Option<u64>,
    /// Delete parts that ended longer ago: 7d. Default: all are kept.
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME", requires = "tick_files")]
    pub tick_files_keep_for: Option<Duration>,
}

impl TickOptions {
    /// Takes the folder, if one is asked for.
    pub fn open(&self) -> Result<Option<TickFiles>, TickError> {
        let Some(folder) = &self.tick_files else {
            return Ok(None);
        };
        let rotation = Rotation {
            part_bytes: self.tick_files_part,
            ..Rotation::default()
        };
        let age_ns = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let retention = Retention {
            total_bytes: self.tick_files_keep,
            age_ns: self.tick_files_keep_for.map(age_ns),
        };
        Ok(Some(TickFiles::open(folder, rotation, retention)?))
    }
}
