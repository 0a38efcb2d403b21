use std::time::Instant;

use contracts::Topic;
use rdkafka::Offset;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::RDKafkaApiKey;

use super::*;
use crate::{LogConfig, Producer, inspector};

const PATIENCE: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_millis(100);

struct Broker {
    cluster: MockCluster<'static, DefaultProducerContext>,
    config: LogConfig,
    bars: &'static Topic,
}

impl Broker {
    fn new() -> Self {
        let cluster = MockCluster::new(1).unwrap();
        let bars = Topic::named("market.bars").unwrap();
        cluster.create_topic(bars.name, 2, 1).unwrap();
        // How long a topic may be unknown to the broker before it counts as gone.
        let patience = "TAPEFLOW_KAFKA_TOPIC_METADATA_PROPAGATION_MAX_MS".to_owned();
        let config = LogConfig::new(&cluster.bootstrap_servers(), "", [(patience, "1".to_owned())]).unwrap();
        Self { cluster, config, bars }
    }

    /// Numbers, each a record of partition 0 or 1 in turn.
    fn write(&self, numbers: std::ops::Range<u64>) {
        let producer = Producer::new(&self.config).unwrap();
        for number in numbers {
            let partition = (number % 2) as i32;
            producer
                .send(self.bars, partition, b"key", &number.to_be_bytes(), None)
                .unwrap();
        }
        producer.flush(PATIENCE).unwrap();
    }

    /// The mock broker answers some of the refused requests as if they were not.
    fn refuse_fetches(&self, error: RDKafkaRespErr) {
        self.cluster.request_errors(RDKafkaApiKey::Fetch, &[error; 20]);
    }

    fn intake(&self) -> Intake {
        let mut partitions = TopicPartitionList::new();
        for partition in [0, 1] {
            partitions
                .add_partition_offset(self.bars.name, partition, Offset::Offset(0))
                .unwrap();
        }
        Intake::new(inspector::consumer(&self.config).unwrap(), &partitions).unwrap()
    }
}

fn number(message: &Incoming<'_>) -> u64 {
    u64::from_be_bytes(message.value().try_into().unwrap())
}

/// Calls `step` until it is done.
fn until(mut step: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !step() {
        assert!(begin.elapsed() < PATIENCE, "in vain");
    }
}

#[test]
fn what_was_not_taken_comes_next() {
    let broker = Broker::new();
    broker.write(0..1_000);
    let intake = broker.intake();
    let mut seen = [vec![], vec![]];
    until(|| {
        let mut left = 7;
        intake.take(SOON, |message| {
            let message = message.unwrap();
            assert_eq!(
                (message.topic(), message.key()),
                (broker.bars.name.as_bytes(), &b"key"[..])
            );
            seen[message.partition() as usize].push((message.offset(), number(&message)));
            left -= 1;
            if left == 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(left >= 0, "none after a break");
        seen.iter().map(Vec::len).sum::<usize>() == 1_000
    });
    for (partition, seen) in (0..).zip(seen) {
        let written = (0..500).map(|offset| (offset, 2 * offset as u64 + partition));
        assert!(seen.into_iter().eq(written));
    }
}

#[test]
fn a_panic_goes_through_and_leaves_the_rest() {
    let broker = Broker::new();
    broker.write(0..10);
    let intake = broker.intake();
    let mut seen = vec![];
    until(|| {
        let taken = catch_unwind(AssertUnwindSafe(|| {
            intake.take(SOON, |message| {
                seen.push(number(&message.unwrap()));
                panic!("at every record");
            })
        }));
        assert!(!matches!(taken, Ok(true)), "a record without its panic");
        seen.len() == 10
    });
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..10));
}

#[test]
fn nothing_is_waited_for_no_longer_than_told() {
    let broker = Broker::new();
    let intake = broker.intake();
    // Barriers of the assignment's begin end a wait.
    until(|| {
        let begin = Instant::now();
        assert!(!intake.take(SOON, |_| panic!("there is nothing")));
        begin.elapsed() >= SOON
    });
    // A busy machine may hold up a call, but not all of them.
    until(|| {
        let begin = Instant::now();
        assert!(!intake.take(Duration::ZERO, |_| panic!("there is nothing")));
        begin.elapsed() < SOON
    });
}

#[test]
fn a_partitions_error_stands_behind_its_records() {
    let broker = Broker::new();
    broker.write(0..10);
    let intake = broker.intake();
    let (mut records, mut errors) = (0, vec![]);
    let mut take = |more: &dyn Fn(usize, &[Option<RDKafkaErrorCode>]) -> bool| {
        until(|| {
            intake.take(SOON, |message| {
                match message {
                    Ok(_) => records += 1,
                    Err(error) => errors.push(error.rdkafka_error_code()),
                }
                ControlFlow::Continue(())
            });
            !more(records, &errors)
        });
    };
    take(&|records, errors| {
        assert_eq!(errors, []);
        records < 10
    });
    // One of librdkafka's RD_KAFKA_OP_CONSUMER_ERR: at auto.offset.reset=error the broker's answer ends the partition.
    let gone = RDKafkaRespErr::RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
    broker.refuse_fetches(gone);
    take(&|_, errors| !errors.contains(&Some(RDKafkaErrorCode::AutoOffsetReset)));
    assert_eq!(records, 10);
}

#[test]
fn a_topic_that_is_no_more_is_an_error() {
    let broker = Broker::new();
    let intake = broker.intake();
    until(|| !intake.take(SOON, |_| ControlFlow::Continue(())));
    // Asks for the leader, and finds no topic: one of librdkafka's RD_KAFKA_OP_ERR.
    let none = RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    broker.cluster.topic_error(broker.bars.name, none).unwrap();
    let moved = RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
    broker.refuse_fetches(moved);
    let mut errors = vec![];
    until(|| {
        intake.take(SOON, |message| {
            errors.extend(message.err().and_then(|error| error.rdkafka_error_code()));
            ControlFlow::Continue(())
        });
        let gone = |code: &RDKafkaErrorCode| {
            use RDKafkaErrorCode::{UnknownPartition, UnknownTopic, UnknownTopicOrPartition};
            [UnknownPartition, UnknownTopic, UnknownTopicOrPartition].contains(code)
        };
        errors.iter().any(gone)
    });
}

#[test]
fn what_is_said_of_connections_is_heard() {
    let broker = Broker::new();
    let intake = broker.intake();
    until(|| !intake.take(SOON, |_| ControlFlow::Continue(())));
    drop(broker.cluster);
    let mut errors = vec![];
    until(|| {
        intake.take(SOON, |_| ControlFlow::Continue(()));
        intake.serve_events(|error| errors.extend(error.rdkafka_error_code()));
        errors.contains(&RDKafkaErrorCode::AllBrokersDown)
    });
}
