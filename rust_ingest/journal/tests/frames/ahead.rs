//! A thread makes segments ready and sees them onto the disk: the log is the same.

use std::time::{Duration, Instant};

use journal::frames::{Compressor, FrameWriter, Retention, WriterOptions, segments};

use crate::log::{SEGMENT_BYTES, append, assert_whole, log_folder, options, read_from};

fn ahead(folder: &std::path::Path, retention: Retention) -> FrameWriter {
    let options = WriterOptions {
        ahead: true,
        retention,
        ..options()
    };
    FrameWriter::open(folder, options).unwrap()
}

#[test]
fn every_frame_is_there_at_once_and_after_the_end() {
    let folder = log_folder();
    for round in 0..5 {
        let mut writer = ahead(folder.path(), Retention::default());
        for batch in 1..=10 {
            append(&mut writer, 40);
            assert_whole(folder.path(), 0, round * 400 + batch * 40);
        }
        if round % 2 == 0 {
            writer.sync().unwrap();
        } else {
            writer.close_segment().unwrap();
        }
        drop(writer);
        assert_whole(folder.path(), 0, (round + 1) * 400);
        assert!(
            !folder.path().join("upcoming.frames").exists(),
            "nothing is left behind"
        );
    }
}

#[test]
fn no_more_is_kept_than_asked_for_the_one_made_ready_included() {
    let folder = log_folder();
    let total_bytes = Some(5 * SEGMENT_BYTES);
    let mut writer = ahead(
        folder.path(),
        Retention {
            total_bytes,
            age_ns: None,
        },
    );
    append(&mut writer, 2_000);
    writer.sync().unwrap();
    let kept = segments(folder.path()).unwrap();
    assert_eq!(kept.len(), 4, "and the one to come");
    assert_whole(folder.path(), kept[0].first_sequence, 2_000);
}

#[test]
fn closed_segments_are_compressed_meanwhile() {
    let folder = log_folder();
    let mut writer = ahead(folder.path(), Retention::default());
    let _compressor = Compressor::start(folder.path(), |error| panic!("{error}")).unwrap();
    append(&mut writer, 300);
    let begun = Instant::now();
    let is_done = || {
        let files = segments(folder.path()).unwrap();
        files.iter().rev().skip(1).all(|file| file.is_compressed())
    };
    while !is_done() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{:?}",
            segments(folder.path())
        );
        std::thread::sleep(Duration::from_millis(20));
        let (next, error) = read_from(folder.path(), 0);
        assert!(error.is_none() && next == 300, "{error:?}");
    }
    append(&mut writer, 100);
    assert_whole(folder.path(), 0, 400);
}
