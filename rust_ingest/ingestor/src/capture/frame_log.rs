//! The frame log's folder.

use std::path::PathBuf;

use contracts::SchemaIds;
use journal::frames::{Compressor, FrameWriter, Retention, WriteError, WriterOptions};
use tapelog::LogConfig;

use super::beginning::Beginning;
use super::error::CaptureError;
use super::loss::Loss;
use super::recovery::Recovery;
use super::run_log::RunLog;

/// Where the frame log is, and how much of it is kept.
#[derive(Clone, Debug)]
pub struct FrameSettings {
    pub folder: PathBuf,
    pub retention: Retention,
    /// Size of a file.
    pub segment_bytes: u64,
}

/// A folder that is taken, before a run begins in it.
pub struct FrameLog {
    recovery: Recovery,
    writer: FrameWriter,
    compressor: Compressor,
}

impl FrameLog {
    /// Takes the folder, which nobody else may write to from now on; its label is the venue's name. Closed segments are compressed from
    /// then on. `config` and `ids`: of the topics that are made of it.
    pub fn open(
        settings: &FrameSettings,
        venue: &str,
        config: &LogConfig,
        ids: &SchemaIds,
    ) -> Result<Self, CaptureError> {
        let options = WriterOptions {
            retention: settings.retention,
            // Until the run before is known to be whole.
            needed_from: 0,
            segment_bytes: settings.segment_bytes,
            ahead: true,
            ..WriterOptions::new(venue)
        };
        let folder = settings.folder.clone();
        Loss::refuse(&folder)?;
        let writer = FrameWriter::open(&folder, options)?;
        let compressor = Compressor::start(&folder, |error| tracing::warn!("a segment stays as it is: {error}"));
        Ok(Self {
            compressor: compressor.map_err(|source| WriteError::Io {
                path: folder.clone(),
                source,
            })?,
            recovery: Recovery::new(folder, config.clone(), ids.clone()),
            writer,
        })
    }

    /// How its runs are written once more.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Appends what a run begins with, and sees it onto the disk: what is written from then on names it. Runs before are not needed any more.
    pub fn begin(self, beginning: Beginning, now_ns: i64) -> Result<RunLog, CaptureError> {
        beginning.check_places().map_err(CaptureError::BadBeginning)?;
        RunLog::begin(self.recovery, self.writer, self.compressor, beginning, now_ns)
    }
}
