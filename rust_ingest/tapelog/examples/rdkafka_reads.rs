//! What rdkafka does by itself: a topic read from its beginning to its end, for `tests/bench/market_flow.py`.
//!
//! `rdkafka_reads BOOTSTRAP` reads all partitions of `market.ticks` with the settings that `PartitionReader` has, and looks at each record's key and
//! value. Prints one JSON object: records, bytes, and the rate from assigning the partitions to the last one's end.

use std::time::{Duration, Instant};

use contracts::{Kind, Topic};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Message, Offset, TopicPartitionList};
use tapelog::LogConfig;

const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bootstrap] = &arguments[..] else {
        return Err("rdkafka_reads BOOTSTRAP".into());
    };
    let ticks = Topic::of_kind(Kind::Trade).ok_or("trades have a topic")?;
    let config = LogConfig::from_env(bootstrap, "")?;
    let consumer: BaseConsumer = config.consumer().set("enable.partition.eof", "true").create()?;
    let name = config.name_of(ticks);
    let metadata = consumer.fetch_metadata(Some(&name), PATIENCE)?;
    let topic = metadata.topics().first().ok_or("the topic is not there")?;
    let mut partitions = TopicPartitionList::new();
    for partition in topic.partitions() {
        partitions.add_partition_offset(&name, partition.id(), Offset::Beginning)?;
    }
    let (mut records, mut bytes, mut open) = (0_u64, 0_u64, partitions.count());
    let begin = Instant::now();
    consumer.assign(&partitions)?;
    while open > 0 {
        match consumer.poll(PATIENCE).ok_or("the broker says nothing any more")? {
            Ok(message) => {
                records += 1;
                bytes += (message.key().map_or(0, <[u8]>::len) + message.payload().map_or(0, <[u8]>::len)) as u64;
            }
            Err(KafkaError::PartitionEOF(_)) => open -= 1,
            Err(error) => return Err(error.into()),
        }
    }
    let took = begin.elapsed();
    println!(
        "{}",
        serde_json::json!({"records": records, "bytes": bytes, "per_s": records as f64 / took.as_secs_f64()})
    );
    Ok(())
}
