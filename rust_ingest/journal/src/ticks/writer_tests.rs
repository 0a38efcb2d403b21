//! What a writer does, seen by a reader.

use std::path::Path;

use proptest::prelude::*;

use super::*;

const DAY_NS: u64 = 86_400_000_000_000;

fn tick(timestamp_ns: u64) -> Tick {
    Tick {
        timestamp_ns,
        symbol_id: 1,
        bid: 1.0,
        ask: 2.0,
        ..Tick::default()
    }
}

/// A folder with symbol 1, and its writer.
fn writer(folder: &Path, rotation: Rotation) -> TickWriter {
    let mut ticks = TickFolder::open(folder).unwrap();
    let id = ticks.symbol("BTC-USDT", "binance").unwrap();
    ticks.writer(id, rotation).unwrap()
}

fn small(ticks: usize) -> Rotation {
    Rotation {
        part_bytes: (HEADER_BYTES + ticks * TICK_BYTES) as u64,
        step_bytes: 4_096,
        daily: true,
    }
}

fn read(folder: &Path, part: u32) -> Vec<Tick> {
    TickReader::open(&part_path(folder, 1, part)).unwrap().ticks().to_vec()
}

fn read_all(folder: &Path) -> Vec<Tick> {
    parts_of(folder, 1)
        .unwrap()
        .into_iter()
        .flat_map(|part| read(folder, part))
        .collect()
}

#[test]
fn a_reader_sees_each_tick_when_it_is_appended() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(
        folder.path(),
        Rotation {
            step_bytes: 4_096,
            ..Rotation::default()
        },
    );
    writer.append(tick(1)).unwrap();
    let mut reader = TickReader::open(&part_path(folder.path(), 1, 0)).unwrap();
    for at in 1..1_000 {
        assert_eq!(reader.ticks().len(), at);
        assert_eq!(writer.append(tick(at as u64 + 1)).unwrap(), at as u32);
        assert_eq!(reader.refresh().unwrap(), 1);
        assert_eq!(reader.ticks()[at].timestamp_ns, at as u64 + 1);
    }
}

#[test]
fn parts_end_by_size_and_by_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path(), small(3));
    for timestamp_ns in [1, 2, 3, 4, DAY_NS - 1, DAY_NS, DAY_NS - 1, 5 * DAY_NS] {
        writer.append(tick(timestamp_ns)).unwrap();
    }
    writer.close().unwrap();
    let parts: Vec<Vec<u64>> = (0..4)
        .map(|part| read(folder.path(), part).iter().map(|tick| tick.timestamp_ns).collect())
        .collect();
    assert_eq!(
        parts,
        [
            vec![1, 2, 3],
            vec![4, DAY_NS - 1],
            vec![DAY_NS, DAY_NS - 1],
            vec![5 * DAY_NS]
        ]
    );
    let sequences: Vec<u32> = read_all(folder.path()).iter().map(|tick| tick.sequence).collect();
    assert_eq!(sequences, (0..8).collect::<Vec<_>>());
    assert_eq!(read(folder.path(), 2)[1].flags, OUT_OF_ORDER);
    let length = part_path(folder.path(), 1, 1).metadata().unwrap().len();
    assert_eq!(
        length,
        (HEADER_BYTES + 2 * TICK_BYTES) as u64,
        "what was reserved and not used is given back"
    );
}

#[test]
fn sequences_wrap_and_gaps_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path(), Rotation::default());
    let given = [u32::MAX - 1, u32::MAX, 0, 5, 4, 5];
    for sequence in given {
        assert_eq!(writer.append_numbered(tick(7), sequence).unwrap(), sequence);
    }
    assert_eq!(writer.append(tick(7)).unwrap(), 6);
    assert_eq!(writer.append_after_gap(tick(7), 10).unwrap(), 17);
    assert_eq!(writer.append_after_gap(tick(7), 0).unwrap(), 18);
    let flags: Vec<u8> = read(folder.path(), 0).iter().map(|tick| tick.flags).collect();
    assert_eq!(flags, [0, 0, 0, GAP_BEFORE, OUT_OF_ORDER, 0, 0, GAP_BEFORE, GAP_BEFORE]);
}

