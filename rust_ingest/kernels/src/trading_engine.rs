//! The whole chain in one process and without a log: market.ticks -> bars, features, signals -> risk.inbox -> decisions
//! and orders, for research, backtests and the lowest latency.
//!
//! It runs the stages that the flows run, one chain for each partition of market.ticks and one risk stage for each of
//! risk.inbox, so that its events are what the flows write to the log, bit for bit. A log's inbox can have many orders:
//! several flows, the router and operators write to it. Here it has one: what a tick makes stands in the inbox before the
//! next record is taken, behind all that came before. [`Inbox::Held`] takes another order, as a log has it.
//!
//! Markets of several partitions run side by side where there are threads for them; risk runs on the caller's thread, and
//! takes what they made in the order of the records. So how many threads there are shows in no event and no state.

mod error;
mod market;
mod places;
mod side_by_side;
mod state;

use std::num::NonZeroUsize;

use contracts::{Batch, Entry, SchemaIds, Topic};

use crate::{Partitions, RestoreError, Stage, StageError};
pub use error::InputError;
use market::Market;
use places::{Log, Place, Places};
use side_by_side::Shares;
pub use state::PartitionState;

/// Each stage's configuration, as [`Stage::new`] takes it.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    pub bars: String,
    pub features: String,
    pub signals: String,
    pub risk: String,
}

impl Default for EngineConfig {
    /// The stages' own defaults.
    fn default() -> Self {
        let none = || "{}".to_owned();
        Self {
            bars: none(),
            features: none(),
            signals: none(),
            risk: none(),
        }
    }
}

/// Who says in which order records enter risk.inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbox {
    /// The engine: signals and marks enter as they are made, and risk judges them at once.
    Own,
    /// The caller: signals and marks are told and stay out. All records of risk.inbox are given, those too, as a log has
    /// them.
    Held,
}

/// Bars, features, signals and risk, one behind the other.
pub struct TradingEngine {
    config: EngineConfig,
    ids: SchemaIds,
    partitions: Partitions,
    threads: NonZeroUsize,
    places: Places,
    /// By partition of market.ticks.
    markets: Vec<Market>,
    /// By partition of risk.inbox.
    risks: Vec<Stage>,
}

impl TradingEngine {
    /// In its initial state: nothing was taken yet.
    ///
    /// # Errors
    /// A configuration is none of its stage.
    pub fn new(config: EngineConfig, ids: SchemaIds, partitions: Partitions) -> Result<Self, StageError> {
        let stage = |name: &str, config: &str| Stage::new(name, config, ids.clone(), partitions);
        let places = Places::new(&partitions);
        let mut markets = Vec::with_capacity(places.count(Log::Ticks));
        for _ in 0..places.count(Log::Ticks) {
            markets.push(Market::new(
                stage("bars", &config.bars)?,
                stage("features", &config.features)?,
                stage("signals", &config.signals)?,
            ));
        }
        let risks = (0..places.count(Log::Inbox)).map(|_| stage("risk", &config.risk));
        let risks = risks.collect::<Result<_, _>>()?;
        Ok(Self {
            config,
            ids,
            partitions,
            threads: NonZeroUsize::MIN,
            places,
            markets,
            risks,
        })
    }

    /// Up to as many threads for the markets of a batch, one for each partition at most; with 1, as it begins, the
    /// caller's thread does all. What it makes is the same.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// Takes one record of market.ticks or risk.inbox, and appends to `events` what it causes, in order of happening. A
    /// partition of -1 is that of the record's key, an offset of -1 the next of its partition.
    ///
    /// Events bear their topic, partition and origin; records of risk.inbox their offset too, unless held.
    ///
    /// # Errors
    /// The record cannot stand where it is said to; nothing has changed then. What a stage cannot process is no error, but
    /// a DeadLetter among the events.
    pub fn execute_tick(&mut self, record: Entry<'_>, inbox: Inbox, events: &mut Batch) -> Result<(), InputError> {
        let place = self.places.find(&record, inbox, &self.ids);
        let (log, entry) = place.map_err(|problem| InputError::new(0, &record, problem))?;
        let (markets, mut behind) = self.parts(inbox, events);
        take(log, entry, markets, &mut behind);
        Ok(())
    }

