//! Records to the broker: now, or later out of the frame log while the broker is away.

use std::mem::replace;
use std::time::Instant;

use broadcast::Broadcast;

use crate::capture::{CaptureError, CatchUp, Confirmed, RunLog};
use crate::error::IngestError;
use crate::outbox::Outbox;
use crate::publisher::Publisher;
use crate::status::Delivered;

/// With a frame log no more records wait in memory for a broker: it holds what they are made of.
const WAITING_MAX: usize = 50_000;

pub enum Sending {
    Now(Box<Publisher>),
    Later(Later),
    /// It failed for good, and the error was told.
    Failed,
}

pub struct Later {
    catch_up: CatchUp,
    /// The frame at which it was told to end: records from there on wait in the outbox.
    ends_at: Option<u64>,
    /// Those were too many to wait, and nobody has them any more.
    is_short: bool,
    live: Option<Broadcast>,
    /// As the publisher went.
    delivered: Delivered,
    confirmed: Confirmed,
}

impl Sending {
    pub fn send(&mut self, log: &RunLog, outbox: &mut Outbox) -> Result<(), IngestError> {
        match self {
            Self::Now(publisher) => match publisher.send(outbox) {
                Err(error) if error.is_outage() => {
                    tracing::warn!("the broker is away, frames are kept meanwhile: {error}");
                    self.put_off(log, outbox)
                }
                Ok(()) if outbox.entries().len() > WAITING_MAX => {
                    tracing::warn!("the claim is not confirmed, frames are kept meanwhile");
                    self.put_off(log, outbox)
                }
                sent => sent,
            },
            Self::Later(later) => {
                later.keep(outbox);
                Ok(())
            }
            Self::Failed => Ok(()),
        }
    }

    /// Looks what became of what was sent.
    pub fn on_time(&mut self, log: &RunLog, outbox: &mut Outbox) -> Result<(), IngestError> {
        match self {
            Self::Now(publisher) => match publisher.check() {
                Err(error) if error.is_outage() => {
                    tracing::warn!("the broker is away, frames are kept meanwhile: {error}");
                    self.put_off(log, outbox)
                }
                checked => Ok(checked?),
            },
            Self::Later(later) => {
                if later.catch_up.is_over() {
                    return self.go_on(log, outbox);
                }
                if later.catch_up.is_near() && later.ends_at.is_none() {
                    let end = log.next_sequence();
                    later.ends_at = Some(end);
                    later.catch_up.end_at(end);
                }
                Ok(())
            }
            Self::Failed => Ok(()),
        }
    }

    /// What is confirmed of the run, all of whose frames before `next` are taken; none once nobody knows any more.
    pub fn confirmed(&mut self, outbox: &Outbox, next: u64) -> Option<Confirmed> {
        match self {
            Self::Now(publisher) => publisher.confirmed(outbox, next),
            Self::Later(later) => Some(later.confirmed.clone()),
            Self::Failed => None,
        }
    }

    pub fn finish(&mut self, log: &RunLog, outbox: &mut Outbox, deadline: Instant) -> Result<(), IngestError> {
        match self {
            Self::Now(publisher) => match publisher.finish(outbox, deadline) {
                Err(error) if error.is_outage() || matches!(error, IngestError::Unwritten { .. }) => {
                    tracing::warn!("the next start writes it out of the frame log: {error}");
                    Ok(())
                }
                finished => finished,
            },
            Self::Later(later) => {
                let behind = later.behind(log);
                tracing::warn!(
                    behind,
                    "the broker was away: the next start writes these frames' records"
                );
                Ok(())
            }
            Self::Failed => Ok(()),
        }
    }

    pub fn give_back(&mut self) {
        // Who catches up still has the claim: the next one waits until the lease has run out.
        if let Self::Now(publisher) = self {
            publisher.give_back();
        }
    }

    pub fn delivered(&self, log: &RunLog) -> Delivered {
        match self {
            Self::Now(publisher) => publisher.delivered(),
            Self::Later(later) => Delivered {
                // At least one record each, and never none before all are there.
                unacknowledged: later.behind(log).max(1),
                ..later.delivered
            },
            Self::Failed => Delivered::default(),
        }
    }

    /// From now on the frame log is what is sent from.
    fn put_off(&mut self, log: &RunLog, outbox: &mut Outbox) -> Result<(), IngestError> {
        self.put_off_from(log.next_sequence(), log, outbox)
    }

    /// The same, where the publisher has nothing of the frames from `next` on, whether or not the outbox still has it.
    fn put_off_from(&mut self, next: u64, log: &RunLog, outbox: &mut Outbox) -> Result<(), IngestError> {
        *self = match replace(self, Self::Failed) {
            Self::Now(publisher) => Self::Later(Later::begin(*publisher, next, log, outbox)?),
            put_off => put_off,
        };
        Ok(())
    }

    /// All that was put off is with the producer.
    fn go_on(&mut self, log: &RunLog, outbox: &mut Outbox) -> Result<(), IngestError> {
        if let Self::Later(later) = replace(self, Self::Failed) {
            let mut publisher = later.catch_up.join()?;
            *publisher.live_mut() = later.live;
            *self = Self::Now(Box::new(publisher));
            tracing::info!("what was received while the broker was away is written");
            if later.is_short
                && let Some(end) = later.ends_at
            {
                return self.put_off_from(end, log, outbox);
            }
        }
        Ok(())
    }
}

impl Later {
    /// Nothing of the frames from `next` on was handed over, whether or not the outbox still has it.
    fn begin(mut publisher: Publisher, next: u64, log: &RunLog, outbox: &mut Outbox) -> Result<Self, IngestError> {
        let confirmed = publisher.confirmed(outbox, next).ok_or(CaptureError::NotBegun)?;
        let delivered = publisher.delivered();
        let live = publisher.live_mut().take();
        let stretch = log.stretch(confirmed.clone());
        let mut later = Self {
            catch_up: CatchUp::start(log.recovery().clone(), stretch, publisher)?,
            ends_at: None,
            is_short: false,
            live,
            delivered,
            confirmed,
        };
        later.keep(outbox);
        Ok(later)
    }

    /// Frames whose records are still to be sent.
    fn behind(&self, log: &RunLog) -> u64 {
        log.next_sequence().saturating_sub(self.catch_up.reached())
    }

    /// Lets go of records that are made of the log once more, or keeps those that are not.
    fn keep(&mut self, outbox: &mut Outbox) {
        let is_ending = self.ends_at.is_some();
        self.is_short |= is_ending && outbox.entries().len() > WAITING_MAX;
        if is_ending && !self.is_short {
            return;
        }
        if let Some(live) = &self.live {
            live.publish(outbox.entries(), tapelog::now_ns());
        }
        outbox.clear();
    }
}
