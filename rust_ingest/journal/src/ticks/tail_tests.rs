//! Parts that were cut, or that a power cut left with holes.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::*;

/// A part of `count` ticks in a folder of its own, with room reserved behind them.
fn part(count: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut ticks = TickFolder::open(folder.path()).unwrap();
    let id = ticks.symbol("EUR-USD", "truefx").unwrap();
    let mut writer = ticks
        .writer(
            id,
            Rotation {
                step_bytes: 4_096,
                ..Rotation::default()
            },
        )
        .unwrap();
    for at in 0..count {
        writer
            .append(Tick {
                timestamp_ns: u64::from(at) + 1,
                symbol_id: id,
                ..Tick::default()
            })
            .unwrap();
    }
    let path = part_path(folder.path(), id, 0);
    (folder, path)
}

#[test]
fn cut_at_every_byte() {
    let (_folder, path) = part(5);
    let whole = fs::read(&path).unwrap();
    for length in (0..=HEADER_BYTES + 7 * TICK_BYTES).rev() {
        fs::write(&path, &whole[..length]).unwrap();
        match TickReader::open(&path) {
            Ok(reader) => assert_eq!(
                reader.ticks().len(),
                ((length - HEADER_BYTES) / TICK_BYTES).min(5),
                "cut at {length}"
            ),
            Err(TickError::NotTicks { .. }) => assert!(length < HEADER_BYTES, "cut at {length}"),
            Err(error) => panic!("cut at {length}: {error}"),
        }
    }
}

#[test]
fn a_settled_count_is_not_believed_beyond_the_file() {
    let (folder, path) = part(5);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(&5u64.to_le_bytes(), 56).unwrap();
    file.set_len((HEADER_BYTES + 2 * TICK_BYTES + 7) as u64).unwrap();
    assert_eq!(TickReader::open(&path).unwrap().ticks().len(), 2);
    let writer = TickFolder::open(folder.path())
        .unwrap()
        .writer(1, Rotation::default())
        .unwrap();
    assert_eq!((writer.next_sequence(), writer.resumed().unwrap().ticks), (2, 2));
}

#[test]
fn a_header_with_any_byte_changed_is_refused() {
    let (_folder, path) = part(1);
    let whole = fs::read(&path).unwrap();
    for at in 0..56 {
        let mut changed = whole.clone();
        changed[at] ^= 0x40;
        fs::write(&path, &changed).unwrap();
        assert!(
            matches!(TickReader::open(&path), Err(TickError::NotTicks { .. })),
            "byte {at}"
        );
    }
}

#[test]
fn ticks_behind_a_hole_are_counted_and_kept() {
    let (folder, path) = part(9);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(&[0; 2 * TICK_BYTES], (HEADER_BYTES + 3 * TICK_BYTES) as u64)
        .unwrap();
    assert_eq!(TickReader::open(&path).unwrap().ticks().len(), 3);
    let before = fs::read(&path).unwrap();
    let writer = TickFolder::open(folder.path())
        .unwrap()
        .writer(1, Rotation::default())
        .unwrap();
    let resumed = writer.resumed().unwrap();
    assert_eq!((resumed.ticks, resumed.stranded, writer.next_sequence()), (3, 4, 3));
    assert_eq!(fs::read(&path).unwrap(), before);
}