#[test]
fn a_writer_goes_on_behind_one_that_died() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = writer(folder.path(), Rotation::default());
    for timestamp_ns in [10, 30, 20] {
        first.append(tick(timestamp_ns)).unwrap();
    }
    // Dropped without `close`, as a crash would leave it: its room stays reserved.
    drop(first);
    let mut second = writer(folder.path(), Rotation::default());
    let resumed = second.resumed().unwrap();
    assert_eq!((resumed.part, resumed.ticks, resumed.stranded), (0, 3, 0));
    assert_eq!(second.append(tick(25)).unwrap(), 3);
    assert_eq!(second.append(tick(30)).unwrap(), 4);
    let flags: Vec<u8> = read(folder.path(), 1).iter().map(|tick| tick.flags).collect();
    assert_eq!(flags, [RESUMED | OUT_OF_ORDER, 0]);
    assert_eq!(
        part_path(folder.path(), 1, 0).metadata().unwrap().len(),
        (HEADER_BYTES + 3 * TICK_BYTES) as u64
    );
}

#[test]
fn one_writer_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut ticks = TickFolder::open(folder.path()).unwrap();
    assert!(matches!(
        TickFolder::open(folder.path()),
        Err(TickError::Claimed { .. })
    ));
    assert!(matches!(
        ticks.writer(1, Rotation::default()),
        Err(TickError::NoSuchSymbol { .. })
    ));
    let id = ticks.symbol("BTC-USDT", "binance").unwrap();
    let held = ticks.writer(id, Rotation::default()).unwrap();
    assert!(matches!(
        ticks.writer(id, Rotation::default()),
        Err(TickError::Written { symbol_id: 1 })
    ));
    drop(ticks);
    assert!(
        matches!(TickFolder::open(folder.path()), Err(TickError::Claimed { .. })),
        "its writer is still there"
    );
    drop(held);
    TickFolder::open(folder.path()).unwrap();
}

#[test]
fn another_symbols_tick_and_a_zero_timestamp_are_not_taken_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path(), Rotation::default());
    let refused = writer.append(Tick {
        symbol_id: 2,
        ..tick(1)
    });
    assert!(matches!(
        refused,
        Err(TickError::OtherSymbol { symbol_id: 1, found: 2 })
    ));
    writer.append(tick(0)).unwrap();
    let found = read(folder.path(), 0);
    assert_eq!((found.len(), found[0].timestamp_ns, found[0].flags), (1, 1, SATURATED));
}

#[test]
fn symbols_keep_their_ids_and_a_torn_line_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("symbols.jsonl");
    std::fs::write(&table, "{\"id\":4,\"name\":\"A\",\"venue\":\"okx\"}\n{\"id\":5,\"na").unwrap();
    let mut ticks = TickFolder::open(folder.path()).unwrap();
    assert_eq!(ticks.symbol("A", "okx").unwrap(), 4);
    assert_eq!(ticks.symbol("A", "kraken").unwrap(), 5);
    drop(ticks);
    assert_eq!(TickFolder::open(folder.path()).unwrap().symbols().len(), 2);
    std::fs::write(&table, "{\"id\":4,\"name\":\"A\",\"venue\":\"okx\"}\n{}\n").unwrap();
    assert!(matches!(
        TickFolder::open(folder.path()),
        Err(TickError::BadSymbols { line: 2, .. })
    ));
}

#[test]
fn appending_allocates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path(), Rotation::default());
    writer.append(tick(1)).unwrap();
    let quote = Quote {
        timestamp_ns: 1,
        symbol_id: 1,
        source: 16,
        bid: Some(5),
        ask: Some(6),
        volume: 1,
    };
    let counted = allocation_counter::measure(|| {
        for _ in 0..100_000 {
            writer.append(Tick::from_fixed(&quote, -2, -8)).unwrap();
        }
    });
    assert_eq!(counted.count_total, 0, "the steps of reserving included");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_appended_is_read(
        timestamps in prop::collection::vec(1u64..4 * DAY_NS, 0..300),
        per_part in 1usize..100,
        restart_after in 0usize..300,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut open = Some(writer(folder.path(), small(per_part)));
        let mut highest_ns = 0;
        let mut expected = Vec::new();
        for (at, timestamp_ns) in timestamps.iter().copied().enumerate() {
            if at == restart_after {
                drop(open.take());
            }
            let writer = open.get_or_insert_with(|| writer(folder.path(), small(per_part)));
            writer.append(tick(timestamp_ns)).unwrap();
            let resumed = if at == restart_after && at > 0 { RESUMED } else { 0 };
            let late = if timestamp_ns < highest_ns { OUT_OF_ORDER } else { 0 };
            highest_ns = timestamp_ns.max(highest_ns);
            expected.push(Tick { sequence: at as u32, flags: resumed | late, ..tick(timestamp_ns) });
        }
        prop_assert_eq!(read_all(folder.path()), expected);
    }
}
