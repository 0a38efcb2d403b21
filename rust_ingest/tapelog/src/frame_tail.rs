//! The tail rule for what an ingestor writes: its source is no partition but its frame log, so the origin is in a header.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::Consumer;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::frame_origin::FrameOrigin;
use crate::inspector::{self, Watermarks};
use crate::{Assignment, LogConfig, ReadError};

const WAIT: Duration = Duration::from_millis(200);
/// A reader that gets nothing for this long, though there is more, has lost its broker.
const STALLED: Duration = Duration::from_secs(60);

/// A record that an ingestor wrote.
#[derive(Debug, Clone, Copy)]
pub struct Framed<'a> {
    /// Index of the place that it stands in.
    pub place: usize,
    pub offset: i64,
    pub origin: FrameOrigin,
    pub key: &'a [u8],
    pub value: &'a [u8],
}

/// Hands to `each` every record with a frame origin, from each place's start to the end that its partition has now, and returns
/// those ends. No partition may be named twice. What retention deleted ahead of a start is passed over. Waits up to 30 s for the broker.
pub fn read_framed(
    config: &LogConfig,
    places: &[Assignment],
    mut each: impl FnMut(Framed<'_>),
) -> Result<Vec<i64>, ReadError> {
    let consumer = inspector::consumer(config)?;
    let mut list = TopicPartitionList::new();
    let mut ends = Vec::with_capacity(places.len());
    // By name and partition: which place, and the offset to reach.
    let mut unread: BTreeMap<(String, i32), (usize, i64)> = BTreeMap::new();
    for (index, place) in places.iter().enumerate() {
        let marks = inspector::watermarks(&consumer, config, place.topic, place.partition)?;
        let from = first_kept(place, config, marks)?;
        ends.push(marks.high);
        if from < marks.high {
            let name = config.name_of(place.topic);
            list.add_partition_offset(&name, place.partition, Offset::Offset(from))
                .map_err(|error| failed(&name, &error))?;
            unread.insert((name, place.partition), (index, marks.high));
        }
    }
    // Only now: mostly there is nothing to read.
    if unread.is_empty() {
        return Ok(ends);
    }
    consumer.assign(&list).map_err(|error| failed("partitions", &error))?;
    let mut heard = Instant::now();
    while let Some((name, partition)) = unread.keys().next() {
        match consumer.poll(WAIT) {
            Some(Ok(message)) => {
                heard = Instant::now();
                let key = (message.topic().to_owned(), message.partition());
                let Some((place, end)) = unread.get(&key).copied() else {
                    continue;
                };
                if message.offset() + 1 >= end {
                    unread.remove(&key);
                }
                if let Some(origin) = FrameOrigin::of(message.headers()).filter(|_| message.offset() < end) {
                    each(Framed {
                        place,
                        offset: message.offset(),
                        origin,
                        key: message.key().unwrap_or_default(),
                        value: message.payload().unwrap_or_default(),
                    });
                }
            }
            Some(Err(error)) => {
                if let Some(refused) = inspector::refused(&error, || name.clone()) {
                    return Err(refused);
                }
                // What was there when the ends were asked for was deleted since: librdkafka has stopped there.
                if let Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) =
                    error.rdkafka_error_code()
                {
                    return Err(failed(name, &error));
                }
            }
            None if heard.elapsed() > STALLED => {
                return Err(ReadError::Unreachable {
                    bootstrap: config.bootstrap().to_owned(),
                    timeout_s: STALLED.as_secs(),
                    reason: format!("the end of {name}[{partition}] did not come"),
                });
            }
            None => {}
        }
    }
    Ok(ends)
}

fn first_kept(place: &Assignment, config: &LogConfig, marks: Watermarks) -> Result<i64, ReadError> {
    match place.start {
        crate::Start::Offset(offset) if offset < marks.low => Ok(marks.low),
        _ => place.first_offset(config, marks),
    }
}

fn failed(topic: &str, error: &rdkafka::error::KafkaError) -> ReadError {
    ReadError::Failed {
        topics: topic.to_owned(),
        reason: error.to_string(),
    }
}
