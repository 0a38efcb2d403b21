//! Handing records over to librdkafka, one partition's in their order, each when its queue lets it go.

use std::sync::Weak;
use std::sync::atomic::Ordering;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord};

use super::Deliveries;
use crate::WriteError;
use crate::queues::{Handed, Outgoing, Stamp};

impl Deliveries {
    /// Sends a record, or lets it wait for those before it. Fails if any record, this or an earlier one, was lost. `topic`: its place in
    /// `TOPICS`. One partition's records are sent by one thread, so that their numbers go up.
    pub fn put(
        &self,
        kafka: &BaseProducer<Self>,
        topic: usize,
        partition: i32,
        key: &[u8],
        value: &[u8],
        stamp: Option<Stamp>,
    ) -> Result<(), WriteError> {
        let number = self.sent.fetch_add(1, Ordering::AcqRel) as usize + 1;
        let bytes = (key.len() + value.len()) as u64;
        self.held_bytes.fetch_add(bytes, Ordering::AcqRel);
        let record = Outgoing {
            number,
            key,
            value,
            stamp,
        };
        let hand_over = |record: Outgoing<'_>| self.hand_over(kafka, topic, partition, record);
        if let Err(error) = self.queues.put(topic, partition, record, hand_over) {
            self.sent.fetch_sub(1, Ordering::AcqRel);
            self.held_bytes.fetch_sub(bytes, Ordering::AcqRel);
            self.lose(&self.names[topic], partition, &error);
            return self.check();
        }
        Ok(())
    }

    /// Sends what there was no room for.
    pub fn retry(&self) {
        let Some(kafka) = self.producer.get().and_then(Weak::upgrade) else {
            return;
        };
        let mut lost_of = (0, 0);
        let retried = self.queues.retry(|topic, partition, record| {
            lost_of = (topic, partition);
            self.hand_over(&kafka, topic, partition, record)
        });
        if let Err(error) = retried {
            self.lose(&self.names[lost_of.0], lost_of.1, &error);
        }
    }

    /// To librdkafka.
    fn hand_over(
        &self,
        kafka: &BaseProducer<Self>,
        topic: usize,
        partition: i32,
        record: Outgoing<'_>,
    ) -> Handed<KafkaError> {
        // Nothing is written behind what was lost.
        if self.lost.load(Ordering::Acquire) {
            return Handed::Failed(KafkaError::Canceled);
        }
        let mut message = BaseRecord::with_opaque_to(&self.names[topic], record.number)
            .partition(partition)
            .key(record.key)
            .payload(record.value);
        if let Some(stamp) = record.stamp {
            message = message.headers(stamp.headers());
        }
        match kafka.send(message) {
            Ok(()) => Handed::Taken,
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => Handed::Refused,
            Err((error, _)) => Handed::Failed(error),
        }
    }

    /// librdkafka told what became of a record: those that waited for it go.
    pub(super) fn arrived(&self, topic: usize, partition: i32) {
        let arrived = self.queues.arrived(topic, partition, |record| {
            match self.producer.get().and_then(Weak::upgrade) {
                Some(kafka) => self.hand_over(&kafka, topic, partition, record),
                // It ends, and what was not flushed ends with it.
                None => Handed::Failed(KafkaError::Canceled),
            }
        });
        if let Err(error) = arrived {
            self.lose(&self.names[topic], partition, &error);
        }
    }
}
