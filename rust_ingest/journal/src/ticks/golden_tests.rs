//! The bytes themselves, which `tests/journal/test_golden_bytes.py` writes out by hand for the reader in Python.

use std::fs;

use super::*;

const GOLDEN: &str = "\
    54415045 54434b01 01000000 00000000 00000000 20004000 00000000 00000000 \
    00000000 00000000 00000000 00000000 00000000 7030376b 03000000 00000000 \
    15cd5b07 00000000 01000000 1092b13f b892b13f 0000c03f 02000100 00000000 \
    16cd5b07 00000000 01000000 b892b13f 1092b13f 00000000 02020100 01000000 \
    15cd5b07 00000000 01000000 ffff7f7f 0000c07f 00000000 02390000 05000000";

fn quote(timestamp_ns: i64, bid: Option<f64>, ask: Option<f64>, volume: f64) -> Quote<f64> {
    Quote {
        timestamp_ns,
        symbol_id: 1,
        source: 2,
        bid,
        ask,
        volume,
    }
}

#[test]
fn a_part_is_these_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut ticks = TickFolder::open(folder.path()).unwrap();
    let id = ticks.symbol("EUR-USD", "oanda").unwrap();
    let mut writer = ticks.writer(id, Rotation::default()).unwrap();
    writer
        .append(Tick::from_floats(&quote(
            123_456_789,
            Some(1.38727),
            Some(1.38729),
            1.5,
        )))
        .unwrap();
    writer
        .append(Tick::from_floats(&quote(
            123_456_790,
            Some(1.38729),
            Some(1.38727),
            0.0,
        )))
        .unwrap();
    writer
        .append_after_gap(Tick::from_floats(&quote(123_456_789, Some(f64::MAX), None, 0.0)), 3)
        .unwrap();
    writer.close().unwrap();

    let found = fs::read(part_path(folder.path(), id, 0)).unwrap();
    let hex: Vec<String> = found
        .chunks(4)
        .map(|word| word.iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    assert_eq!(hex.join(" "), GOLDEN);
    assert_eq!(
        fs::read_to_string(folder.path().join("symbols.jsonl")).unwrap(),
        "{\"id\":1,\"name\":\"EUR-USD\",\"venue\":\"oanda\"}\n"
    );
}
