//! Real FX quotes through tick files and back.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::*;

/// The one file in a zip archive: a local header of 30 bytes, name, extra, then the deflated bytes.
fn unzipped(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let length = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&bytes[30 + length(26) + length(28)..])
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// A price of at most 7 decimals as a count of 1e-7.
fn counted(text: &str) -> i64 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{decimals:0<7}").parse().unwrap()
}

#[test]
fn a_day_of_fx_comes_back_with_its_crossed_quotes() {
    let data = std::env::var_os("TAPEFLOW_DATA").map_or_else(|| PathBuf::from("../../../shared/data"), PathBuf::from);
    let day = data.join("fx/fxcm/tick/eurusd/20140509_quote.zip");
    if !day.exists() {
        eprintln!("no recording {}: FX quotes were not tried", day.display());
        return;
    }
    let rows = unzipped(&day);
    let folder = tempfile::tempdir().unwrap();
    let mut ticks = TickFolder::open(folder.path()).unwrap();
    let id = ticks.symbol("EUR-USD", "fxcm").unwrap();
    let mut writer = ticks
        .writer(
            id,
            Rotation {
                part_bytes: 1 << 20,
                ..Rotation::default()
            },
        )
        .unwrap();
    for row in rows.lines() {
        let [ms, bid, ask] = row.split(',').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let quote = Quote {
            timestamp_ns: 1_399_593_600_000_000_000 + ms.parse::<i64>().unwrap() * 1_000_000,
            symbol_id: id,
            source: 1,
            bid: Some(counted(bid)),
            ask: Some(counted(ask)),
            volume: 0,
        };
        writer.append(Tick::from_fixed(&quote, -7, 0)).unwrap();
    }
    writer.close().unwrap();

    let parts = parts_of(folder.path(), id).unwrap();
    assert!(parts.len() > 1, "it rotated");
    let read = parts.into_iter().flat_map(|part| {
        TickReader::open(&part_path(folder.path(), id, part))
            .unwrap()
            .ticks()
            .to_vec()
    });
    let (mut count, mut crossed, mut locked) = (0, 0, 0);
    for (tick, row) in read.zip(rows.lines()) {
        let [_, bid, ask] = row.split(',').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let (bid, ask): (f64, f64) = (bid.parse().unwrap(), ask.parse().unwrap());
        assert_eq!(
            (tick.bid, tick.ask, tick.sequence),
            (bid as f32, ask as f32, count),
            "{row}"
        );
        let flag = if bid > ask {
            CROSSED
        } else if bid == ask {
            LOCKED
        } else {
            0
        };
        assert_eq!(tick.flags & (CROSSED | LOCKED | SATURATED | ONE_SIDED), flag, "{row}");
        count += 1;
        crossed += u32::from(tick.flags & CROSSED != 0);
        locked += u32::from(tick.flags & LOCKED != 0);
    }
    assert_eq!((count, crossed, locked), (102_122, 10_010, 12_309));
}
