//! A full disk, in a process of its own.

mod under_limit;

use journal::ticks::{HEADER_BYTES, Rotation, TICK_BYTES, Tick, TickError, TickFolder, TickReader, part_path};

#[test]
fn a_full_disk_is_an_error_with_everything_before_it_readable() {
    under_limit::passes("fill_the_disk");
}

#[test]
#[ignore = "run by the other test, under the limit"]
fn fill_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut ticks = TickFolder::open(folder.path()).unwrap();
    let id = ticks.symbol("BTC-USDT", "binance").unwrap();
    let rotation = Rotation {
        step_bytes: 16_384,
        ..Rotation::default()
    };
    let mut writer = ticks.writer(id, rotation).unwrap();
    let tick = Tick {
        timestamp_ns: 1,
        symbol_id: id,
        ..Tick::default()
    };
    let mut taken = 0;
    let error = loop {
        match writer.append(tick) {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(
        matches!(&error, TickError::NoRoom { ticks, .. } if *ticks == taken as u64),
        "{error}"
    );
    assert!(
        matches!(writer.append(tick), Err(TickError::NoRoom { .. })),
        "it can be tried again"
    );
    assert_eq!(taken, (under_limit::FILE_BYTES - HEADER_BYTES) / TICK_BYTES);
    let reader = TickReader::open(&part_path(folder.path(), id, 0)).unwrap();
    assert_eq!(reader.ticks().len(), taken);
    assert_eq!(reader.ticks()[taken - 1].sequence as usize, taken - 1);
    writer.close().unwrap();
    under_limit::passed();
}
