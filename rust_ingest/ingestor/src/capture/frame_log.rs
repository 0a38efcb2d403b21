//! The frame log as the ingestor writes it.

use std::path::{Path, PathBuf};

use contracts::SchemaIds;
use journal::frames::{Compressor, FrameWriter, Retention, WriteError, WriterOptions};
use journal::inputs::Logged;
use tapelog::LogConfig;

use super::beginning::Beginning;
use super::error::CaptureError;
use super::recovery::Recovery;
use crate::session::Input;

/// Where the frame log is, and how much of it is kept.
#[derive(Clone, Debug)]
pub struct FrameSettings {
    pub folder: PathBuf,
    pub retention: Retention,
    /// Size of a file.
    pub segment_bytes: u64,
}

pub struct FrameLog {
    recovery: Recovery,
    /// The frame with which the run begins.
    first: u64,
    writer: FrameWriter,
    _compressor: Compressor,
    /// Memory for frames that are put together, used again and again.
    buffer: Vec<u8>,
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
            segment_bytes: settings.segment_bytes,
            ahead: true,
            ..WriterOptions::new(venue)
        };
        let folder = settings.folder.clone();
        let writer = FrameWriter::open(&folder, options)?;
        let compressor = Compressor::start(&folder, |error| tracing::warn!("a segment stays as it is: {error}"));
        Ok(Self {
            _compressor: compressor.map_err(|source| WriteError::Io {
                path: folder.clone(),
                source,
            })?,
            recovery: Recovery {
                folder,
                config: config.clone(),
                ids: ids.clone(),
            },
            first: writer.next_sequence(),
            writer,
            buffer: Vec::new(),
        })
    }

    pub fn folder(&self) -> &Path {
        self.recovery.folder()
    }

    /// How its runs are written once more, and from which frame on this one is.
    pub fn recovery(&self) -> (Recovery, u64) {
        (self.recovery.clone(), self.first)
    }

    /// The number of the frame to come.
    pub fn next_sequence(&self) -> u64 {
        self.writer.next_sequence()
    }

    /// Appends what a run begins with, and sees it onto the disk: what is written from then on names it.
    pub fn begin(&mut self, beginning: &Beginning, now_ns: i64) -> Result<u64, CaptureError> {
        let sequence = self.append_logged(Logged::Beginning(&beginning.to_json()), now_ns)?;
        self.writer.sync()?;
        self.first = sequence;
        Ok(sequence)
    }

    /// Appends an input that was received at `receive_ns`, before the session takes it, and returns its number.
    #[inline]
    pub fn append(&mut self, input: Input<'_>, receive_ns: i64) -> Result<u64, CaptureError> {
        self.append_logged(Logged::Input(input), receive_ns)
    }

    #[inline]
    fn append_logged(&mut self, logged: Logged<'_>, receive_ns: i64) -> Result<u64, CaptureError> {
        let (connection, payload) = logged.write(&mut self.buffer);
        Ok(self.writer.append(connection, receive_ns, payload)?)
    }
}
