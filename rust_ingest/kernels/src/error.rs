//! Why a stage cannot be made, or cannot take up a snapshot.

use contracts::{FrameError, Kind};
use thiserror::Error;

use crate::book_error::BookError;

/// Why a configuration is not one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("not the configuration of this stage: {0}")]
    Form(String),
    #[error("{field}: {problem}")]
    Field { field: String, problem: String },
    #[error(
        "strategy {strategy}: kind {kind} is a Python class; run stage signals with the python engine, or use one of {known}"
    )]
    PythonOnly {
        strategy: String,
        kind: String,
        known: &'static str,
    },
}

/// Why a stage cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StageError {
    #[error("there is no stage {name}; the stages are {known}")]
    Unknown { name: String, known: String },
    #[error("stage {stage}: {error}")]
    Config { stage: &'static str, error: ConfigError },
}

/// Why a snapshot cannot be taken up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RestoreError {
    #[error("the snapshot cannot be read: {0}")]
    Frame(#[from] FrameError),
    #[error("the snapshot is a {found}, not a {expected}")]
    OtherKind {
        expected: &'static str,
        found: &'static str,
    },
    #[error("the snapshot does not go with the configuration: {0}")]
    Refused(#[from] crate::Refusal),
    #[error("the snapshot is no book: {0}")]
    Book(#[from] BookError),
    #[error("the snapshot does not go with the feature {name} of your own: {problem}")]
    OwnFeature { name: String, problem: String },
    #[error("the snapshot is of stage {found}, not of {expected}")]
    OtherStage { expected: &'static str, found: String },
    #[error("the saved state of {topic}[{partition}] has none of stage {stage}")]
    MissingStage {
        topic: String,
        partition: i32,
        stage: &'static str,
    },
    #[error("an engine with these settings has no partition {topic}[{partition}]")]
    NoSuchPartition { topic: String, partition: i32 },
    #[error("{topic}[{partition}] cannot go on from offset {offset}")]
    BadOffset { topic: String, partition: i32, offset: i64 },
    #[error(
        "{field} was {found} when the snapshot was taken and is {configured} now; go on with the old value, or \
         delete the state and the outputs and start from the beginning of the log"
    )]
    OtherConfig {
        field: String,
        found: String,
        configured: String,
    },
}

impl ConfigError {
    pub(crate) fn field(field: &str, problem: &str) -> Self {
        Self::Field {
            field: field.to_owned(),
            problem: problem.to_owned(),
        }
    }

    /// Of a table of the configuration, which this names.
    pub(crate) fn within(self, table: &str) -> Self {
        match self {
            Self::Form(problem) => Self::field(table, &problem),
            Self::Field { field, problem } => Self::field(&format!("{table}.{field}"), &problem),
            other @ Self::PythonOnly { .. } => other,
        }
    }
}

impl RestoreError {
    pub(crate) fn other_kind(expected: Kind, found: Kind) -> Self {
        Self::OtherKind {
            expected: expected.name(),
            found: found.name(),
        }
    }
}
