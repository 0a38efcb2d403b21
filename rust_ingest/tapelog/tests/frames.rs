//! Origins beside the values: written as a header, told with the acknowledgement, found again in a partition's tail.

use std::time::Duration;

use contracts::{TOPICS, Topic};
use rdkafka::mocking::MockCluster;
use tapelog::frame_tail::read_framed;
use tapelog::{Assignment, FrameOrigin, LogConfig, Producer, Start};

fn origin(run: u64, sequence: u64, index: u32) -> FrameOrigin {
    FrameOrigin { run, sequence, index }
}

#[test]
fn an_origin_stands_beside_its_value_and_is_found_again() {
    let cluster = MockCluster::new(1).unwrap();
    for topic in &TOPICS {
        cluster.create_topic(topic.name, topic.partitions as i32, 1).unwrap();
    }
    let config = LogConfig::new(&cluster.bootstrap_servers(), "", []).unwrap();
    let ticks = Topic::named("market.ticks").unwrap();
    let letters = Topic::named("ops.dead_letters").unwrap();

    let producer = Producer::new(&config).unwrap();
    producer.send(ticks, 1, b"old", b"no frame", None).unwrap();
    for number in 0..50 {
        producer
            .send_framed(
                ticks,
                1,
                b"key",
                &[number],
                origin(7, 100 + u64::from(number) / 2, u32::from(number) % 2),
                None,
            )
            .unwrap();
    }
    producer.send(ticks, 1, b"old", b"no frame", Some(5)).unwrap();
    producer
        .send_framed(letters, 0, b"", b"letter", origin(7, 103, 2), None)
        .unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();
    assert_eq!(producer.acknowledged_frame(ticks, 1), Some(origin(7, 124, 1)));
    assert_eq!(producer.acknowledged_frame(letters, 0), Some(origin(7, 103, 2)));
    assert_eq!(producer.acknowledged_frame(ticks, 0), None);

    let place = |topic, partition, start| Assignment {
        topic,
        partition,
        start,
    };
    let places = [
        place(ticks, 0, Start::Beginning),
        place(ticks, 1, Start::Offset(11)),
        place(letters, 0, Start::Beginning),
    ];
    let mut found = vec![Vec::new(); places.len()];
    let ends = read_framed(&config, &places, |record| {
        found[record.place].push((record.offset, record.origin, record.value.to_vec()));
    });
    assert_eq!(ends.unwrap(), [0, 52, 1]);
    let expected = (10..50_u8).map(|number| {
        let made_of = origin(7, 100 + u64::from(number) / 2, u32::from(number) % 2);
        (i64::from(number) + 1, made_of, vec![number])
    });
    assert!(found[0].is_empty());
    assert!(found[1].iter().cloned().eq(expected), "{:?}", found[1]);
    assert_eq!(found[2], [(0, origin(7, 103, 2), b"letter".to_vec())]);
}