    /// As `execute_tick` for one record after the other.
    ///
    /// # Errors
    /// A record cannot stand where it is said to; nothing of the batch was taken then.
    pub fn execute_ticks(&mut self, records: &Batch, inbox: Inbox, events: &mut Batch) -> Result<(), InputError> {
        let places = self.places.find_all(records, inbox, &self.ids)?;
        let shares = Shares::new(self.threads, self.markets.len(), &places);
        let (markets, mut behind) = self.parts(inbox, events);
        if shares.threads() == 1 {
            for (record, place) in records.iter().zip(places) {
                let entry = behind.placed(record, place);
                take(place.log, entry, markets, &mut behind);
            }
            return Ok(());
        }
        side_by_side::run(markets, &shares, records, &places, |record, place, made| {
            let entry = behind.placed(record, place);
            behind.note(place.log, &entry);
            match place.log {
                Log::Ticks => made.iter().for_each(|one| behind.tell(one)),
                Log::Inbox => behind.judge(entry),
            }
        });
        Ok(())
    }

    /// Offset behind the last record of a partition of market.ticks or risk.inbox; `None` if there is no such partition.
    pub fn next_offset(&self, topic: &Topic, partition: i32) -> Option<i64> {
        self.places.next_offset(Log::of(topic)?, partition)
    }

    fn parts<'e>(&'e mut self, inbox: Inbox, events: &'e mut Batch) -> (&'e mut [Market], Behind<'e>) {
        let behind = Behind {
            places: &mut self.places,
            risks: &mut self.risks,
            inbox,
            events,
        };
        (&mut self.markets, behind)
    }

    /// How every partition stands that has taken a record: those of market.ticks, then those of risk.inbox.
    pub fn snapshot(&self) -> Vec<PartitionState> {
        state::of(&self.places, &self.markets, &self.risks)
    }

    /// Replaces the whole state by what a snapshot says, or flows have saved; a partition of which it says nothing is in
    /// its initial state.
    ///
    /// # Errors
    /// A state is of another stage or configuration, or of no partition; the engine is then unchanged.
    pub fn restore(&mut self, states: &[PartitionState]) -> Result<(), RestoreError> {
        let fresh = Self::new(self.config.clone(), self.ids.clone(), self.partitions);
        let mut fresh = fresh
            .expect("the configuration of a running engine")
            .with_threads(self.threads);
        state::apply(states, &mut fresh.places, &mut fresh.markets, &mut fresh.risks)?;
        *self = fresh;
        Ok(())
    }
}

/// What comes behind the markets: one sequence, on one thread.
struct Behind<'e> {
    places: &'e mut Places,
    risks: &'e mut [Stage],
    inbox: Inbox,
    events: &'e mut Batch,
}

impl Behind<'_> {
    /// A record of a batch where it stands now that all before it are taken.
    fn placed<'r>(&mut self, record: Entry<'r>, place: Place) -> Entry<'r> {
        let offset = match (place.log, self.inbox) {
            // Behind what ticks before it have put there.
            (Log::Inbox, Inbox::Own) => self.places.append(place.log, place.partition),
            _ => place.offset,
        };
        Place { offset, ..place }.of(record)
    }

    #[inline]
    fn note(&mut self, log: Log, entry: &Entry<'_>) {
        self.places.taken(log, entry.partition, entry.offset);
    }

    /// What a market made; what is for the inbox enters it, unless it is held.
    #[inline]
    fn tell(&mut self, made: Entry<'_>) {
        if self.inbox == Inbox::Held || self.places.log_of(made.topic) != Some(Log::Inbox) {
            return self.events.push(made);
        }
        let offset = self.places.append(Log::Inbox, made.partition);
        let entered = Entry { offset, ..made };
        self.events.push(entered);
        self.judge(entered);
    }

    #[inline]
    fn judge(&mut self, entry: Entry<'_>) {
        self.risks[entry.partition as usize].take(entry, self.events);
    }
}

#[inline]
fn take(log: Log, entry: Entry<'_>, markets: &mut [Market], behind: &mut Behind<'_>) {
    behind.note(log, &entry);
    match log {
        Log::Ticks => {
            let market = &mut markets[entry.partition as usize];
            market.take(entry, behind.events);
            market.made.iter().for_each(|made| behind.tell(made));
        }
        Log::Inbox => behind.judge(entry),
    }
}
