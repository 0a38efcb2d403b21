//! What can go wrong with the ingestor's frame log.

use std::path::PathBuf;

use journal::frames::{ReadError, WriteError};

use super::log_name::LogName;
use super::loss::{Loss, told};

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
        "{}: the broker had acknowledged all records of run {run} before frame {sequence}, and its topics lack some of them; the frames \
         that these are made of are not kept any more, so they cannot be written again. Were the topics deleted? Write what is kept into \
         empty topics: `tapeflow-ingestor derive --frames {} --topic-prefix again.`. To go on without it, move the folder away, or name \
         another one, and start again",
        folder.display(), folder.display()
    )]
    OtherTopics { folder: PathBuf, run: u64, sequence: u64 },
    #[error(
        "{}: run {run} was written to another log ({written}), and this is {now}: what it lacks there cannot be known here. Start with the \
         broker and the --topic-prefix of that log, or give this one a folder of its own; `tapeflow-ingestor derive --frames {}` writes the \
         run's records into topics that are empty",
        folder.display(), folder.display()
    )]
    OtherLog {
        folder: PathBuf,
        run: u64,
        written: Box<LogName>,
        now: Box<LogName>,
    },
    #[error(
        "{}: the broker lost records that it had acknowledged: {}. What stands in the topics behind that hole hides it from a start, so \
         nothing is written until a person has looked at the broker. `tapeflow-ingestor check --frames {}` counts what the topics lack, \
         `tapeflow-ingestor derive --frames {} --topic-prefix again.` writes all of it into empty topics. Then delete {} to go on, with \
         the hole in this log, or move the folder away",
        folder.display(), told(loss.as_deref()), folder.display(), folder.display(), note.display()
    )]
    LostByBroker {
        folder: PathBuf,
        note: PathBuf,
        /// None where the note was cut.
        loss: Option<Box<Loss>>,
    },
    #[error(
        "no run has begun that could be written later: this is a fault of the ingestor, which ends; start it again, and report it"
    )]
    NotBegun,
    #[error("a run cannot begin: {0}")]
    BadBeginning(String),
    #[error(
        "{}: frame {sequence} came before any run began; the log's first segments are not kept any more: read from a later one",
        folder.display()
    )]
    NoBeginning { folder: PathBuf, sequence: u64 },
}
