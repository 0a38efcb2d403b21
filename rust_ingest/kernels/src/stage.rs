//! A kernel on one partition: decoding, origin counting, dead letters, snapshots.

use contracts::{Batch, Entry, Kind, Record, SchemaIds, StageState, Topic, decode, encode};

use crate::bars::Bars;
use crate::emit::Context;
use crate::features::Features;
use crate::repeats::Repeats;
use crate::risk::Risk;
use crate::signals::Signals;
use crate::{ConfigError, Emit, Kernel, Partitions, Position, Refusal, RestoreError, StageError};

struct Spec {
    name: &'static str,
    input: &'static str,
    /// Where Rollout records go on to: the topic that the stage behind reads.
    onward: Option<&'static str>,
    make: fn(&str) -> Result<Box<dyn Kernel>, ConfigError>,
}

static STAGES: [Spec; 4] = [
    Spec {
        name: "bars",
        input: "market.ticks",
        onward: Some("market.bars"),
        make: Bars::make,
    },
    Spec {
        name: "features",
        input: "market.bars",
        onward: Some("market.features"),
        make: Features::make,
    },
    Spec {
        name: "signals",
        input: "market.features",
        onward: None,
        make: Signals::make,
    },
    Spec {
        name: "risk",
        input: "risk.inbox",
        onward: None,
        make: Risk::make,
    },
];

/// What to do with a record, by its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Action {
    Process,
    /// For whoever runs the stages, not for a kernel: goes on to the stage behind.
    PassOn(&'static Topic),
    /// In the right topic, but of no use to the kernel.
    Skip,
    Refuse,
}

/// A kernel on one partition.
pub struct Stage {
    kernel: Box<dyn Kernel>,
    input: &'static Topic,
    context: Context,
    actions: [Action; Kind::ALL.len()],
    cause: Option<Position>,
    next_index: i32,
    repeats: Repeats,
}

