//! The frame log as the ingestor writes it.

use std::path::{Path, PathBuf};

use journal::frames::{FrameWriter, Retention, WriterOptions};

use super::beginning::Beginning;
use super::error::CaptureError;
use super::logged::Logged;
use crate::session::Input;

/// Where the frame log is, and how much of it is kept.
#[derive(Clone, Debug)]
pub struct FrameSettings {
    pub folder: PathBuf,
    pub retention: Retention,
}

pub struct FrameLog {
    folder: PathBuf,
    writer: FrameWriter,
    /// Memory for frames that are put together, used again and again.
    buffer: Vec<u8>,
}

impl FrameLog {
    /// Takes the folder, which nobody else may write to from now on; its label is the venue's name.
    pub fn open(settings: &FrameSettings, venue: &str) -> Result<Self, CaptureError> {
        let options = WriterOptions {
            retention: settings.retention,
            ..WriterOptions::new(venue)
        };
        Ok(Self {
            writer: FrameWriter::open(&settings.folder, options)?,
            folder: settings.folder.clone(),
            buffer: Vec::new(),
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends what a run begins with, and sees it onto the disk: what is written from then on names it.
    pub fn begin(&mut self, beginning: &Beginning, now_ns: i64) -> Result<u64, CaptureError> {
        let sequence = self.append_logged(Logged::Beginning(&beginning.to_json()), now_ns)?;
        self.writer.sync()?;
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
