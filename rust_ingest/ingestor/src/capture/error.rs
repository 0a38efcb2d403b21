//! What can go wrong with the ingestor's frame log.

use std::path::PathBuf;

use journal::frames::{ReadError, WriteError};

#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(
        "{}: frame {sequence} is none that this version can read: {reason}; was the log written by a newer one, or is it no ingestor's?",
        folder.display()
    )]
    BadFrame {
        folder: PathBuf,
        sequence: u64,
        reason: String,
    },
    #[error("{} has no run of an ingestor: name the folder that --frames of an ingestor writes to", folder.display())]
    NoRun { folder: PathBuf },
    #[error(
        "{}: the topics do not hold what the broker had acknowledged of its last run before frame {sequence}: were they wiped, or is it \
         another log's folder? Move it away, or name another one, and start again; `tapeflow-ingestor derive` reads it",
        folder.display()
    )]
    OtherTopics { folder: PathBuf, sequence: u64 },
    #[error("a run cannot begin: {0}")]
    BadBeginning(String),
    #[error(
        "{}: frame {sequence} came before any run began; the log's first segments are not kept any more: read from a later one",
        folder.display()
    )]
    NoBeginning { folder: PathBuf, sequence: u64 },
}
