//! The log client against librdkafka's own mock broker.

mod support;

use std::time::{Duration, Instant};

use contracts::{Origin, Record, SchemaIds, Topic, encode};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use support::cluster;
use tapelog::tail::{Writer, highest_origin};
use tapelog::{Assignment, LogConfig, PartitionReader, Producer, ReadError, Reader, Start, Times, WriteError};

const FLUSH: Duration = Duration::from_secs(20);
const WAIT: Duration = Duration::from_millis(200);

struct Log {
    config: LogConfig,
    // Ends with the test.
    _cluster: MockCluster<'static, DefaultProducerContext>,
}

fn log() -> Log {
    let cluster = cluster();
    Log {
        config: LogConfig::new(&cluster.bootstrap_servers(), "", []).unwrap(),
        _cluster: cluster,
    }
}

fn topic(name: &str) -> &'static Topic {
    Topic::named(name).unwrap()
}

fn mark(origin: Origin) -> Vec<u8> {
    let record = Record::Mark(contracts::Mark {
        origin,
        account: "main",
        venue: "binance",
        instrument: "BTC-USDT",
        price_exponent: -9,
        quantity_exponent: -9,
        event_ns: 0,
        receive_ns: 0,
        price: 1,
    });
    let mut message = Vec::new();
    encode(&SchemaIds::embedded(), &record, &mut message);
    message
}

fn origin(partition: i32, offset: i64) -> Origin {
    Origin {
        partition,
        offset,
        index: 0,
    }
}

#[test]
fn what_is_written_is_read() {
    let log = log();
    let bars = topic("market.bars");
    let producer = Producer::new(&log.config).unwrap();
    for number in 0..100i64 {
        producer
            .send(bars, 2, b"key", &number.to_be_bytes(), Some(number))
            .unwrap();
    }
    producer.flush(FLUSH).unwrap();
    assert_eq!(producer.acknowledged(bars), 100);
    assert_eq!(producer.end(bars, 2), Some(100));
    assert_eq!(producer.end(bars, 1), None);

    let reader = PartitionReader::open(&log.config, bars, 2, Start::Offset(40)).unwrap();
    let mut read = Vec::new();
    while reader.position() < reader.opened().high {
        let batch = reader.next_batch(25, WAIT).unwrap();
        assert!(batch.len() <= 25);
        read.extend(
            batch
                .iter()
                .map(|entry| (entry.offset, entry.produced_ns, entry.value.to_vec())),
        );
    }
    let written = (40..100i64).map(|number| (number, Some(number), number.to_be_bytes().to_vec()));
    assert!(read.into_iter().eq(written));
}

#[test]
fn a_reader_of_batches_times_has_that_of_the_first_of_each() {
    let log = log();
    let bars = topic("market.bars");
    let producer = Producer::new(&log.config).unwrap();
    for number in 0..10i64 {
        producer.send(bars, 2, b"key", b"bar", Some(number)).unwrap();
    }
    producer.flush(FLUSH).unwrap();

    let assignment = Assignment {
        topic: bars,
        partition: 2,
        start: Start::Beginning,
    };
    let reader = Reader::open(&log.config, &[assignment], Times::OfBatches).unwrap();
    let mut read = 0;
    while read < 10 {
        let batch = reader.next_batch(0, 4, WAIT).unwrap();
        for (place, entry) in batch.iter().enumerate() {
            assert_eq!(entry.produced_ns, (place == 0).then_some(entry.offset));
            read += 1;
        }
    }
}

#[test]
fn a_reader_waits_for_any_of_its_partitions() {
    let log = log();
    let ticks = topic("market.ticks");
    let assignments = [0, 1].map(|partition| Assignment {
        topic: ticks,
        partition,
        start: Start::End,
    });
    let reader = Reader::open(&log.config, &assignments, Times::OfEach).unwrap();
    let producer = Producer::new(&log.config).unwrap();
    producer.send(ticks, 1, b"", b"tick", None).unwrap();
    producer.flush(FLUSH).unwrap();

    let long = Duration::from_secs(30);
    let start = Instant::now();
    // The first partition's wait ends with the second's record, and that record is the second's.
    while reader.next_batch(1, 10, Duration::ZERO).unwrap().is_empty() {
        assert!(reader.next_batch(0, 10, long).unwrap().is_empty());
        assert!(start.elapsed() < long);
    }
    assert_eq!((reader.position(0), reader.position(1)), (0, 1));
}

#[test]
fn the_tail_tells_writers_apart() {
    let log = log();
    let inbox = topic("risk.inbox");
    let producer = Producer::new(&log.config).unwrap();
    for offset in [3, 9, 12] {
        producer
            .send(inbox, 1, b"main", &mark(origin(0, offset)), None)
            .unwrap();
        producer
            .send(inbox, 1, b"main", &mark(origin(1, offset + 100)), None)
            .unwrap();
    }
    producer.send(inbox, 1, b"main", b"not a record", None).unwrap();
    producer.flush(FLUSH).unwrap();

    let ids = SchemaIds::embedded();
    let find = |stage, partition, start| {
        let writer = Writer { stage, partition };
        highest_origin(&log.config, &ids, inbox, 1, start, writer).unwrap()
    };
    assert_eq!(find("signals", 0, Start::Beginning), Some(origin(0, 12)));
    assert_eq!(find("signals", 1, Start::Offset(4)), Some(origin(1, 112)));
    assert_eq!(find("signals", 1, Start::Offset(6)), None);
    assert_eq!(find("risk", 0, Start::Beginning), None);
}

#[test]
fn a_lost_record_is_the_last() {
    let log = log();
    let bars = topic("market.bars");
    let producer = Producer::new(&log.config).unwrap();
    producer.send(bars, 0, b"", b"good", None).unwrap();
    producer.flush(FLUSH).unwrap();
    // Larger than message.max.bytes: refused for good.
    let lost = producer.send(bars, 0, b"", &vec![0; 2_000_000], None).unwrap_err();
    assert!(matches!(lost, WriteError::Lost { partition: 0, .. }), "{lost}");
    assert_eq!(producer.send(bars, 0, b"", b"after", None).unwrap_err(), lost);
    assert_eq!(producer.flush(FLUSH).unwrap_err(), lost);

    let reader = PartitionReader::open(&log.config, bars, 0, Start::Beginning).unwrap();
    assert_eq!(reader.opened().high, 1);
}

#[test]
fn offsets_that_are_not_there_are_refused() {
    let log = log();
    let bars = topic("market.bars");
    let open = |partition, start| PartitionReader::open(&log.config, bars, partition, start).err();
    assert_eq!(
        open(0, Start::Offset(7)),
        Some(ReadError::OutOfRange {
            topic: "market.bars".to_owned(),
            partition: 0,
            offset: 7,
            low: 0,
            high: 0
        })
    );
    assert_eq!(
        open(9, Start::Beginning),
        Some(ReadError::NoPartition {
            topic: "market.bars".to_owned(),
            partition: 9,
            partitions: 4
        })
    );
}
