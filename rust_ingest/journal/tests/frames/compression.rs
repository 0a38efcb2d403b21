//! Compressed segments read as before.

use std::fs;

use journal::frames::{FrameReader, ReadError, WriteError, compress_closed};

use crate::log::{append, assert_whole, below, log_folder, random, read_from, segments, writer};

const MESSAGE: &[u8] = br#"{"e":"trade","s":"BTCUSDT","p":"43210.10"}"#;

#[test]
fn closed_segments_become_smaller_and_read_the_same() {
    let folder = log_folder();
    let mut log = writer(folder.path());
    for _ in 0..200 {
        log.append(0, 1, b"{\"e\":\"trade\",\"s\":\"BTCUSDT\",\"p\":\"43210.10\"}")
            .unwrap();
    }
    let before = segments(folder.path());
    let made = compress_closed(folder.path(), 3).unwrap();
    assert_eq!(made.len(), before.len() - 1, "all but the open one");
    for file in &made {
        assert!(file.is_compressed() && fs::metadata(&file.path).unwrap().len() < 1_000);
    }
    assert_eq!(segments(folder.path()).len(), before.len());
    assert!(compress_closed(folder.path(), 3).unwrap().is_empty());
    let mut reader = FrameReader::from_oldest(folder.path()).unwrap();
    let mut frames = 0;
    while let Some(frame) = reader.next_frame().unwrap() {
        assert_eq!(frame.payload, MESSAGE);
        frames += 1;
    }
    assert_eq!(frames, 200);
}

#[test]
fn a_log_goes_on_behind_a_compressed_end() {
    let folder = log_folder();
    for round in 1..=4 {
        let mut log = writer(folder.path());
        append(&mut log, 50);
        log.close_segment().unwrap();
        drop(log);
        compress_closed(folder.path(), 1).unwrap();
        assert_whole(folder.path(), 0, round * 50);
        assert_whole(folder.path(), round * 50 - 3, round * 50);
    }
    let mut reader = FrameReader::from_time(folder.path(), 1_000 + 77 * 10).unwrap();
    assert_eq!(reader.next_frame().unwrap().map(|frame| frame.sequence), Some(77));
}

#[test]
fn ended_between_its_steps() {
    let folder = log_folder();
    append(&mut writer(folder.path()), 100);
    let plain = segments(folder.path()).remove(0);
    let bytes = fs::read(&plain).unwrap();
    compress_closed(folder.path(), 1).unwrap();
    // Both forms are there before the plain one is deleted, and an unfinished one before that.
    fs::write(&plain, bytes).unwrap();
    let unfinished = plain.with_extension("frames.zst.unfinished");
    fs::write(&unfinished, b"half").unwrap();
    assert_whole(folder.path(), 0, 100);
    compress_closed(folder.path(), 1).unwrap();
    assert!(!plain.exists() && !unfinished.exists());
    assert_whole(folder.path(), 0, 100);
}

#[test]
fn a_damaged_segment_is_not_compressed() {
    let folder = log_folder();
    append(&mut writer(folder.path()), 100);
    let plain = segments(folder.path()).remove(0);
    let mut bytes = fs::read(&plain).unwrap();
    bytes[200] ^= 1;
    fs::write(&plain, bytes).unwrap();
    let refused = compress_closed(folder.path(), 1);
    assert!(
        matches!(refused, Err(WriteError::Read(ReadError::Damaged { .. }))),
        "{refused:?}"
    );
    assert!(plain.exists());
}

#[test]
fn broken_bytes_of_a_compressed_segment_are_an_error_or_the_same_frames() {
    let folder = log_folder();
    append(&mut writer(folder.path()), 100);
    compress_closed(folder.path(), 3).unwrap();
    let path = segments(folder.path()).remove(0);
    let original = fs::read(&path).unwrap();
    let mut random = random(3);
    for round in 0..300 {
        let mut bytes = original.clone();
        if round % 3 == 0 {
            bytes.truncate(below(&mut random, original.len()));
        } else {
            bytes[below(&mut random, original.len())] ^= 1 << below(&mut random, 8);
        }
        fs::write(&path, bytes).unwrap();
        match read_from(folder.path(), 0) {
            (next, None) => assert_eq!(next, 100),
            (_, Some(ReadError::Damaged { .. } | ReadError::NotASegment { .. })) => {}
            (_, Some(other)) => panic!("round {round}: {other:?}"),
        }
    }
}