impl Stage {
    /// The stage `name` (bars, features, signals, risk), in its initial state.
    ///
    /// # Errors
    /// There is no such stage, or `config_json` is not its configuration.
    pub fn new(name: &str, config_json: &str, ids: SchemaIds, partitions: Partitions) -> Result<Self, StageError> {
        let spec = STAGES
            .iter()
            .find(|spec| spec.name == name)
            .ok_or_else(|| StageError::Unknown {
                name: name.to_owned(),
                known: STAGES.iter().map(|spec| spec.name).collect::<Vec<_>>().join(", "),
            })?;
        let kernel = (spec.make)(config_json).map_err(|error| StageError::Config {
            stage: spec.name,
            error,
        })?;
        let known = |name| Topic::named(name).expect("STAGES names topics of topics.toml");
        let (input, onward) = (known(spec.input), spec.onward.map(known));
        let actions = Kind::ALL.map(|kind| match (input.kinds.contains(&kind), kind, onward) {
            (false, ..) => Action::Refuse,
            (true, Kind::Rollout, Some(topic)) => Action::PassOn(topic),
            (true, ..) if kernel.reads(kind) => Action::Process,
            (true, ..) => Action::Skip,
        });
        Ok(Self {
            kernel,
            input,
            context: Context {
                stage: spec.name,
                ids,
                partitions,
            },
            actions,
            cause: None,
            next_index: 0,
            repeats: Repeats::default(),
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.context.stage
    }

    /// The topic that the stage reads.
    pub fn input(&self) -> &'static Topic {
        self.input
    }

    /// Takes records of one partition in their order, and appends what the stage makes of them. Total: what cannot be
    /// processed becomes a DeadLetter.
    pub fn process(&mut self, input: &Batch, output: &mut Batch) {
        for entry in input.iter() {
            self.take(entry, output);
        }
    }

    /// As `process` for one record.
    pub(crate) fn take(&mut self, entry: Entry<'_>, output: &mut Batch) {
        let opened = match self.context.ids.open(entry.value) {
            Ok(opened) => opened,
            Err(error) => return self.refuse(entry, Refusal::of_frame(error), output),
        };
        let kind = opened.kind;
        let onward = match self.actions[kind as usize] {
            Action::Process => None,
            Action::PassOn(topic) => Some(topic),
            Action::Skip => return,
            Action::Refuse => return self.refuse(entry, Refusal::UnexpectedKind { kind: kind.name() }, output),
        };
        let Ok(record) = opened.decode() else {
            return self.refuse(entry, Refusal::BadBody { kind: kind.name() }, output);
        };
        let origin = record.origin();
        if origin.is_some_and(|origin| self.repeats.is_repeat(self.input, kind, origin)) {
            return;
        }
        let cause = match origin {
            Some(origin) if !self.input.sequenced => Position {
                partition: origin.partition,
                offset: origin.offset,
            },
            _ => position(entry),
        };
        let kernel = &mut *self.kernel;
        let mut emit = Emit {
            context: &self.context,
            cause,
            next_index: count(&mut self.cause, &mut self.next_index, cause),
            input: entry,
            output,
        };
        if let (Some(topic), Record::Rollout(rollout)) = (onward, &record) {
            return emit.pass_on(rollout, topic);
        }
        if let Err(refusal) = kernel.on_record(cause, &record, &mut emit) {
            emit.dead_letter(&refusal);
        }
    }

    /// What cannot be read names no origin: in a derived topic its letter counts on from the newest cause.
    fn refuse(&mut self, entry: Entry<'_>, refusal: Refusal, output: &mut Batch) {
        let before_all = Position {
            partition: entry.partition,
            offset: -1,
        };
        let cause = match self.input.sequenced {
            true => position(entry),
            false => self.cause.unwrap_or(before_all),
        };
        let mut emit = Emit {
            context: &self.context,
            cause,
            next_index: count(&mut self.cause, &mut self.next_index, cause),
            input: entry,
            output,
        };
        emit.dead_letter(&refusal);
    }

    /// The state after all records so far, framed; either twin can take it up.
    pub fn snapshot(&self) -> Vec<u8> {
        let ids = &self.context.ids;
        let mut kernel = Vec::new();
        self.kernel.snapshot(ids, &mut kernel);
        let state = StageState {
            stage: self.context.stage,
            partition: self.cause.map_or(-1, |cause| cause.partition),
            offset: self.cause.map_or(-1, |cause| cause.offset),
            next_index: self.next_index,
            sources: self.repeats.to_states(),
            kernel: &kernel,
        };
        let mut out = Vec::with_capacity(kernel.len() + 128);
        encode(ids, &state.into(), &mut out);
        out
    }

    /// Replaces the state by a snapshot.
    ///
    /// # Errors
    /// The snapshot is of another stage or configuration; the stage is then unchanged.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), RestoreError> {
        let ids = &self.context.ids;
        let state = match decode(ids, snapshot)? {
            Record::StageState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::StageState, other.kind())),
        };
        if state.stage != self.context.stage {
            return Err(RestoreError::OtherStage {
                expected: self.context.stage,
                found: state.stage.to_owned(),
            });
        }
        self.kernel.restore(ids, state.kernel)?;
        self.cause = (state.partition >= 0).then_some(Position {
            partition: state.partition,
            offset: state.offset,
        });
        self.next_index = state.next_index;
        self.repeats = Repeats::from_states(&state.sources);
        Ok(())
    }
}

fn position(entry: Entry<'_>) -> Position {
    Position {
        partition: entry.partition,
        offset: entry.offset,
    }
}

/// The index counter of `cause`, from 0 if the cause is new.
fn count<'s>(newest: &mut Option<Position>, next_index: &'s mut i32, cause: Position) -> &'s mut i32 {
    if *newest != Some(cause) {
        *newest = Some(cause);
        *next_index = 0;
    }
    next_index
}
