//! When to write the status file and the log line.

use std::time::Duration;

use tokio::time::Instant;

use crate::metrics;
use crate::status::{Status, StatusFile};

const FILE_EVERY: Duration = Duration::from_secs(1);
const LOG_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Report {
    file: Option<StatusFile>,
    file_due: Instant,
    logged: Instant,
    logged_frames: u64,
}

impl Report {
    pub fn new(file: Option<StatusFile>) -> Self {
        let now = Instant::now();
        Self {
            file,
            file_due: now,
            logged: now,
            logged_frames: 0,
        }
    }

    pub fn is_due(&self, now: Instant) -> bool {
        now >= self.file_due
    }

    /// Writes the file, and the log line where it is time for one. A file that cannot be written does not stop the market.
    pub fn publish(&mut self, status: &Status, frames: u64, now: Instant) {
        self.file_due = now + FILE_EVERY;
        metrics::tell(status);
        if let Some(file) = &self.file
            && let Err(error) = file.write(status)
        {
            tracing::warn!(path = %file.path().display(), "the status file cannot be written: {error}");
        }
        let elapsed = now.saturating_duration_since(self.logged);
        if elapsed >= LOG_EVERY {
            status.log((frames - self.logged_frames) as f64 / elapsed.as_secs_f64());
            (self.logged, self.logged_frames) = (now, frames);
        }
    }
}
