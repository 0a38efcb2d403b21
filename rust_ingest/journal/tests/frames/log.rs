//! A small log with known frames.

use std::path::{Path, PathBuf};

use journal::frames::{FrameReader, FrameWriter, ReadError, WriterOptions};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::RngCore;
use tempfile::TempDir;

pub const SEGMENT_BYTES: u64 = 4096;

/// In memory where that can be had: these logs are synced thousands of times, and other programs keep disks busy.
pub fn log_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory)
        .or_else(|_| tempfile::tempdir())
        .expect("a folder")
}

pub fn options() -> WriterOptions {
    WriterOptions {
        segment_bytes: SEGMENT_BYTES,
        ..WriterOptions::new("test")
    }
}

pub fn writer(folder: &Path) -> FrameWriter {
    FrameWriter::open(folder, options()).expect("the log opens")
}

pub fn random(seed: u128) -> Pcg64 {
    Pcg64::new(seed, 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96)
}

/// A number below `bound`.
pub fn below(random: &mut Pcg64, bound: usize) -> usize {
    (random.next_u64() % bound as u64) as usize
}

/// What frame `sequence` of every test's log is: receive time, connection and payload, all following from the number.
pub fn expected(sequence: u64) -> (i64, u16, Vec<u8>) {
    let mut payload = vec![0; (sequence * 37 % 131) as usize];
    random(u128::from(sequence)).fill_bytes(&mut payload);
    (1_000 + sequence as i64 * 10, sequence as u16 % 5, payload)
}

/// Appends the next `count` expected frames.
pub fn append(writer: &mut FrameWriter, count: u64) {
    for _ in 0..count {
        let sequence = writer.next_sequence();
        let (receive_ns, connection, payload) = expected(sequence);
        let given = writer.append(connection, receive_ns, &payload).expect("appended");
        assert_eq!(given, sequence);
    }
}

/// Reads from `sequence` to the end, holds every frame against what was appended, and returns the number behind the last, with the error that ended it.
pub fn read_from(folder: &Path, sequence: u64) -> (u64, Option<ReadError>) {
    let mut reader = match FrameReader::from_sequence(folder, sequence) {
        Ok(reader) => reader,
        Err(error) => return (sequence, Some(error)),
    };
    let mut next = sequence;
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                let (receive_ns, connection, payload) = expected(next);
                assert_eq!(
                    (frame.sequence, frame.receive_ns, frame.connection),
                    (next, receive_ns, connection)
                );
                assert_eq!(frame.payload, payload);
                next += 1;
            }
            Ok(None) => return (next, None),
            Err(error) => return (next, Some(error)),
        }
    }
}

/// All frames are there, and right.
pub fn assert_whole(folder: &Path, first: u64, behind: u64) {
    let (next, error) = read_from(folder, first);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(next, behind);
}

/// Names of the segments, sorted.
pub fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains(".frames"))
        .collect();
    paths.sort();
    paths
}
