//! What librdkafka says besides records: its log lines become ours.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// Context of every consumer.
pub(crate) struct Listener;

impl ClientContext for Listener {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        report(&error, reason);
    }
}

impl ConsumerContext for Listener {}

pub(crate) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        // About settings that are as they are meant to be.
        _ if facility == "CONFWARN" => tracing::debug!(target: "tapelog", facility, "{message}"),
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
            tracing::error!(target: "tapelog", facility, "{message}");
        }
        RDKafkaLogLevel::Warning => tracing::warn!(target: "tapelog", facility, "{message}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => tracing::info!(target: "tapelog", facility, "{message}"),
        RDKafkaLogLevel::Debug => tracing::debug!(target: "tapelog", facility, "{message}"),
    }
}

pub(crate) fn report(error: &KafkaError, reason: &str) {
    match error.rdkafka_error_code() {
        // The end of a partition is where a reader lives.
        Some(RDKafkaErrorCode::PartitionEOF) => {}
        _ => tracing::warn!(target: "tapelog", "{error}: {reason}"),
    }
}
