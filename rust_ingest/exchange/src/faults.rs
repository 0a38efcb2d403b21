//! Faults on demand: what goes wrong at a venue, made to happen when a test needs it, or now and then by a seed.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::market::chance::Chance;

/// What went wrong is told one by one so often; after that it is only counted.
const HAPPENED_MAX: usize = 100_000;
/// Chances of faults are given in parts of this.
const MILLION: u64 = 1_000_000;

/// Faults as `POST /tapeflow/faults` sets them. Counts go down with each fault that has happened.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// New and cancel requests wait so long before they are accepted.
    pub order_delay_ms: u64,
    /// Their answers wait so long after they have been accepted.
    pub answer_delay_ms: u64,
    /// Queries wait so long.
    pub query_delay_ms: u64,
    /// So many new or cancel requests get 503 and are not accepted.
    pub fail_before_accept: u64,
    /// So many are accepted and get 503.
    pub fail_after_accept: u64,
    /// So many lose their connection and are not accepted.
    pub drop_connection_before_accept: u64,
    /// So many are accepted and lose their connection.
    pub drop_connection_after_accept: u64,
    /// So many order queries get 503.
    pub fail_queries: u64,
    /// So many requests get 429 with `Retry-After`.
    pub refuse_for_rate: u64,
    /// All addresses that have asked for anything are banned for so long (418), once.
    pub ban_ms: u64,
    /// The exchange's clock is ahead of the true time by so much, or behind.
    pub clock_skew_ms: i64,
    /// New orders are refused while it is true; cancels are not.
    pub halted: bool,
    /// So many stream messages are kept back from everyone: a sequence gap.
    pub skip_messages: u64,
    /// So many stream messages are sent twice.
    pub double_messages: u64,
    /// So many events of user-data streams are kept back.
    pub skip_user_events: u64,
    /// So many are sent twice.
    pub double_user_events: u64,
    /// So many depth snapshots are the one that was given out before.
    pub stale_snapshots: u64,
    /// All stream connections are cut, once.
    pub disconnect_streams: bool,
}

/// A fault that happens so many times, or now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// See [`Faults`], of all these.
    FailBeforeAccept,
    FailAfterAccept,
    DropConnectionBeforeAccept,
    DropConnectionAfterAccept,
    FailQueries,
    RefuseForRate,
    SkipMessages,
    DoubleMessages,
    SkipUserEvents,
    DoubleUserEvents,
    StaleSnapshots,
}

impl Fault {
    fn count(self, faults: &mut Faults) -> &mut u64 {
        match self {
            Fault::FailBeforeAccept => &mut faults.fail_before_accept,
            Fault::FailAfterAccept => &mut faults.fail_after_accept,
            Fault::DropConnectionBeforeAccept => &mut faults.drop_connection_before_accept,
            Fault::DropConnectionAfterAccept => &mut faults.drop_connection_after_accept,
            Fault::FailQueries => &mut faults.fail_queries,
            Fault::RefuseForRate => &mut faults.refuse_for_rate,
            Fault::SkipMessages => &mut faults.skip_messages,
            Fault::DoubleMessages => &mut faults.double_messages,
            Fault::SkipUserEvents => &mut faults.skip_user_events,
            Fault::DoubleUserEvents => &mut faults.double_user_events,
            Fault::StaleSnapshots => &mut faults.stale_snapshots,
        }
    }
}

/// How likely a fault is each time that it could happen: `fail_after_accept=0.01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultChance {
    fault: Fault,
    per_million: u64,
}

/// There is no such fault, or its chance is none.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no FAULT=CHANCE: write such as fail_after_accept=0.01, a count of GET /tapeflow/faults and at most 1"
)]
pub struct NoFaultChance(String);

impl FromStr for FaultChance {
    type Err = NoFaultChance;

    fn from_str(text: &str) -> Result<FaultChance, NoFaultChance> {
        let refused = || NoFaultChance(text.to_owned());
        let (name, chance) = text.split_once('=').ok_or_else(refused)?;
        let fault = serde_json::from_value(json!(name)).map_err(|_| refused())?;
        let chance: f64 = chance.parse().map_err(|_| refused())?;
        if !(0.0..=1.0).contains(&chance) {
            return Err(refused());
        }
        Ok(FaultChance {
            fault,
            per_million: (chance * MILLION as f64).round() as u64,
        })
    }
}

/// One fault that happened.
#[derive(Clone, Debug, Serialize)]
struct Happened {
    time_ns: u64,
    fault: Fault,
    /// What it happened to: a request, a stream.
    to: String,
}

/// What a client asked to go wrong, and when.
#[derive(Debug, Serialize)]
struct Asked {
    time_ns: u64,
    #[serde(flatten)]
    change: Change,
}

#[derive(Debug)]
struct State {
    faults: Faults,
    asked: Vec<Asked>,
    chances: BTreeMap<Fault, (u64, Chance)>,
    happened: Vec<Happened>,
    counts: BTreeMap<Fault, u64>,
}

/// A change of faults: what is not named stays.
pub type Change = serde_json::Map<String, Value>;

/// The faults in force, and what they did.
#[derive(Debug)]
pub struct FaultBoard {
    state: Mutex<State>,
    /// False while nothing can go wrong, so that a market of many messages need not ask.
    is_armed: AtomicBool,
}

