//! A writer that ends anywhere: nothing appended before is lost, nothing is there twice, and the log goes on.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use journal::frames::{FrameWriter, WriterOptions, compress_closed};

use crate::log::{append, assert_whole, expected, log_folder, options, read_from, segments, writer};

const CHILD_FOLDER: &str = "FRAMES_CHILD_FOLDER";

/// The write path of one append is: payload and head, then the first word at once. Every prefix of the stores is a state that a kill may leave; as are
/// the payload's bytes in any order, which the zeroed word hides.
#[test]
fn every_prefix_of_one_append() {
    let folder = log_folder();
    append(&mut writer(folder.path()), 6);
    let path = segments(folder.path()).pop().unwrap();
    let before = fs::read(&path).unwrap();
    append(&mut writer(folder.path()), 1);
    let after = fs::read(&path).unwrap();
    let start = before.iter().zip(&after).position(|(old, new)| old != new).unwrap() / 8 * 8;
    let size = 24 + expected(6).2.len();
    let order: Vec<usize> = (start + 8..start + size).chain(start..start + 8).collect();
    for stored in 0..=order.len() {
        let mut bytes = before.clone();
        for at in &order[..stored] {
            bytes[*at] = after[*at];
        }
        fs::write(&path, &bytes).unwrap();
        // The word is whole once all of its bytes that are not zero anyway are stored.
        let whole = bytes[start..start + size] == after[start..start + size];
        let behind = if whole { 7 } else { 6 };
        assert_whole(folder.path(), 0, behind);
        let mut writer = writer(folder.path());
        assert_eq!(writer.next_sequence(), behind, "{stored} bytes stored");
        append(&mut writer, 12);
        assert_whole(folder.path(), 0, behind + 12);
        // Nothing of the torn frame is left behind the new ones.
        drop(writer);
        for later in segments(folder.path()).into_iter().skip(1) {
            fs::remove_file(later).unwrap();
        }
    }
}

#[test]
fn a_rotation_ended_between_its_steps() {
    let folder = log_folder();
    let mut first = writer(folder.path());
    append(&mut first, 20);
    first.close_segment().unwrap();
    drop(first);
    // The next segment is reserved before it is begun.
    let upcoming = folder.path().join("upcoming.frames");
    fs::write(&upcoming, [0; 4096]).unwrap();
    assert_whole(folder.path(), 0, 20);
    let mut second = writer(folder.path());
    assert!(!upcoming.exists());
    append(&mut second, 20);
    assert_whole(folder.path(), 0, 40);
}

/// What is begun has no name before all that stands before it is on the disk.
#[test]
fn a_segment_that_is_begun_is_read_and_gone_on_with() {
    let folder = log_folder();
    append(&mut writer(folder.path()), 100);
    let [.., before, last] = &segments(folder.path())[..] else {
        panic!("several segments");
    };
    let upcoming = folder.path().join("upcoming.frames");
    fs::rename(last, &upcoming).unwrap();
    assert_whole(folder.path(), 0, 100);
    assert_whole(folder.path(), 99, 100);
    let sealed = fs::read(before).unwrap();
    append(&mut writer(folder.path()), 1);
    assert!(last.exists() && !upcoming.exists());
    assert_whole(folder.path(), 0, 101);
    // A power failure took the end of the one before: what was begun behind it goes as well, and nothing is passed over.
    fs::rename(last, &upcoming).unwrap();
    let seal = sealed.iter().rposition(|byte| *byte != 0).unwrap() / 8 * 8 - 16;
    fs::write(before, &sealed[..seal]).unwrap();
    let (next, error) = read_from(folder.path(), 0);
    assert!(error.is_none(), "{error:?}");
    let mut writer = writer(folder.path());
    assert!(!upcoming.exists());
    assert_eq!(writer.next_sequence(), next);
    append(&mut writer, 30);
    assert_whole(folder.path(), 0, next + 30);
}

#[test]
fn a_writer_killed_while_it_writes() {
    let folder = log_folder();
    let mut known = 0;
    for round in 0..24 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "crash::child_that_appends",
                "--ignored",
                "--nocapture",
                "--test-threads",
                "1",
            ])
            .env(CHILD_FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..3 + round % 8 {
            // What was told before the kill must be there after it.
            let told = lines
                .by_ref()
                .map(Result::unwrap)
                .find_map(|line| line.strip_prefix("appended ")?.parse::<u64>().ok());
            known = told.expect("the child tells how far it is");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let next = writer(folder.path()).next_sequence();
        assert!(next >= known, "{next} of {known}");
        assert_whole(folder.path(), 0, next);
        known = next;
    }
}

#[test]
#[ignore = "a part of a_writer_killed_while_it_writes"]
fn child_that_appends() {
    let folder = std::env::var_os(CHILD_FOLDER).expect("run by another test");
    let ahead = true;
    let mut writer = FrameWriter::open(folder.as_ref(), WriterOptions { ahead, ..options() }).unwrap();
    let compressing = std::path::PathBuf::from(&folder);
    std::thread::spawn(move || {
        loop {
            compress_closed(&compressing, 1).unwrap();
        }
    });
    // Bounded, should nobody kill it.
    for _ in 0..2_000 {
        append(&mut writer, 50);
        println!("\nappended {}", writer.next_sequence());
    }
}
