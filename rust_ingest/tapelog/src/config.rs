//! The settings of librdkafka, all of them.

use std::env;

use contracts::Topic;
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;

use crate::ConfigError;

const VARIABLES: &str = "TAPEFLOW_KAFKA_";

/// Settings that carry the promises of this crate; no variable changes them.
const PROMISES: [&str; 10] = [
    "bootstrap.servers",
    "enable.idempotence",
    "enable.gapless.guarantee",
    "acks",
    "request.required.acks",
    "max.in.flight.requests.per.connection",
    "auto.offset.reset",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "allow.auto.create.topics",
];

/// Where the log is, and how to talk to it.
#[derive(Clone, PartialEq, Eq)]
pub struct LogConfig {
    bootstrap: String,
    prefix: String,
    /// librdkafka property and value, from the environment.
    extra: Vec<(String, String)>,
    linger_us: u32,
}

impl LogConfig {
    /// The broker at `bootstrap`, `prefix` before every topic name, and every `TAPEFLOW_KAFKA_*` variable.
    pub fn from_env(bootstrap: &str, prefix: &str) -> Result<Self, ConfigError> {
        Self::new(bootstrap, prefix, env::vars())
    }

    /// As `from_env`, with variables from elsewhere.
    pub fn new(
        bootstrap: &str,
        prefix: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        if bootstrap.trim().is_empty() {
            return Err(ConfigError::NoBootstrap);
        }
        let mut extra = Vec::new();
        for (variable, value) in variables {
            let Some(name) = variable.strip_prefix(VARIABLES) else {
                continue;
            };
            let property = match name {
                // The only properties that librdkafka spells with an underscore.
                "LOG_LEVEL" => "log_level".to_owned(),
                _ => name.to_lowercase().replace('_', "."),
            };
            if PROMISES.contains(&property.as_str()) {
                return Err(ConfigError::Reserved { variable });
            }
            extra.push((property, value));
        }
        extra.sort();
        Ok(Self {
            bootstrap: bootstrap.trim().to_owned(),
            prefix: prefix.to_owned(),
            extra,
            linger_us: 0,
        })
    }

    /// How long a producer waits for company before it sends a batch; 0 sends at once. More gives throughput.
    pub fn with_linger_us(mut self, linger_us: u32) -> Self {
        self.linger_us = linger_us;
        self
    }

    /// The same broker, with another prefix before topic names.
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// What stands before every topic name.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The topic's name at the broker.
    pub fn name_of(&self, topic: &Topic) -> String {
        self.prefixed(topic.name)
    }

    /// A name that is this log's own.
    pub(crate) fn prefixed(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// What a [`Producer`](crate::Producer) is made with.
    pub fn producer(&self) -> ClientConfig {
        self.client(&[
            ("enable.idempotence", "true"),
            // A batch that fails for good stops everything behind it, instead of leaving a hole.
            ("enable.gapless.guarantee", "true"),
            ("acks", "all"),
            ("max.in.flight.requests.per.connection", "5"),
            // Long enough for a broker's restart.
            ("delivery.timeout.ms", "300000"),
            ("linger.ms", &format!("{}", f64::from(self.linger_us) / 1e3)),
            // Bounds the memory of a producer whose broker is away.
            ("queue.buffering.max.kbytes", "32768"),
            ("queue.buffering.max.messages", "200000"),
            ("retry.backoff.ms", "20"),
            ("retry.backoff.max.ms", "500"),
        ])
    }

    /// What a [`PartitionReader`](crate::PartitionReader) is made with.
    pub fn consumer(&self) -> ClientConfig {
        self.client(&[
            // Partitions are assigned, not subscribed: the group is never joined, but librdkafka wants its name.
            ("group.id", "tapeflow"),
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"),
            ("allow.auto.create.topics", "false"),
            ("isolation.level", "read_committed"),
            ("check.crcs", "true"),
            // librdkafka stops fetching for this long once its queue is full, and its default of 1 s starves the reader.
            ("fetch.queue.backoff.ms", "1"),
            ("fetch.wait.max.ms", "100"),
            ("queued.min.messages", "1000000"),
            // The real bound of the queue; a record in it weighs several times its bytes.
            ("queued.max.messages.kbytes", "4096"),
        ])
    }

    fn client(&self, settings: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.bootstrap)
            .set("client.id", "tapeflow")
            // A restarted broker is found again within a second.
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "1000")
            .set("socket.nagle.disable", "true")
            .set("socket.keepalive.enable", "true")
            .set_log_level(RDKafkaLogLevel::Warning);
        for (property, value) in settings {
            config.set(*property, *value);
        }
        for (property, value) in &self.extra {
            config.set(property, value);
        }
        config
    }
}

impl From<KafkaError> for ConfigError {
    fn from(error: KafkaError) -> Self {
        match error {
            // The fourth field is the value, the second repeats it.
            KafkaError::ClientConfig(_, _, property, _) => Self::Refused { property },
            other => Self::Client {
                reason: other.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variable: &str, value: &str) -> Result<LogConfig, ConfigError> {
        LogConfig::new("localhost:1", "", [(variable.to_owned(), value.to_owned())])
    }

    #[test]
    fn variables_become_properties() {
        let config = with("TAPEFLOW_KAFKA_SECURITY_PROTOCOL", "sasl_ssl").unwrap();
        assert_eq!(config.producer().get("security.protocol"), Some("sasl_ssl"));
        assert_eq!(config.consumer().get("security.protocol"), Some("sasl_ssl"));
        assert_eq!(with("PATH", "x").unwrap().consumer().get("path"), None);
    }

    #[test]
    fn promises_cannot_be_weakened() {
        assert_eq!(
            with("TAPEFLOW_KAFKA_ACKS", "1").err(),
            Some(ConfigError::Reserved {
                variable: "TAPEFLOW_KAFKA_ACKS".to_owned()
            })
        );
    }

    #[test]
    fn a_refused_setting_keeps_its_value_secret() {
        let config = with("TAPEFLOW_KAFKA_SECURITY_PROTOCOL", "hunter2").unwrap();
        let error = config
            .consumer()
            .create_native_config()
            .err()
            .map(ConfigError::from)
            .unwrap();
        assert!(
            error.to_string().contains("TAPEFLOW_KAFKA_SECURITY_PROTOCOL"),
            "{error}"
        );
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
