//! What a log needs beside appending: the next segment made ready, closed ones seen onto the disk, old ones deleted. Between two
//! appends, or by a thread for which no append waits while it keeps up.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use crash_points::CrashPoint;

use super::active_segment::{ActiveSegment, Naming, Upcoming};
use super::error::WriteError;
use super::retention::{self, Needed, Retention};
use super::segment_file::{self, SegmentFile};

/// A segment was begun.
#[derive(Debug)]
pub(super) struct Change {
    /// The one before, sealed.
    pub closed: Option<ActiveSegment>,
    pub begun: Naming,
    pub first_sequence: u64,
    /// When, ns UTC.
    pub now_ns: i64,
}

/// How it is done.
#[derive(Debug)]
pub(super) struct Work {
    pub folder: PathBuf,
    pub segment_bytes: u64,
    pub retention: Retention,
    pub needed: Arc<Needed>,
}

#[derive(Debug)]
pub(super) enum Upkeep {
    Inline(Inline),
    Ahead(Ahead),
}

impl Upkeep {
    /// A segment to begin. Its error is that of what was to be done before, or of making it; the next call tries both again.
    pub(super) fn upcoming(&mut self, now_ns: i64, open: Option<u64>) -> Result<Upcoming, WriteError> {
        match self {
            Self::Inline(inline) => {
                inline.settle()?;
                inline.work.prepare(now_ns, open)
            }
            Self::Ahead(ahead) => {
                ahead.settle()?;
                Ok(ahead.ready.take().expect("settled"))
            }
        }
    }

    /// What is to be done from now on.
    pub(super) fn changed(&mut self, change: Change) -> Result<(), WriteError> {
        match self {
            Self::Inline(inline) => {
                inline.unsettled = Some(change);
                inline.settle()
            }
            Self::Ahead(ahead) => {
                ahead.ask(Job::Change(change));
                Ok(())
            }
        }
    }

    /// Returns when all segments but the open one are on the disk, and that one has its name.
    pub(super) fn settle(&mut self) -> Result<(), WriteError> {
        match self {
            Self::Inline(inline) => inline.settle(),
            Self::Ahead(ahead) => ahead.settle(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Inline {
    work: Work,
    unsettled: Option<Change>,
}

impl Inline {
    pub(super) fn new(work: Work) -> Self {
        Self { work, unsettled: None }
    }

    fn settle(&mut self) -> Result<(), WriteError> {
        if let Some(change) = &self.unsettled {
            self.work.settle(change)?;
            self.unsettled = None;
        }
        Ok(())
    }
}

#[derive(Debug)]
enum Job {
    Change(Change),
    Again,
}

/// A thread that is a segment ahead.
#[derive(Debug)]
pub(super) struct Ahead {
    folder: PathBuf,
    /// None once it is to end.
    jobs: Option<Sender<Job>>,
    made: Receiver<Result<Upcoming, WriteError>>,
    ready: Option<Upcoming>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Makes a segment ready at once. `open`: the first number of the one that is written.
    pub(super) fn start(work: Work, now_ns: i64, open: Option<u64>) -> Result<Self, WriteError> {
        let (jobs, asked) = channel();
        let (tell, made) = channel();
        let folder = work.folder.clone();
        let body = move || {
            let (mut unsettled, mut now_ns, mut open) = (None, now_ns, open);
            loop {
                let done = unsettled.as_ref().map_or(Ok(()), |change| work.settle(change));
                let upcoming = done.and_then(|()| {
                    unsettled = None;
                    work.prepare(now_ns, open)
                });
                let _ = tell.send(upcoming);
                match asked.recv() {
                    Ok(Job::Again) => {}
                    Ok(Job::Change(change)) => {
                        (now_ns, open) = (change.now_ns, Some(change.first_sequence));
                        unsettled = Some(change);
                    }
                    Err(_) => return,
                }
            }
        };
        let thread = thread::Builder::new().name("segments".to_owned()).spawn(body);
        Ok(Self {
            thread: Some(thread.map_err(WriteError::io(&folder))?),
            folder,
            jobs: Some(jobs),
            made,
            ready: None,
        })
    }

    fn ask(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread ends when they are dropped, not before.
            let _ = jobs.send(job);
        }
    }

    fn settle(&mut self) -> Result<(), WriteError> {
        if self.ready.is_none() {
            let made = self.made.recv().expect("the thread answers every job");
            if made.is_err() {
                self.ask(Job::Again);
            }
            self.ready = Some(made?);
        }
        Ok(())
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was printed by its thread.
            let _ = thread.join();
        }
        let is_left = self.ready.take().is_some() || self.made.try_iter().any(|made| made.is_ok());
        if is_left {
            // Only space: the next opening would take it away too.
            let _ = fs::remove_file(segment_file::upcoming(&self.folder));
        }
    }
}

impl Work {
    fn settle(&self, change: &Change) -> Result<(), WriteError> {
        if let Some(closed) = &change.closed {
            closed.finish()?;
        }
        change.begun.name(&self.folder)?;
        crash_points::pass(CrashPoint::SegmentNamed);
        Ok(())
    }

    fn retain(&self, now_ns: i64, open: Option<u64>) -> Result<Vec<SegmentFile>, WriteError> {
        if self.retention == Retention::default() {
            return Ok(Vec::new());
        }
        let files = segment_file::list_alone(&self.folder)?;
        retention::apply(files, &self.retention, &self.needed, now_ns, self.segment_bytes, open)
    }

    fn prepare(&self, now_ns: i64, open: Option<u64>) -> Result<Upcoming, WriteError> {
        match self.retain(now_ns, open) {
            // An old file that cannot be read must not keep a new one from being written. It stays, and `retain` and readers tell of it.
            Ok(_) | Err(WriteError::Read(_)) => {}
            Err(other) => return Err(other),
        }
        Upcoming::prepare(&self.folder, self.segment_bytes)
    }
}
