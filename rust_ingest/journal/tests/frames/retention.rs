//! Old segments go, by size and by age, and whoever wants them is told.

use journal::frames::{FrameReader, FrameWriter, ReadError, Retention, WriteError, WriterOptions, compress_closed};

use crate::log::{SEGMENT_BYTES, append, assert_whole, log_folder, options, read_from, segments};

fn retaining(folder: &std::path::Path, retention: Retention) -> FrameWriter {
    FrameWriter::open(folder, WriterOptions { retention, ..options() }).unwrap()
}

#[test]
fn by_total_bytes() {
    let folder = log_folder();
    let total_bytes = Some(5 * SEGMENT_BYTES);
    let mut writer = retaining(
        folder.path(),
        Retention {
            total_bytes,
            age_ns: None,
        },
    );
    append(&mut writer, 2_000);
    assert_eq!(segments(folder.path()).len(), 5);
    let (_, error) = read_from(folder.path(), 0);
    let Some(ReadError::NotKept { wanted: 0, oldest, .. }) = error else {
        panic!("{error:?}");
    };
    assert_whole(folder.path(), oldest, 2_000);
    let mut reader = FrameReader::from_oldest(folder.path()).unwrap();
    assert_eq!(reader.next_frame().unwrap().map(|frame| frame.sequence), Some(oldest));
}

#[test]
fn by_age_compressed_or_not() {
    let folder = log_folder();
    // Frames are 10 ns apart.
    let mut writer = retaining(
        folder.path(),
        Retention {
            total_bytes: None,
            age_ns: Some(2_000),
        },
    );
    append(&mut writer, 500);
    compress_closed(folder.path(), 1).unwrap();
    append(&mut writer, 500);
    let newest_ns = 1_000 + 999 * 10;
    writer.retain(newest_ns).unwrap();
    let oldest = FrameReader::from_oldest(folder.path()).unwrap().next_sequence();
    assert!((700..=800).contains(&oldest), "{oldest}");
    assert_whole(folder.path(), oldest, 1_000);
    // Never the one that is written.
    writer.retain(i64::MAX).unwrap();
    assert_eq!(segments(folder.path()).len(), 1);
    append(&mut writer, 1);
}

#[test]
fn what_is_needed_stays_and_that_it_does_is_told() {
    let folder = log_folder();
    let options = WriterOptions {
        retention: Retention {
            total_bytes: Some(2 * SEGMENT_BYTES),
            age_ns: Some(0),
        },
        needed_from: 150,
        ..options()
    };
    let mut writer = FrameWriter::open(folder.path(), options).unwrap();
    append(&mut writer, 2_000);
    let oldest = || FrameReader::from_oldest(folder.path()).unwrap().next_sequence();
    assert!((1..=150).contains(&oldest()), "{}", oldest());
    assert_whole(folder.path(), 150, 2_000);
    assert!(writer.is_past_limits());
    writer.need_from(1_999);
    writer.retain(i64::MAX).unwrap();
    assert!(oldest() > 1_000);
    assert!(!writer.is_past_limits());
}

#[test]
fn a_frame_can_begin_a_segment() {
    let folder = log_folder();
    let mut writer = FrameWriter::open(folder.path(), options()).unwrap();
    append(&mut writer, 3);
    assert!(writer.has_room(100) && !writer.has_room(writer.payload_bytes_max() + 1));
    assert_eq!(writer.append_first(7, 2_000, b"first").unwrap(), 3);
    assert_eq!(segments(folder.path()).len(), 2);
    let mut reader = FrameReader::from_sequence(folder.path(), 3).unwrap();
    let frame = reader.next_frame().unwrap().unwrap();
    assert_eq!((frame.sequence, frame.connection, frame.payload), (3, 7, &b"first"[..]));
}

#[test]
fn a_damaged_old_file_is_told_and_stops_nothing() {
    let folder = log_folder();
    let mut writer = retaining(
        folder.path(),
        Retention {
            total_bytes: None,
            age_ns: Some(100),
        },
    );
    append(&mut writer, 100);
    let paths = segments(folder.path());
    // Its header is what tells the age of the one before.
    let newest = paths.last().unwrap();
    let mut bytes = std::fs::read(newest).unwrap();
    bytes[30] ^= 1;
    let copy = folder.path().join("copy");
    std::fs::write(&copy, bytes).unwrap();
    std::fs::rename(copy, newest).unwrap();
    append(&mut writer, 200);
    assert!(matches!(
        writer.retain(i64::MAX),
        Err(WriteError::Read(ReadError::NotASegment { .. }))
    ));
    assert_eq!(writer.next_sequence(), 300);
}

#[test]
fn a_reader_that_was_overtaken_is_told() {
    let folder = log_folder();
    let total_bytes = Some(3 * SEGMENT_BYTES);
    let mut writer = retaining(
        folder.path(),
        Retention {
            total_bytes,
            age_ns: None,
        },
    );
    append(&mut writer, 10);
    let mut reader = FrameReader::from_oldest(folder.path()).unwrap();
    append(&mut writer, 1_000);
    // What it has mapped it reads to the end, deleted or not.
    let error = loop {
        match reader.next_frame() {
            Ok(frame) => assert!(frame.is_some()),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(error, ReadError::NotKept { wanted, oldest, .. } if 10 < wanted && wanted < oldest),
        "{error:?}"
    );
}
