//! The loop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use contracts::Batch;
use tapelog::{ReadError, ReadTo};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout_at};
use venues::orders::{Answer, Ask};

use super::start::Started;
use crate::clock::Clock;
use crate::desk::{Age, Desk, Errand};
use crate::error::RouterError;
use crate::intake;
use crate::journal::Journal;
use crate::lease::Lease;
use crate::limits::Limits;
use crate::metrics;
use crate::progress::{Confirmed, Counts, Status, StatusFile, by_topic};
use crate::venue::{Answered, VenueClient};

const STATUS_EVERY: Duration = Duration::from_secs(1);
/// Keeps a connection open, and the venue's clock known.
const WARM_EVERY: Duration = Duration::from_secs(10);
/// For what is under way at the end; then for the broker. Together below 5 s.
const LAST_ANSWERS: Duration = Duration::from_millis(2_500);
const LAST_REPORTS: Duration = Duration::from_millis(1_500);
const IDLE: Duration = Duration::from_secs(1);
const WITHOUT_LEASE: Duration = Duration::from_millis(20);

pub(super) struct Shift {
    lease: Lease,
    desk: Desk,
    journal: Journal,
    clients: BTreeMap<String, Arc<VenueClient>>,
    limits: Limits,
    clock: Clock,
    under_way: JoinSet<(Errand, Answered)>,
    records: mpsc::Receiver<Result<Batch, ReadError>>,
    /// Set to end the thread that reads.
    stop_reading: Arc<AtomicBool>,
    read: Vec<ReadTo>,
    confirmed: Confirmed,
    counts: Counts,
    status_file: StatusFile,
}

impl Shift {
    pub fn begin(started: Started) -> Result<Self, RouterError> {
        let Started {
            lease,
            reader,
            desk,
            journal,
            clients,
            limits,
            clock,
            status_file,
        } = started;
        let read: Vec<_> = lease
            .positions()
            .iter()
            .enumerate()
            .map(|(index, first)| ReadTo {
                offset: reader.position(index),
                ..*first
            })
            .collect();
        let records_recovered = read.iter().map(|read| read.offset.unsigned_abs()).sum();
        let stop_reading = Arc::new(AtomicBool::new(false));
        Ok(Self {
            lease,
            desk,
            journal,
            clients: clients
                .into_iter()
                .map(|(name, client)| (name, Arc::new(client)))
                .collect(),
            limits,
            clock,
            under_way: JoinSet::new(),
            records: intake::read(reader, Arc::clone(&stop_reading))?,
            stop_reading,
            confirmed: Confirmed::new(read.clone()),
            read,
            counts: Counts {
                records: records_recovered,
                ..Counts::default()
            },
            status_file: StatusFile::new(status_file.as_deref()),
        })
    }

    /// Works until `stop`.
    pub async fn work(mut self, stop: impl Future<Output = ()>) -> Result<(), RouterError> {
        let lost = self.lease.lost();
        tokio::pin!(stop, lost);
        let mut status = interval(STATUS_EVERY);
        status.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut warm = interval(WARM_EVERY);
        loop {
            // Without a lease nothing is asked and no answer is heard: a successor may be at work.
            let may_act = self.lease.is_valid(self.clock.now());
            if may_act {
                self.dispatch();
            }
            self.journal.check()?;
            let pause = if may_act { self.pause() } else { WITHOUT_LEASE };
            tokio::select! {
                () = &mut stop => break,
                error = &mut lost => return Err(error.into()),
                Some(done) = self.under_way.join_next(), if may_act => self.hear(done)?,
                batch = self.records.recv(), if may_act => self.take(batch)?,
                _ = status.tick() => self.tell()?,
                _ = warm.tick() => self.warm(),
                () = sleep(pause) => {}
            }
        }
        self.finish().await
    }

    /// Sends what is due, as far as there is room at each venue.
    fn dispatch(&mut self) {
        while let Some(errand) = self.desk.next(self.clock.now(), &self.limits, &mut self.journal) {
            // The desk has orders of these venues only.
            let Some(client) = self.clients.get(&errand.venue).cloned() else {
                continue;
            };
            self.limits.began(&errand.venue);
            self.under_way.spawn(async move {
                let answered = client.ask(&errand.ask, &errand.ticket).await;
                (errand, answered)
            });
        }
    }

