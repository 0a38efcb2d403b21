//! No room for another segment: a clear error, and everything before it readable.

use std::path::PathBuf;
use std::process::Command;

use journal::frames::{WriteError, compress_closed};

use crate::log::{SEGMENT_BYTES, append, assert_whole, expected, log_folder, segments, writer};

const CHILD_FOLDER: &str = "FRAMES_LIMITED_FOLDER";

/// The limit on a file's size stands in for a full disk: the kernel refuses to reserve blocks in the same call.
#[test]
fn a_writer_without_room_ends_with_its_error_and_all_frames() {
    let folder = log_folder();
    append(&mut writer(folder.path()), 5);
    let child = Command::new("sh")
        // An ignored signal stays so for the program started: the refused call returns.
        .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "full_disk::child_without_room", "--ignored", "--nocapture"])
        .env(CHILD_FOLDER, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success(),
        "{said} {}",
        String::from_utf8_lossy(&child.stderr)
    );
    let told = said
        .lines()
        .find_map(|line| line.strip_prefix("appended "))
        .expect("it tells how far it came");
    let appended: u64 = told.parse().unwrap();
    assert!(appended > 5);
    assert_whole(folder.path(), 0, appended);
    let unfinished = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "unfinished");
    assert!(!segments(folder.path()).iter().any(unfinished));
    // With room again the log goes on.
    append(&mut writer(folder.path()), 100);
    assert_whole(folder.path(), 0, appended + 100);
}

#[test]
#[ignore = "a part of a_writer_without_room_ends_with_its_error_and_all_frames"]
fn child_without_room() {
    let folder = std::env::var_os(CHILD_FOLDER).expect("run by another test");
    let mut writer = writer(folder.as_ref());
    for attempt in 0..100_000 {
        let sequence = writer.next_sequence();
        let (receive_ns, connection, payload) = expected(sequence);
        match writer.append(connection, receive_ns, &payload) {
            Ok(_) => assert!(attempt < 1_000, "there is no room for so many"),
            Err(WriteError::DiskFull {
                bytes: SEGMENT_BYTES, ..
            }) => {
                let again = writer.append(connection, receive_ns, &payload);
                assert!(matches!(again, Err(WriteError::DiskFull { .. })), "{again:?}");
                // The segment at hand stays open: a smaller frame may still fit.
                writer.close_segment().unwrap();
                // Random bytes stay larger than the limit when compressed; the attempt leaves everything as it was.
                let refused = compress_closed(folder.as_ref(), 1);
                assert!(matches!(refused, Err(WriteError::DiskFull { .. })), "{refused:?}");
                println!("\nappended {sequence}");
                return;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}
