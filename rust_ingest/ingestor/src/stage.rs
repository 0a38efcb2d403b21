//! The session as a stage over the frame log: an input is logged, then taken, and what it makes is sent.

mod sending;

use std::time::Instant;

use contracts::SchemaIds;
use crash_points::CrashPoint;

use crate::capture::{Beginning, CaptureError, Confirmed, FrameLog, RunLog, Written};
use crate::error::IngestError;
use crate::outbox::{Counts, Outbox};
use crate::publisher::Publisher;
use crate::session::{Input, News, Session, Taken};
use crate::status::Delivered;
use crate::ticks::TickTap;
use sending::Sending;

pub struct Stage {
    session: Session,
    outbox: Outbox,
    way: Way,
}

/// Where records go.
enum Way {
    /// What is received is kept in memory alone until the broker has its records.
    Straight(Publisher),
    /// It is in the frame log first.
    Logged { log: Box<RunLog>, sending: Sending },
}

impl Stage {
    /// Begins a run, with each instrument's terms, ahead of its first tick. `frames` is where it is logged.
    pub fn begin(
        beginning: Beginning,
        ids: SchemaIds,
        frames: Option<FrameLog>,
        mut publisher: Publisher,
        ticks: Option<TickTap>,
        now_ns: i64,
    ) -> Result<Self, IngestError> {
        let session = beginning.session().map_err(CaptureError::BadBeginning)?;
        let mut outbox = Outbox::new(ids, beginning.dead_letter_partitions).with_ticks(ticks);
        let way = match frames {
            None => Way::Straight(publisher),
            Some(frames) => {
                let (run, places) = (beginning.run, beginning.places.clone());
                let log = Box::new(frames.begin(beginning, now_ns)?);
                crash_points::pass(CrashPoint::RunBegun);
                let before = log.first();
                publisher.begin_run(run, Confirmed { before, places }, Written::default());
                outbox.begin_frame(before);
                let sending = Sending::Now(Box::new(publisher));
                Way::Logged { log, sending }
            }
        };
        session.start(now_ns, &mut outbox);
        let mut stage = Self { session, outbox, way };
        stage.send()?;
        Ok(stage)
    }

    /// Takes an input that was received at `receive_ns`. After an error it was not taken, and nothing may be any more.
    #[inline]
    pub fn take(&mut self, input: Input<'_>, receive_ns: i64) -> Result<Taken, IngestError> {
        crash_points::pass(CrashPoint::Received);
        let Self { session, outbox, way } = self;
        if let Way::Logged { log, sending } = way {
            let standing = |next| Some((&*session, sending.confirmed(outbox, next)?));
            let sequence = log.append(input, receive_ns, standing)?;
            outbox.begin_frame(sequence);
            crash_points::pass(CrashPoint::Logged);
        }
        let taken = session.take(input, receive_ns, outbox);
        crash_points::pass(CrashPoint::Taken);
        Ok(taken)
    }

    /// Time went on. Fails if the broker lost anything that cannot be derived again.
    pub fn on_time(&mut self, now_ns: i64) -> Result<(), IngestError> {
        // The log does not grow by moments in which nothing happened.
        if self.session.is_due(now_ns) {
            self.take(Input::Time, now_ns)?;
        }
        self.send()?;
        match &mut self.way {
            Way::Straight(publisher) => Ok(publisher.check()?),
            Way::Logged { log, sending } => {
                log.watch_limits();
                sending.on_time(log, &mut self.outbox)
            }
        }
    }

    /// Hands the records to the producer, which waits while its queue is full. Without a lease they wait here; with a frame log
    /// only so many, and the others are written later.
    pub fn send(&mut self) -> Result<(), IngestError> {
        match &mut self.way {
            Way::Straight(publisher) => publisher.send(&mut self.outbox)?,
            Way::Logged { log, sending } => sending.send(log, &mut self.outbox)?,
        }
        self.outbox.announce();
        Ok(())
    }

    /// Sends what waits and sees it acknowledged, by `deadline`. What stands in the frame log for later is left to the next start.
    pub fn finish(&mut self, deadline: Instant) -> Result<(), IngestError> {
        match &mut self.way {
            Way::Straight(publisher) => publisher.finish(&mut self.outbox, deadline),
            Way::Logged { log, sending } => sending.finish(log, &mut self.outbox, deadline),
        }
    }

    /// Gives the claim back, so that a successor need not wait. To be called when everything is acknowledged.
    pub fn give_back(&mut self) {
        match &mut self.way {
            Way::Straight(publisher) => publisher.give_back(),
            Way::Logged { sending, .. } => sending.give_back(),
        }
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What the session wants asked for on a connection, each once: [`Session::replies`].
    pub fn replies(&mut self, connection: u16) -> Vec<Vec<String>> {
        self.session.replies(connection)
    }

    /// Why a connection is to be opened anew, where the venue said that it would close it; once.
    pub fn closing(&mut self, connection: u16) -> Option<String> {
        self.session.closing(connection)
    }

    /// What the venue said on a connection beside the market, each once.
    pub fn news(&mut self, connection: u16) -> Vec<News> {
        self.session.news(connection)
    }

    pub fn counts(&self) -> &Counts {
        self.outbox.counts()
    }

    pub fn delivered(&self) -> Delivered {
        let mut delivered = match &self.way {
            Way::Straight(publisher) => publisher.delivered(),
            Way::Logged { log, sending } => sending.delivered(log),
        };
        delivered.unacknowledged += self.outbox.entries().len() as u64;
        delivered
    }
}