    fn pause(&self) -> Duration {
        let due = self
            .desk
            .next_due_ns()
            .map(|due_ns| (due_ns - self.clock.now().steady_ns).max(0));
        due.map_or(IDLE, |wait_ns| Duration::from_nanos(wait_ns.unsigned_abs()).min(IDLE))
    }

    fn hear(&mut self, done: Result<(Errand, Answered), JoinError>) -> Result<(), RouterError> {
        let (errand, answered) = done.map_err(|_| RouterError::Stopped { what: "a request" })?;
        let Answered {
            answer,
            signed,
            used_weight,
        } = answered;
        let now = self.clock.now();
        self.limits.ended(&errand.venue);
        self.counts.count(&errand.ask, &answer);
        let took_ns = (now.steady_ns - signed.steady_ns).max(0).unsigned_abs();
        metrics::answered(&errand.ask, Duration::from_nanos(took_ns));
        if let Some(weight) = used_weight {
            self.limits.used(&errand.venue, weight, now);
        }
        if let Answer::Busy { wait_ms } = answer {
            self.limits.wait(&errand.venue, wait_ms, now);
        }
        log(&errand, &answer);
        self.desk.answer(&errand, answer, signed, now, &mut self.journal);
        Ok(())
    }

    fn take(&mut self, batch: Option<Result<Batch, ReadError>>) -> Result<(), RouterError> {
        let batch = batch.ok_or(RouterError::Stopped {
            what: "the reader of orders",
        })??;
        let now = self.clock.now();
        for entry in batch.iter() {
            intake::take(&mut self.desk, &entry, Age::Fresh, true, now, &mut self.journal);
            self.counts.records += 1;
            if let Some(read) = self.read.iter_mut().find(|read| read.partition == entry.partition) {
                read.offset = entry.offset + 1;
            }
        }
        Ok(())
    }

    fn tell(&mut self) -> Result<(), RouterError> {
        let (written, acknowledged) = self.journal.written();
        self.confirmed.update(&self.read, written, acknowledged);
        self.lease.note(self.confirmed.positions());
        let unconfirmed = usize::from(acknowledged < written);
        let status = Status {
            open: self.desk.open().max(unconfirmed),
            in_doubt: self.desk.in_doubt(),
            under_way: self.under_way.len(),
            counts: self.counts,
            reports: self.journal.reports(),
            dead_letters: self.journal.letters(),
            lag: self.lease.lag(),
            positions: by_topic(self.confirmed.positions()),
            updated_ns: self.clock.now().wall_ns,
        };
        metrics::tell(&status);
        self.status_file.write(&status)
    }

    fn warm(&self) {
        for client in self.clients.values() {
            let client = Arc::clone(client);
            tokio::spawn(async move { client.set_clock().await });
        }
    }

    /// Hears the last answers, and sees the last reports acknowledged. Open orders are the next router's.
    async fn finish(mut self) -> Result<(), RouterError> {
        self.stop_reading.store(true, Ordering::Release);
        let deadline = Instant::now() + LAST_ANSWERS;
        while self.lease.is_valid(self.clock.now()) {
            match timeout_at(deadline, self.under_way.join_next()).await {
                Ok(Some(done)) => self.hear(done)?,
                Ok(None) | Err(_) => break,
            }
        }
        self.desk.settle(self.clock.now(), &mut self.journal);
        self.journal.flush(LAST_REPORTS)?;
        self.tell()?;
        self.tell()?;
        self.lease.give_back();
        Ok(())
    }
}

/// What went wrong, for people; what went right is in the reports.
fn log(errand: &Errand, answer: &Answer) {
    let (order, venue) = (errand.ticket.client_order_id.as_str(), errand.venue.as_str());
    match answer {
        Answer::Unknown(why) => tracing::warn!(order, venue, "{:?}: outcome unknown: {why}", errand.ask),
        Answer::NotSent(why) => tracing::warn!(order, venue, "{:?}: not sent: {why}", errand.ask),
        Answer::Refused(why) if errand.ask != Ask::Cancel => {
            tracing::warn!(order, venue, "{:?}: refused: {why}", errand.ask);
        }
        Answer::Busy { wait_ms } => tracing::warn!(order, venue, ?wait_ms, "{:?}: too many requests", errand.ask),
        Answer::ClockOff => tracing::warn!(order, venue, "{:?}: the clocks differ", errand.ask),
        _ => {}
    }
}
