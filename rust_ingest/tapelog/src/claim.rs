//! A claim to be the only worker of a kind on this log, with the broker as judge.
//!
//! The claim is a transactional producer's id: whoever takes it last has it, and the broker fences all others. It writes no
//! record; to renew it is to commit, in a transaction of its own, how far the log was read. A holder acts only for
//! [`Claim::LEASE`] after the beginning of a renewal that succeeded, and who takes the claim over from a holder that did not give
//! it back waits as long before he acts: so never two act at once.
//!
//! Records themselves are written outside of transactions, which cost too much on the way of an order.

use std::time::Duration;

use contracts::Topic;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer as _};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::context::{self, Listener};
use crate::note::{self, Note};
use crate::{ClaimError, LogConfig};

const ANSWER: Duration = Duration::from_secs(30);
const RENEWAL: Duration = Duration::from_secs(10);

/// An offset that was read up to.
#[derive(Debug, Clone, Copy)]
pub struct ReadTo {
    pub topic: &'static Topic,
    pub partition: i32,
    /// Offset behind the last record read.
    pub offset: i64,
}

struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, level: rdkafka::config::RDKafkaLogLevel, facility: &str, message: &str) {
        context::log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        context::report(&error, reason);
    }
}

impl rdkafka::producer::ProducerContext for Quiet {
    type DeliveryOpaque = ();

    fn delivery(&self, _: &rdkafka::message::DeliveryResult<'_>, (): ()) {}
}

pub struct Claim {
    holder: BaseProducer<Quiet>,
    group: BaseConsumer<Listener>,
    name: String,
    config: LogConfig,
    /// How long a step of a renewal waits for the broker.
    patience: Duration,
}

impl Claim {
    /// For so long after the beginning of a renewal that succeeded, its holder may act.
    pub const LEASE: Duration = Duration::from_secs(3);

    /// Takes the claim `name` on the log of this prefix, from whoever holds it. Waits up to 30 s for the broker.
    ///
    /// `name` is also the consumer group under which any Kafka tool shows how far the holder is.
    pub fn take(config: &LogConfig, name: &str) -> Result<Self, ClaimError> {
        let name = config.prefixed(name);
        let mut settings = config.producer();
        settings
            .set("transactional.id", &name)
            .set("transaction.timeout.ms", "10000");
        // Neither is allowed to outlast the transaction's.
        settings.set("delivery.timeout.ms", "10000");
        settings.remove("enable.gapless.guarantee");
        let holder = BaseProducer::from_config_and_context(&settings, Quiet).map_err(crate::ConfigError::from)?;
        let group = of_group(config, &name)?;
        let claim = Self {
            holder,
            group,
            name,
            config: config.clone(),
            patience: RENEWAL,
        };
        claim
            .holder
            .init_transactions(ANSWER)
            .map_err(|error| claim.failed(&error))?;
        Ok(claim)
    }

    /// Whether its last holder did not give it back: he may believe that it is his for another [`Claim::LEASE`].
    pub fn may_be_held(&self, topic: &'static Topic, partitions: i32) -> Result<bool, ClaimError> {
        let mut asked = TopicPartitionList::new();
        for partition in 0..partitions {
            asked.add_partition(&self.config.name_of(topic), partition);
        }
        let committed = self
            .group
            .committed_offsets(asked, ANSWER)
            .map_err(|error| self.failed(&error))?;
        Ok(committed
            .elements()
            .iter()
            .any(|one| one.offset() != Offset::Invalid && Note::read(one.metadata()).is_some()))
    }

    /// All claims on the log of this prefix whose names begin so, as far as the broker remembers them. Waits up to 30 s for it.
    pub fn named(config: &LogConfig, beginning: &str) -> Result<Vec<String>, ClaimError> {
        let prefixed = config.prefixed(beginning);
        let groups = of_group(config, &prefixed)?.fetch_group_list(None, ANSWER);
        let groups = groups.map_err(|error| ClaimError::unproven(&prefixed, &error))?;
        let names = groups.groups().iter().map(|group| group.name());
        let of_log = names.filter(|name| name.starts_with(&prefixed));
        Ok(of_log.map(|name| name[config.prefix().len()..].to_owned()).collect())
    }

    /// What the holder of the claim `name` left with his last renewal. None where he gave it back.
    pub fn note_of(config: &LogConfig, name: &str, topic: &'static Topic) -> Result<Option<Note>, ClaimError> {
        let name = config.prefixed(name);
        let mut asked = TopicPartitionList::new();
        asked.add_partition(&config.name_of(topic), 0);
        let committed = of_group(config, &name)?.committed_offsets(asked, ANSWER);
        let committed = committed.map_err(|error| ClaimError::unproven(&name, &error))?;
        let notes = committed.elements();
        let note = notes.iter().find(|one| one.offset() != Offset::Invalid);
        Ok(note.and_then(|one| Note::read(one.metadata())))
    }

    /// Proves to the broker that the claim is still held, and notes how far it has come.
    ///
    /// Fails with [`ClaimError::TakenOver`] for good; after [`ClaimError::Unproven`] it may be tried again.
    pub fn renew(&self, positions: &[ReadTo]) -> Result<(), ClaimError> {
        self.commit(positions, &note::held())
    }

