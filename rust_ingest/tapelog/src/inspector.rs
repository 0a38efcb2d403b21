//! Which partitions a topic has, and which offsets they hold.

use std::time::{Duration, Instant};

use contracts::Topic;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::context::Listener;
use crate::{LogConfig, ReadError};

/// A broker that restarts is back before this.
const ANSWER: Duration = Duration::from_secs(30);
const TRY: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

/// Offsets that a partition holds: `low..high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watermarks {
    pub low: i64,
    /// The offset that the next record will get.
    pub high: i64,
}

/// A connection that asks, and reads no record.
pub struct Inspector {
    consumer: BaseConsumer<Listener>,
    config: LogConfig,
}

impl Inspector {
    /// Does not wait for the broker.
    pub fn new(config: &LogConfig) -> Result<Self, ReadError> {
        Ok(Self {
            consumer: consumer(config)?,
            config: config.clone(),
        })
    }

    pub(crate) fn config(&self) -> &LogConfig {
        &self.config
    }

    /// The name that the broker's cluster has been given. Waits up to 30 s for the broker.
    pub fn cluster(&self) -> Result<String, ReadError> {
        // Metadata has been there then: what is asked for next stands beside it.
        answered(&self.consumer, &self.config, "the cluster's name", || {
            let name = self.consumer.client().fetch_cluster_id(TRY);
            name.ok_or(KafkaError::MetadataFetch(RDKafkaErrorCode::OperationTimedOut))
        })
    }

    /// Number of partitions of `topic`. Waits up to 30 s for the broker.
    pub fn partitions(&self, topic: &Topic) -> Result<usize, ReadError> {
        partitions(&self.consumer, &self.config, topic)
    }

    /// What `topic[partition]` holds now. Waits up to 30 s for the broker.
    pub fn watermarks(&self, topic: &Topic, partition: i32) -> Result<Watermarks, ReadError> {
        watermarks(&self.consumer, &self.config, topic, partition)
    }
}

pub(crate) fn consumer(config: &LogConfig) -> Result<BaseConsumer<Listener>, ReadError> {
    let made = BaseConsumer::from_config_and_context(&config.consumer(), Listener);
    made.map_err(|error| ReadError::Config(error.into()))
}

pub(crate) fn partitions(
    consumer: &BaseConsumer<Listener>,
    config: &LogConfig,
    topic: &Topic,
) -> Result<usize, ReadError> {
    let name = config.name_of(topic);
    let metadata = answered(consumer, config, &name, || consumer.fetch_metadata(Some(&name), TRY))?;
    let found = metadata.topics().iter().find(|found| found.name() == name);
    match found.map_or(0, |found| found.partitions().len()) {
        0 => Err(ReadError::NoTopic {
            topic: name,
            bootstrap: config.bootstrap().to_owned(),
        }),
        count => Ok(count),
    }
}

pub(crate) fn watermarks(
    consumer: &BaseConsumer<Listener>,
    config: &LogConfig,
    topic: &Topic,
    partition: i32,
) -> Result<Watermarks, ReadError> {
    let count = partitions(consumer, config, topic)?;
    let name = config.name_of(topic);
    if usize::try_from(partition).map_or(true, |partition| partition >= count) {
        return Err(ReadError::NoPartition {
            topic: name,
            partition,
            partitions: count,
        });
    }
    let (low, high) = answered(consumer, config, &name, || {
        consumer.fetch_watermarks(&name, partition, TRY)
    })?;
    Ok(Watermarks { low, high })
}

/// Asks until there is an answer, for as long as a broker may take to come back.
fn answered<T>(
    consumer: &BaseConsumer<Listener>,
    config: &LogConfig,
    topic: &str,
    ask: impl Fn() -> Result<T, KafkaError>,
) -> Result<T, ReadError> {
    let deadline = Instant::now() + ANSWER;
    loop {
        let error = match ask() {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let refusal = refused(&error, || topic.to_owned()).or_else(|| overheard(consumer, topic));
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        if Instant::now() >= deadline {
            return Err(ReadError::Unreachable {
                bootstrap: config.bootstrap().to_owned(),
                timeout_s: ANSWER.as_secs(),
                reason: error.to_string(),
            });
        }
        std::thread::sleep(PAUSE);
    }
}

/// A refusal that came beside the answer, which only tells that there was none: a connection is refused as such.
fn overheard(consumer: &BaseConsumer<Listener>, topic: &str) -> Option<ReadError> {
    // What an assigned consumer hears is its reader's: it could be a record.
    if consumer.assignment().ok()?.count() > 0 {
        return None;
    }
    while let Some(event) = consumer.poll(Duration::ZERO) {
        if let Some(refusal) = event.err().and_then(|error| refused(&error, || topic.to_owned())) {
            return Some(refusal);
        }
    }
    None
}

/// The error as a refusal, if time will not heal it.
pub(crate) fn refused(error: &KafkaError, topics: impl FnOnce() -> String) -> Option<ReadError> {
    use RDKafkaErrorCode as Code;
    match error.rdkafka_error_code()? {
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::SaslAuthenticationFailed
        | Code::Authentication
        | Code::UnsupportedSASLMechanism => Some(ReadError::Refused {
            topics: topics(),
            reason: error.to_string(),
        }),
        _ => None,
    }
}
