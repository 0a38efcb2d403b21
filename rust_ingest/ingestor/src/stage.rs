//! The session as a stage over the frame log: an input is logged, then taken, and what it makes is sent.

mod sending;

use std::time::Instant;

use contracts::SchemaIds;
use crash_points::CrashPoint;

use crate::capture::{Beginning, CaptureError, FrameLog, Written};
use crate::error::IngestError;
use crate::outbox::{Counts, Outbox};
use crate::publisher::Publisher;
use crate::session::{Input, Session, Taken};
use crate::status::Delivered;
use crate::ticks::TickTap;
use sending::Sending;

pub struct Stage {
    beginning: Beginning,
    session: Session,
    outbox: Outbox,
    /// None: what is received is kept in memory alone until the broker has its records.
    frames: Option<FrameLog>,
    sending: Sending,
}

impl Stage {
    /// What a run begins with, where it is logged, and where its records go.
    pub fn new(
        beginning: Beginning,
        ids: SchemaIds,
        frames: Option<FrameLog>,
        mut publisher: Publisher,
        ticks: Option<TickTap>,
    ) -> Result<Self, CaptureError> {
        if frames.is_some() {
            publisher.begin_run(beginning.run, Written::default());
        }
        Ok(Self {
            session: beginning.session().map_err(CaptureError::BadBeginning)?,
            outbox: Outbox::new(ids, beginning.dead_letter_partitions).with_ticks(ticks),
            beginning,
            frames,
            sending: Sending::Now(Box::new(publisher)),
        })
    }

    /// Begins: writes each instrument's terms, ahead of its first tick.
    pub fn start(&mut self, now_ns: i64) -> Result<(), IngestError> {
        if let Some(frames) = &mut self.frames {
            self.outbox.begin_frame(frames.begin(&self.beginning, now_ns)?);
            crash_points::pass(CrashPoint::RunBegun);
        }
        self.session.start(now_ns, &mut self.outbox);
        self.send()
    }

    /// Takes an input that was received at `receive_ns`. After an error it was not taken, and nothing may be any more.
    #[inline]
    pub fn take(&mut self, input: Input<'_>, receive_ns: i64) -> Result<Taken, IngestError> {
        crash_points::pass(CrashPoint::Received);
        if let Some(frames) = &mut self.frames {
            self.outbox.begin_frame(frames.append(input, receive_ns)?);
            crash_points::pass(CrashPoint::Logged);
        }
        let taken = self.session.take(input, receive_ns, &mut self.outbox);
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
        self.sending
            .on_time(self.frames.as_ref(), &self.beginning, &mut self.outbox)
    }

    /// Hands the records to the producer, which waits while its queue is full. Without a lease they wait here; with a frame log
    /// only so many, and the others are written later.
    pub fn send(&mut self) -> Result<(), IngestError> {
        self.sending
            .send(self.frames.as_ref(), &self.beginning, &mut self.outbox)?;
        self.outbox.announce();
        Ok(())
    }

    /// Sends what waits and sees it acknowledged, by `deadline`. What stands in the frame log for later is left to the next start.
    pub fn finish(&mut self, deadline: Instant) -> Result<(), IngestError> {
        self.sending.finish(self.frames.as_ref(), &mut self.outbox, deadline)
    }

    /// Gives the claim back, so that a successor need not wait. To be called when everything is acknowledged.
    pub fn give_back(&mut self) {
        self.sending.give_back();
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Text frames that the session wants sent on a connection now, each once.
    pub fn replies(&mut self, connection: u16) -> Vec<String> {
        self.session.replies(connection)
    }

    /// Why a connection is to be opened anew, where the venue said that it would close it; once.
    pub fn closing(&mut self, connection: u16) -> Option<String> {
        self.session.closing(connection)
    }

    pub fn counts(&self) -> &Counts {
        self.outbox.counts()
    }

    pub fn delivered(&self) -> Delivered {
        let mut delivered = self.sending.delivered(self.frames.as_ref());
        delivered.unacknowledged += self.outbox.entries().len() as u64;
        delivered
    }
}
