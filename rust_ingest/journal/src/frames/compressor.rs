//! Closed segments compressed while the log is written.

use std::io;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::process::setpriority_process;

use super::compression::compress_closed;
use super::error::{ReadError, WriteError};
use super::segment_file;

/// Between two looks for closed segments.
const EVERY: Duration = Duration::from_secs(2);
/// What cannot be compressed now is tried again then.
const AFTER_ERROR: Duration = Duration::from_secs(60);
const LEVEL: i32 = 3;
/// The least there is: it runs when nothing else wants to.
const NICE: i32 = 19;

/// A thread that compresses what a writer has closed. It ends some time after this is dropped, or with the process: at any moment a
/// segment is there whole, compressed or not.
#[derive(Debug)]
pub struct Compressor {
    _stop: Sender<()>,
}

impl Compressor {
    /// `on_error` hears of each failed attempt; the segment stays as it is.
    pub fn start(folder: &Path, on_error: impl Fn(WriteError) + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let folder = folder.to_owned();
        thread::Builder::new().name("compress".to_owned()).spawn(move || {
            // Of this thread alone. Without it, it would only compete with others.
            let _ = setpriority_process(None, NICE);
            let mut wait = EVERY;
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(wait) {
                let done = has_closed(&folder)
                    .map_err(WriteError::from)
                    .and_then(|has_closed| has_closed.then(|| compress_closed(&folder, LEVEL)).transpose());
                wait = if done.is_ok() { EVERY } else { AFTER_ERROR };
                done.map_or_else(&on_error, drop);
            }
        })?;
        Ok(Self { _stop: stop })
    }
}

/// Whether a segment is there that is neither compressed nor the last one.
fn has_closed(folder: &Path) -> Result<bool, ReadError> {
    let files = segment_file::list(folder)?;
    Ok(files.iter().rev().skip(1).any(|file| !file.is_compressed()))
}
