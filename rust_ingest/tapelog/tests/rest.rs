//! A producer whose broker takes its time. In a program of its own: it counts the processor time of the whole process.

mod support;

use std::time::{Duration, Instant};

use contracts::Topic;
use rustix::time::{ClockId, clock_gettime};
use support::cluster;
use tapelog::{LogConfig, PartitionReader, Producer, Start};

const ANSWERS_AFTER: Duration = Duration::from_secs(6);

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}

#[test]
fn it_rests_until_the_broker_answers_and_keeps_the_order() {
    let cluster = cluster();
    let config = LogConfig::new(&cluster.bootstrap_servers(), "", []).unwrap();
    let bars = Topic::named("market.bars").unwrap();
    let producer = Producer::new(&config).unwrap();
    producer.send(bars, 0, b"key", &0u64.to_be_bytes(), Some(0)).unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();

    cluster.broker_round_trip_time(1, ANSWERS_AFTER).unwrap();
    let (begin, worked) = (Instant::now(), processor_time());
    for number in 1..=200u64 {
        producer
            .send(bars, 0, b"key", &number.to_be_bytes(), Some(number.cast_signed()))
            .unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    let (took, worked) = (begin.elapsed(), processor_time() - worked);
    // It would take a processor, that is, all of the time.
    assert!(worked < took / 4, "{worked:?} of processor time in {took:?}");

    cluster.broker_round_trip_time(1, Duration::ZERO).unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();
    let reader = PartitionReader::open(&config, bars, 0, Start::Beginning).unwrap();
    let mut read = Vec::new();
    while reader.position() < reader.opened().high {
        let batch = reader.next_batch(1000, Duration::from_millis(200)).unwrap();
        read.extend(batch.iter().map(|entry| (entry.produced_ns, entry.value.to_vec())));
    }
    let written = (0..=200u64).map(|number| (Some(number.cast_signed()), number.to_be_bytes().to_vec()));
    assert!(read.into_iter().eq(written));
}
