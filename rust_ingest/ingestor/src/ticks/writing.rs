//! The thread that writes tick files.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;
use journal::frames::Retention;
use journal::ticks::{Tick, TickError, TickFolder, TickWriter};

use super::ring::TickReceiver;

/// After the disk refused a tick. What comes in between is lost to the files.
const REFUSED_WAIT: Duration = Duration::from_secs(1);
const RETAIN_EACH: Duration = Duration::from_secs(10);

pub struct Writing {
    made: TickReceiver,
    folder: TickFolder,
    /// By symbol.
    files: HashMap<u32, OneFile, RandomState>,
    retention: Retention,
    written: telemetry::Counter,
    lost: telemetry::Counter,
    waits: telemetry::Counter,
    refused: Option<Refused>,
}

struct OneFile {
    writer: TickWriter,
    /// Not taken by the disk since the last one that was.
    missing: u32,
}

/// The disk does not take ticks.
struct Refused {
    reason: String,
    again_at: Instant,
}

impl Writing {
    pub fn new(
        made: TickReceiver,
        folder: TickFolder,
        writers: Vec<(u32, TickWriter)>,
        retention: Retention,
        venue: &'static str,
    ) -> Self {
        let file = |(symbol_id, writer)| (symbol_id, OneFile { writer, missing: 0 });
        Self {
            made,
            folder,
            files: writers.into_iter().map(file).collect(),
            retention,
            written: telemetry::counter!("tapeflow_ingestor_ticks_written_total", "venue" => venue),
            lost: telemetry::counter!("tapeflow_ingestor_ticks_lost_total", "venue" => venue, "cause" => "disk"),
            waits: telemetry::counter!("tapeflow_ingestor_tick_waits_total", "venue" => venue),
            refused: None,
        }
    }

    /// Runs until the other end is dropped and the ring is empty; then all files have ended.
    pub fn run(mut self) {
        let mut retain_at = Instant::now();
        loop {
            let is_over = self.made.is_over();
            let count = self.write_all();
            if count == 0 && is_over {
                break;
            }
            if Instant::now() >= retain_at {
                retain_at = Instant::now() + RETAIN_EACH;
                self.retain();
            }
            if count == 0 {
                self.made.sleep();
            }
        }
        for (_, file) in self.files {
            if let Err(error) = file.writer.close() {
                tracing::error!("tick files: {error}");
            }
        }
    }

    /// Writes what is there now; says how many ticks that was.
    fn write_all(&mut self) -> usize {
        let chunk = self.made.ready();
        let count = chunk.len();
        let mut taken = 0;
        for tick in chunk {
            let Some(file) = self.files.get_mut(&tick.symbol_id) else {
                continue;
            };
            if self
                .refused
                .as_ref()
                .is_some_and(|refused| Instant::now() < refused.again_at)
            {
                file.missing = file.missing.saturating_add(1);
                continue;
            }
            match file.put(tick) {
                Ok(()) => {
                    taken += 1;
                    if self.refused.take().is_some() {
                        tracing::info!("tick files are written again");
                    }
                }
                Err(error) => Refused::note(&mut self.refused, &error),
            }
        }
        self.written.increment(taken);
        self.lost.increment(count as u64 - taken);
        self.waits.increment(self.made.waits());
        count
    }

    fn retain(&self) {
        match self.folder.retain(&self.retention, tapelog::now_ns()) {
            Ok(deleted) if deleted.is_empty() => {}
            Ok(deleted) => tracing::info!(parts = deleted.len(), "deleted the oldest tick files"),
            Err(error) => tracing::error!("tick files: {error}"),
        }
    }
}

impl OneFile {
    fn put(&mut self, tick: Tick) -> Result<(), TickError> {
        let put = match self.missing {
            0 => self.writer.append(tick),
            missing => self.writer.append_after_gap(tick, missing),
        };
        self.missing = match put {
            Ok(_) => 0,
            Err(_) => self.missing.saturating_add(1),
        };
        put.map(|_| ())
    }
}

impl Refused {
    /// Says why, once for each reason.
    fn note(refused: &mut Option<Self>, error: &TickError) {
        let reason = error.to_string();
        if refused.as_ref().is_none_or(|before| before.reason != reason) {
            tracing::error!("tick files miss what comes until the disk takes it; the topics have it: {reason}");
        }
        *refused = Some(Self {
            reason,
            again_at: Instant::now() + REFUSED_WAIT,
        });
    }
}
