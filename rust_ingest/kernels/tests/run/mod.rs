//! Runs a stage over records, and reads what it made.

// Each test program uses its own part of this.
#![allow(dead_code)]

use contracts::{Batch, Entry, Origin, Record, SchemaIds, Topic, decode, encode};
use kernels::{Partitions, Stage};

pub const SECOND: i64 = 1_000_000_000;
pub const PARTITION: i32 = 1;

/// A stage, and how far it has read.
pub struct Run {
    pub stage: Stage,
    next_offset: i64,
    ids: SchemaIds,
}

impl Run {
    pub fn new(name: &str, config: &str) -> Self {
        let ids = SchemaIds::embedded();
        Self {
            stage: Stage::new(name, config, ids.clone(), Partitions::declared()).unwrap(),
            next_offset: 0,
            ids,
        }
    }

    /// The kernel's own state, without the stage's counting around it.
    pub fn kernel_state(&self) -> Vec<u8> {
        match decode(&self.ids, &self.stage.snapshot()) {
            Ok(Record::StageState(state)) => state.kernel.to_vec(),
            other => panic!("no state: {other:?}"),
        }
    }

    /// What the stage makes of one more record.
    pub fn take<'r>(&mut self, record: impl Into<Record<'r>>) -> Made {
        let mut value = Vec::new();
        encode(&self.ids, &record.into(), &mut value);
        self.take_bytes(&value)
    }

    pub fn take_bytes(&mut self, value: &[u8]) -> Made {
        let origin = Origin {
            partition: PARTITION,
            offset: self.next_offset,
            index: 0,
        };
        let mut input = Batch::default();
        input.push(Entry {
            topic: self.stage.input(),
            partition: PARTITION,
            offset: self.next_offset,
            timestamp_ms: 0,
            produced_ns: None,
            origin,
            key: b"",
            value,
        });
        self.next_offset += 1;
        let mut output = Batch::default();
        self.stage.process(&input, &mut output);
        Made {
            batch: output,
            ids: self.ids.clone(),
        }
    }
}

/// Outputs of one record.
pub struct Made {
    batch: Batch,
    ids: SchemaIds,
}

impl Made {
    pub fn records(&self) -> Vec<Record<'_>> {
        (0..self.batch.len())
            .map(|at| decode(&self.ids, self.batch.get(at).value).unwrap())
            .collect()
    }

    /// The only output.
    pub fn only(&self) -> Record<'_> {
        assert_eq!(self.batch.len(), 1);
        self.records().remove(0)
    }

    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// The dead letter's reason, where that is all that was made.
    pub fn refusal(&self) -> String {
        match self.only() {
            Record::DeadLetter(letter) => letter.reason.to_owned(),
            other => panic!("not refused: {other:?}"),
        }
    }

    pub fn topics(&self) -> Vec<&'static Topic> {
        self.batch.iter().map(|entry| entry.topic).collect()
    }
}