impl FaultBoard {
    /// No faults but those that come by chance. Each kind draws for itself: the n-th request fails in every run of a
    /// seed, whatever the streams do.
    pub fn new(seed: u64, chances: &[FaultChance]) -> FaultBoard {
        let chance = |chance: &FaultChance| {
            let draws = Chance::new(seed, &format!("fault {:?}", chance.fault));
            (chance.fault, (chance.per_million, draws))
        };
        FaultBoard {
            is_armed: AtomicBool::new(!chances.is_empty()),
            state: Mutex::new(State {
                faults: Faults::default(),
                asked: Vec::new(),
                chances: chances.iter().map(chance).collect(),
                happened: Vec::new(),
                counts: BTreeMap::new(),
            }),
        }
    }

    /// The faults still to come.
    pub fn get(&self) -> Faults {
        self.state.lock().faults.clone()
    }

    /// Sets the faults that `change` names, and gives all.
    ///
    /// # Errors
    /// There is no such fault, or its value is not of its kind.
    pub fn change(&self, change: Change) -> Result<Faults, serde_json::Error> {
        let mut state = self.state.lock();
        let mut all = serde_json::to_value(&state.faults)?;
        if let Some(fields) = all.as_object_mut() {
            fields.extend(change.clone());
        }
        state.faults = serde_json::from_value(all)?;
        if state.asked.len() < HAPPENED_MAX {
            let time_ns = clock::now_ns();
            state.asked.push(Asked { time_ns, change });
        }
        self.is_armed.store(true, Ordering::Release);
        Ok(state.faults.clone())
    }

    /// Whether `fault` is to happen now to what `to` names; it is counted down, and written down.
    pub fn happens(&self, fault: Fault, to: &str) -> bool {
        if !self.is_armed.load(Ordering::Acquire) {
            return false;
        }
        let mut state = self.state.lock();
        let count = fault.count(&mut state.faults);
        let is_ordered = *count > 0;
        *count = count.saturating_sub(1);
        let is_drawn = state
            .chances
            .get_mut(&fault)
            .is_some_and(|(per_million, draws)| draws.below(MILLION) < *per_million);
        if !is_ordered && !is_drawn {
            return false;
        }
        *state.counts.entry(fault).or_default() += 1;
        if state.happened.len() < HAPPENED_MAX {
            state.happened.push(Happened {
                time_ns: clock::now_ns(),
                fault,
                to: to.to_owned(),
            });
        }
        true
    }

    /// How far the exchange's clock is ahead, ms.
    pub fn clock_skew_ms(&self) -> i64 {
        if !self.is_armed.load(Ordering::Acquire) {
            return 0;
        }
        self.state.lock().faults.clock_skew_ms
    }

    /// Every counted fault that happened, oldest first, and how often each did; and what was asked for, for the others are in force
    /// (delays, skew, halt) or done (ban, cut) from then on.
    pub fn happened(&self) -> Value {
        let state = self.state.lock();
        json!({"counts": state.counts, "faults": state.happened, "asked": state.asked})
    }

    /// Whether the streams are to be cut now; once.
    pub fn take_disconnect(&self) -> bool {
        std::mem::take(&mut self.state.lock().faults.disconnect_streams)
    }

    /// For how long everybody is to be banned now, ms; 0: not at all. Once.
    pub fn take_ban_ms(&self) -> u64 {
        std::mem::take(&mut self.state.lock().faults.ban_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_down_keeps_what_is_not_named_and_says_what_it_did() {
        let board = FaultBoard::new(1, &[]);
        let change = |text: &str| board.change(serde_json::from_str(text).unwrap());
        change(r#"{"fail_after_accept":2,"order_delay_ms":7}"#).unwrap();
        change(r#"{"skip_messages":1}"#).unwrap();
        assert!(board.happens(Fault::FailAfterAccept, "one"));
        assert!(board.happens(Fault::FailAfterAccept, "two"));
        assert!(!board.happens(Fault::FailAfterAccept, "three"));
        assert_eq!((board.get().order_delay_ms, board.get().skip_messages), (7, 1));
        assert!(change(r#"{"fail_alway":1}"#).is_err());
        let told = board.happened();
        assert_eq!(told["counts"], json!({"fail_after_accept": 2}));
        assert_eq!(told["faults"][1]["to"], "two");
        assert_eq!(
            told["asked"].as_array().map(Vec::len),
            Some(2),
            "what was refused is not among it"
        );
        assert_eq!(told["asked"][1]["skip_messages"], 1);
    }

    #[test]
    fn a_seed_gives_the_same_faults_whatever_other_faults_do() {
        let chances = ["fail_queries=0.2", "skip_messages=0.5"].map(|text| text.parse().unwrap());
        let draw = |seed, disturbed: bool| {
            let board = FaultBoard::new(seed, &chances);
            let happens = |_| {
                disturbed.then(|| board.happens(Fault::SkipMessages, ""));
                board.happens(Fault::FailQueries, "")
            };
            (0..200).map(happens).collect::<Vec<bool>>()
        };
        assert_eq!(draw(3, true), draw(3, false));
        assert_ne!(draw(3, true), draw(4, true));
        assert!((20..60).contains(&draw(3, true).iter().filter(|happens| **happens).count()));
        for wrong in ["fail_queries", "fail=0.1", "fail_queries=2", "order_delay_ms=0.1"] {
            assert!(wrong.parse::<FaultChance>().is_err(), "{wrong}");
        }
    }
}
