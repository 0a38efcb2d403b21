//! What rdkafka does by itself: records that stand in a partition, sent once more as fast as it takes them, for `tests/bench/ingest.py`.
//!
//! `rdkafka_alone BOOTSTRAP TO_PREFIX PARTITION FIRST COUNT LINGER_US` reads `COUNT` records of `market.ticks` from offset `FIRST` on into memory, and
//! writes them to the same partition of the topic with that prefix, with the settings that `Producer` has. Prints one JSON object: the rate
//! from the first record sent to the last one acknowledged.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use contracts::{Batch, Kind, Topic};
use rdkafka::ClientContext;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use tapelog::{LogConfig, PartitionReader, Start};

const RECORDS_AT_ONCE: usize = 50_000;
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two tries while the queue is full; `Producer` waits as long.
const BACK_PRESSURE: Duration = Duration::from_micros(500);

/// Counts what the broker took: the least that a producer can do about its records.
#[derive(Default)]
struct Taken {
    count: AtomicU64,
}

impl ClientContext for Taken {}

impl ProducerContext for Taken {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        self.count.fetch_add(u64::from(result.is_ok()), Ordering::Relaxed);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bootstrap, to_prefix, partition, first, count, linger_us] = &arguments[..] else {
        return Err("rdkafka_alone BOOTSTRAP TO_PREFIX PARTITION FIRST COUNT LINGER_US".into());
    };
    let (partition, first, count): (i32, i64, usize) = (partition.parse()?, first.parse()?, count.parse()?);
    let ticks = Topic::of_kind(Kind::Trade).ok_or("trades have a topic")?;
    let config = LogConfig::from_env(bootstrap, "")?;
    let batches = read(&config, ticks, partition, first, count)?;
    let config = config.with_prefix(to_prefix).with_linger_us(linger_us.parse()?);
    let producer: ThreadedProducer<Taken> =
        ThreadedProducer::from_config_and_context(&config.producer(), Taken::default())?;
    let name = config.name_of(ticks);
    let begin = Instant::now();
    for entry in batches.iter().flat_map(Batch::iter).take(count) {
        let mut record = BaseRecord::to(&name)
            .partition(partition)
            .key(entry.key)
            .payload(entry.value);
        while let Err((error, refused)) = producer.send(record) {
            if !matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull)) {
                return Err(error.into());
            }
            record = refused;
            std::thread::sleep(BACK_PRESSURE);
        }
    }
    producer.flush(PATIENCE)?;
    let took = begin.elapsed();
    let taken = producer.context().count.load(Ordering::Relaxed);
    if taken != count as u64 {
        return Err(format!("the broker took {taken} of {count} records").into());
    }
    println!(
        "{}",
        serde_json::json!({"records": taken, "per_s": count as f64 / took.as_secs_f64()})
    );
    Ok(())
}

fn read(
    config: &LogConfig,
    ticks: &'static Topic,
    partition: i32,
    first: i64,
    count: usize,
) -> Result<Vec<Batch>, Box<dyn std::error::Error>> {
    let reader = PartitionReader::open(config, ticks, partition, Start::Offset(first))?;
    let (mut batches, mut records) = (Vec::new(), 0);
    while records < count {
        let batch = reader.next_batch(RECORDS_AT_ONCE, Duration::from_secs(10))?;
        let found = batch.iter().len();
        if found == 0 {
            return Err(format!("partition {partition} has {records} records from {first} on").into());
        }
        records += found;
        batches.push(batch);
    }
    Ok(batches)
}
