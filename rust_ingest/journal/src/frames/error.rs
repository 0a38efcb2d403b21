//! What can go wrong with a frame log, each with the file and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why frames cannot be read.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error("{}: {source}; see that the folder and its files can be read", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is no segment of a frame log: {reason}; move it out of the folder", path.display())]
    NotASegment { path: PathBuf, reason: &'static str },
    #[error(
        "{} is damaged at byte {position}, where frame {sequence} should stand: {reason}; put a good copy in its place, \
         or read on from the next file's number; the last file can be cut there (cut_damaged_end)",
        path.display()
    )]
    Damaged {
        path: PathBuf,
        position: usize,
        sequence: u64,
        reason: &'static str,
    },
    #[error(
        "{}: frames {wanted} to {next} (not included) are missing between two files; put the file back, or read from {next}",
        folder.display()
    )]
    Missing { folder: PathBuf, wanted: u64, next: u64 },
    #[error("{}: frame {wanted} is not kept any more; the oldest is {oldest}", folder.display())]
    NotKept { folder: PathBuf, wanted: u64, oldest: u64 },
}

/// Why a frame log cannot be opened for writing, appended to or tidied up. What was appended before stays readable.
#[derive(Debug, Error)]
pub enum WriteError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{}: {source}; see that the folder can be written", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "no room on the disk for the {bytes} bytes of {} ({source}): free some, or keep fewer segments; \
         all frames appended so far are readable, and appending goes on when there is room",
        path.display()
    )]
    DiskFull {
        path: PathBuf,
        bytes: u64,
        source: io::Error,
    },
    #[error(
        "the file system of {} cannot reserve space, so a full disk would kill the program: use ext4, xfs, btrfs or tmpfs",
        path.display()
    )]
    NoReservation { path: PathBuf },
    #[error("{} is in use by another process or thread: one at a time", path.display())]
    Locked { path: PathBuf },
    #[error("{} holds frames of {found:?}, not of {wanted:?}: choose another folder", folder.display())]
    OtherLabel {
        folder: PathBuf,
        found: String,
        wanted: String,
    },
    #[error(
        "a frame of {payload_bytes} bytes does not fit in a segment, which takes {most_bytes}: raise segment_bytes"
    )]
    TooLarge { payload_bytes: usize, most_bytes: usize },
    #[error("{name} is {value}, and must be {allowed}")]
    Option {
        name: &'static str,
        value: u64,
        allowed: &'static str,
    },
}

impl ReadError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

impl WriteError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// Of an attempt to put `bytes` on the disk: a full one has its own name.
    pub(super) fn room(path: &Path, bytes: u64) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            let path = path.to_owned();
            match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                    Self::DiskFull { path, bytes, source }
                }
                io::ErrorKind::Unsupported => Self::NoReservation { path },
                _ => Self::Io { path, source },
            }
        }
    }
}
