//! What is appended is read, from any place.

use journal::frames::{FrameReader, FrameWriter, ReadError, WriteError, WriterOptions};

use crate::log::{SEGMENT_BYTES, append, assert_whole, expected, log_folder, options, segments, writer};

const FRAMES: u64 = 300;

#[test]
fn every_frame_is_read_from_every_number() {
    let folder = log_folder();
    append(&mut writer(folder.path()), FRAMES);
    assert!(segments(folder.path()).len() > 5);
    for sequence in (0..=FRAMES).step_by(7) {
        assert_whole(folder.path(), sequence, FRAMES);
    }
}

#[test]
fn a_number_yet_to_come_is_waited_for() {
    let folder = log_folder();
    let mut writer = writer(folder.path());
    let mut reader = FrameReader::from_sequence(folder.path(), 250).unwrap();
    assert_eq!(reader.next_frame().unwrap(), None);
    append(&mut writer, 250);
    assert_eq!(reader.next_frame().unwrap(), None);
    append(&mut writer, 1);
    assert_eq!(reader.next_frame().unwrap().map(|frame| frame.sequence), Some(250));
}

#[test]
fn a_time_finds_its_first_frame_even_where_clocks_went_back() {
    let folder = log_folder();
    let mut writer = writer(folder.path());
    // Up and down again, over several segments.
    let times: Vec<i64> = (0..400).map(|number| number * 10 - number % 50 * 17).collect();
    for time_ns in &times {
        writer.append(0, *time_ns, &[7; 60]).unwrap();
    }
    for wanted_ns in (-10..4_000).step_by(13) {
        let first = times
            .iter()
            .position(|time_ns| *time_ns >= wanted_ns)
            .map(|index| index as u64);
        let mut reader = FrameReader::from_time(folder.path(), wanted_ns).unwrap();
        assert_eq!(
            reader.next_frame().unwrap().map(|frame| frame.sequence),
            first,
            "{wanted_ns}"
        );
    }
}

#[test]
fn a_log_goes_on_where_it_ended() {
    let folder = log_folder();
    for opened in 0..20 {
        let mut writer = writer(folder.path());
        assert_eq!(writer.next_sequence(), opened * 17);
        append(&mut writer, 17);
        if opened % 3 == 0 {
            writer.close_segment().unwrap();
        }
        writer.sync().unwrap();
    }
    assert_whole(folder.path(), 0, 340);
}

#[test]
fn one_writer_at_a_time() {
    let folder = log_folder();
    let first = writer(folder.path());
    let second = FrameWriter::open(folder.path(), options());
    assert!(matches!(second, Err(WriteError::Locked { .. })), "{second:?}");
    drop(first);
    writer(folder.path());
}

#[test]
fn the_largest_frame_fits_and_a_larger_one_is_refused() {
    for segment_bytes in [SEGMENT_BYTES, SEGMENT_BYTES + 1, SEGMENT_BYTES + 7] {
        let folder = log_folder();
        let options = WriterOptions {
            segment_bytes,
            ..options()
        };
        let mut writer = FrameWriter::open(folder.path(), options).unwrap();
        let refused = writer.append(0, 0, &[1; 1 << 20]);
        let Err(WriteError::TooLarge { most_bytes, .. }) = refused else {
            panic!("{refused:?}");
        };
        for length in [most_bytes, 0, most_bytes - 1, most_bytes] {
            writer.append(0, 0, &vec![9; length]).unwrap();
        }
        assert!(matches!(
            writer.append(0, 0, &vec![9; most_bytes + 1]),
            Err(WriteError::TooLarge { .. })
        ));
        let mut reader = FrameReader::from_oldest(folder.path()).unwrap();
        for length in [most_bytes, 0, most_bytes - 1, most_bytes] {
            assert_eq!(reader.next_frame().unwrap().unwrap().payload, vec![9; length]);
        }
        assert_eq!(reader.next_frame().unwrap(), None);
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let folder = log_folder();
    append(&mut writer(folder.path()), 1);
    let other = FrameWriter::open(
        folder.path(),
        WriterOptions {
            label: "other".to_owned(),
            ..options()
        },
    );
    assert!(matches!(other, Err(WriteError::OtherLabel { .. })), "{other:?}");
    for wrong in [
        WriterOptions {
            segment_bytes: 4095,
            ..options()
        },
        WriterOptions::new(&"x".repeat(85)),
    ] {
        let refused = FrameWriter::open(folder.path(), wrong);
        assert!(matches!(refused, Err(WriteError::Option { .. })), "{refused:?}");
    }
    std::fs::write(folder.path().join("00000000000000000001.frames"), b"hello").unwrap();
    let refused = FrameWriter::open(folder.path(), options());
    assert!(
        matches!(refused, Err(WriteError::Read(ReadError::NotASegment { .. }))),
        "{refused:?}"
    );
}

#[test]
fn the_bytes_are_those_of_the_documented_layout() {
    let folder = log_folder();
    let mut writer = writer(folder.path());
    append(&mut writer, 2);
    writer.close_segment().unwrap();
    let bytes = std::fs::read(&segments(folder.path())[0]).unwrap();
    let four = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(bytes.len() as u64, SEGMENT_BYTES);
    assert_eq!(&bytes[..12], b"TPFRAMES\x01\x00\x04\x00");
    assert_eq!(bytes[32..40], i64::MIN.to_le_bytes());
    assert_eq!(&bytes[40..44], b"test");
    assert_eq!(four(124), crc32fast::hash(&bytes[..124]));
    // Frame 0 has no payload, frame 1 has 37 bytes, and the seal comes at the next multiple of 8.
    let (_, _, payload) = expected(1);
    assert_eq!((four(132), four(156), &bytes[176..213]), (24, 24 + 37, &payload[..]));
    let mut hasher = crc32fast::Hasher::new_with_initial(24 + 37);
    hasher.update(&bytes[160..213]);
    assert_eq!(four(152), hasher.finalize());
    assert_eq!(four(216 + 4), u32::MAX);
    assert_eq!((four(216 + 8), four(216 + 20)), (1_010, 2));
    assert!(bytes[240..].iter().all(|byte| *byte == 0));
}
