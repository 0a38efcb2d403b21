//! Origins beside the values: written as a header, told with the acknowledgement, found again in a partition's tail.

mod support;

use std::time::Duration;

use contracts::Topic;
use support::cluster;
use tapelog::frame_tail::read_framed;
use tapelog::{Assignment, FrameOrigin, LogConfig, Producer, Start};

fn origin(run: u64, sequence: u64, index: u32) -> FrameOrigin {
    FrameOrigin { run, sequence, index }
}

#[test]
fn an_origin_stands_beside_its_value_and_is_found_again() {
    let cluster = cluster();
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
    let end = |topic, partition| {
        producer
            .acknowledged_end(topic, partition)
            .map(|end| (end.offset, end.frame))
    };
    assert_eq!(end(ticks, 1), Some((52, Some(origin(7, 124, 1)))));
    assert_eq!(end(letters, 0), Some((1, Some(origin(7, 103, 2)))));
    assert_eq!(end(ticks, 0), None);
    // Runs have no order: the newest one's records are the last.
    producer
        .send_framed(letters, 0, b"", b"letter", origin(3, 9, 0), None)
        .unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();
    assert_eq!(end(letters, 0), Some((2, Some(origin(3, 9, 0)))));

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
    assert_eq!(ends.unwrap(), [0, 52, 2]);
    let expected = (10..50_u8).map(|number| {
        let made_of = origin(7, 100 + u64::from(number) / 2, u32::from(number) % 2);
        (i64::from(number) + 1, made_of, vec![number])
    });
    assert!(found[0].is_empty());
    assert!(found[1].iter().cloned().eq(expected), "{:?}", found[1]);
    let letters =
        [(0, origin(7, 103, 2)), (1, origin(3, 9, 0))].map(|(offset, made_of)| (offset, made_of, b"letter".to_vec()));
    assert_eq!(found[2], letters);
}
