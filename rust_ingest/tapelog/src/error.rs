//! What can go wrong with the log, each with what to do about it. No message carries a setting's value: it may be a secret.

use thiserror::Error;

use crate::inspector::Watermarks;

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    #[error("no broker is named: set TAPEFLOW_BOOTSTRAP_SERVERS, or start the embedded one with `tapeflow up`")]
    NoBootstrap,
    #[error("{variable} would weaken the promise that no record is lost, doubled or reordered: unset it")]
    Reserved { variable: String },
    #[error("librdkafka does not take the setting {property}: correct or unset TAPEFLOW_KAFKA_{}", property.to_uppercase().replace('.', "_"))]
    Refused { property: String },
    #[error("the Kafka client could not be made: {reason}; check the TAPEFLOW_KAFKA_* variables")]
    Client { reason: String },
}

/// Why records cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the broker at {bootstrap} did not answer within {timeout_s} s ({reason}): is it running?")]
    Unreachable {
        bootstrap: String,
        timeout_s: u64,
        reason: String,
    },
    #[error(
        "topic {topic} does not exist at {bootstrap}: make all topics with `tapeflow up`, or check TAPEFLOW_TOPIC_PREFIX"
    )]
    NoTopic { topic: String, bootstrap: String },
    #[error(
        "topic {topic} has {partitions} partitions, not partition {partition}: was it made anew? \
         delete the state that was saved from the former one"
    )]
    NoPartition {
        topic: String,
        partition: i32,
        partitions: usize,
    },
    #[error(
        "{topic}[{partition}] holds offsets {low} to {high}, and was to be read from {offset}: was the log wiped or cut? \
         delete the state that was saved from the former log (the flow's recovery folder), then start again"
    )]
    OutOfRange {
        topic: String,
        partition: i32,
        offset: i64,
        low: i64,
        high: i64,
    },
    #[error(
        "reading {topics} was refused: {reason}; correct the broker's permissions or the TAPEFLOW_KAFKA_* variables"
    )]
    Refused { topics: String, reason: String },
    #[error("reading {topics} failed for good: {reason}; start again")]
    Failed { topics: String, reason: String },
}

impl ReadError {
    pub(crate) fn out_of_range(topic: String, partition: i32, offset: i64, marks: Watermarks) -> Self {
        Self::OutOfRange {
            topic,
            partition,
            offset,
            low: marks.low,
            high: marks.high,
        }
    }
}

/// Why records were not written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WriteError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "a record for {topic}[{partition}] was not written: {reason}; nothing is written after it by this process. \
         Start again: it resumes behind the last record that was"
    )]
    Lost {
        topic: String,
        partition: i32,
        reason: String,
        /// It was not refused: there was no answer in time.
        is_outage: bool,
    },
    #[error(
        "{unacknowledged} records were not acknowledged by {bootstrap} within {timeout_ms} ms: is the broker running? \
         Start again: it resumes behind the last record that was"
    )]
    TimedOut {
        unacknowledged: u64,
        timeout_ms: u128,
        bootstrap: String,
    },
    #[error(
        "{topic}[{partition}]: the broker put a record at offset {offset}, where it had acknowledged others up to {acknowledged}: it lost \
         them, as when its disk is set back or the topic is made anew. Nothing is written after it by this process. Let a person look at \
         the broker first; then write what it lost from its source: `tapeflow-ingestor check --frames FOLDER` names it for an \
         ingestor, and `derive` writes it into empty topics"
    )]
    WentBack {
        topic: String,
        partition: i32,
        offset: i64,
        acknowledged: i64,
    },
    #[error("{unacknowledged} records wait for {bootstrap}, and there is no room for more: is the broker running?")]
    QueueFull { unacknowledged: u64, bootstrap: String },
}

impl WriteError {
    /// The broker is away, or slow: what was not written can be written later, by a new producer.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Lost { is_outage: true, .. } | Self::TimedOut { .. } | Self::QueueFull { .. }
        )
    }
}

/// Why a claim is not, or no longer, held.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClaimError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "another process took over {name} on this log (or the broker did not hear of this one for too long): run one of them only, \
             and start it again"
    )]
    TakenOver { name: String },
    #[error("the broker did not confirm the claim {name} ({reason}): is it running?")]
    Unproven { name: String, reason: String },
    #[error("the claim {name} failed for good: {reason}; start again")]
    Failed { name: String, reason: String },
}

impl ClaimError {
    pub(crate) fn unproven(name: &str, error: &rdkafka::error::KafkaError) -> Self {
        Self::Unproven {
            name: name.to_owned(),
            reason: error.to_string(),
        }
    }
}

/// Why a registry gave no schema ids.
#[derive(Debug, Error)]
pub enum RegistryError {
    #[error("the schema registry of SCHEMA_REGISTRY_URL did not answer for {subject}: {reason}")]
    Unreachable { subject: &'static str, reason: String },
    #[error(
        "the schema registry of SCHEMA_REGISTRY_URL refused {subject} with status {status}: {message}; \
         was it registered by an incompatible version?"
    )]
    Refused {
        subject: &'static str,
        status: u16,
        message: String,
    },
    #[error("the schema registry of SCHEMA_REGISTRY_URL asks for TLS: {0}")]
    Tls(#[from] tls::TlsError),
    #[error("the schema registry of SCHEMA_REGISTRY_URL gave no id for {subject}")]
    NoId { subject: &'static str },
}