    /// As [`Claim::renew`], and tells others that its holder has not begun to act.
    pub fn ask(&self, positions: &[ReadTo]) -> Result<(), ClaimError> {
        self.commit(positions, &note::asking())
    }

    /// Gives it back, so that the next holder need not wait.
    pub fn give_back(&self, positions: &[ReadTo]) -> Result<(), ClaimError> {
        self.commit(positions, note::RETURNED)
    }

    fn commit(&self, positions: &[ReadTo], note: &str) -> Result<(), ClaimError> {
        let mut offsets = TopicPartitionList::with_capacity(positions.len());
        for ReadTo {
            topic,
            partition,
            offset,
        } in positions
        {
            let name = self.config.name_of(topic);
            offsets
                .add_partition_offset(&name, *partition, Offset::Offset(*offset))
                .map_err(|error| self.failed(&error))?;
            if let Some(mut added) = offsets.find_partition(&name, *partition) {
                added.set_metadata(note);
            }
        }
        self.transact(&offsets).map_err(|error| {
            let failure = self.failed(&error);
            if let (KafkaError::Transaction(error), ClaimError::Unproven { .. }) = (&error, &failure)
                && error.txn_requires_abort()
                && let Err(error) = self.holder.abort_transaction(self.patience)
            {
                return self.failed(&error);
            }
            failure
        })
    }

    /// After a time-out the calls are repeated from wherever the transaction stands.
    fn transact(&self, offsets: &TopicPartitionList) -> Result<(), KafkaError> {
        match self.holder.begin_transaction() {
            // Still open from a renewal that timed out.
            Err(KafkaError::Transaction(error)) if error.code() == RDKafkaErrorCode::State => {}
            // It timed out while it ended.
            Err(KafkaError::Transaction(error)) if error.code() == RDKafkaErrorCode::Conflict => {
                self.end()?;
                self.holder.begin_transaction()?;
            }
            other => other?,
        }
        let group = self.group.group_metadata();
        let group = group.ok_or(KafkaError::ConsumerCommit(RDKafkaErrorCode::UnknownGroup))?;
        self.holder
            .send_offsets_to_transaction(offsets, &group, self.patience)?;
        self.holder.commit_transaction(self.patience)
    }

    /// An end that timed out goes on with the same call, and librdkafka refuses all others until it has.
    fn end(&self) -> Result<(), KafkaError> {
        match self.holder.commit_transaction(self.patience) {
            Err(KafkaError::Transaction(error)) if error.code() == RDKafkaErrorCode::Conflict => {
                self.holder.abort_transaction(self.patience)
            }
            ended => ended,
        }
    }

    fn failed(&self, error: &KafkaError) -> ClaimError {
        use RDKafkaErrorCode as Code;
        let name = self.name.clone();
        let reason = error.to_string();
        match error {
            KafkaError::Transaction(inner) => match inner.code() {
                Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch => ClaimError::TakenOver { name },
                _ if inner.is_fatal() => ClaimError::Failed { name, reason },
                _ => ClaimError::Unproven { name, reason },
            },
            _ => ClaimError::Unproven { name, reason },
        }
    }
}

fn of_group(config: &LogConfig, name: &str) -> Result<BaseConsumer<Listener>, ClaimError> {
    let mut settings = config.consumer();
    settings.set("group.id", name);
    let group = BaseConsumer::from_config_and_context(&settings, Listener);
    Ok(group.map_err(crate::ConfigError::from)?)
}

#[cfg(test)]
mod tests {
    use rdkafka::bindings::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS as LOADING;
    use rdkafka::mocking::MockCluster;
    use rdkafka::types::RDKafkaApiKey;

    use super::*;

    #[test]
    fn a_renewal_that_timed_out_while_it_ended_does_not_stop_the_next() {
        let cluster = MockCluster::new(1).unwrap();
        let topic = Topic::named("execution.orders").unwrap();
        cluster.create_topic(topic.name, 1, 1).unwrap();
        let config = LogConfig::new(&cluster.bootstrap_servers(), "", []).unwrap();
        let mut claim = Claim::take(&config, "router").unwrap();
        let read = |offset| {
            [ReadTo {
                topic,
                partition: 0,
                offset,
            }]
        };
        claim.renew(&read(3)).unwrap();

        claim.patience = Duration::from_millis(300);
        // The broker takes the positions, and is too busy to end.
        cluster.request_errors(RDKafkaApiKey::EndTxn, &[LOADING; 1000]);
        let unproven = claim.renew(&read(4)).unwrap_err();
        assert!(matches!(unproven, ClaimError::Unproven { .. }), "{unproven}");
        let still = claim.renew(&read(5)).unwrap_err();
        assert!(matches!(still, ClaimError::Unproven { .. }), "{still}");
        cluster.clear_request_errors(RDKafkaApiKey::EndTxn);
        claim.patience = RENEWAL;
        claim.renew(&read(6)).unwrap();
    }
}
