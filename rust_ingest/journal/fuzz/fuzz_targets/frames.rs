//! Any bytes as damage to a small log: the first says whether its closed segments are compressed, and whether the last one has its name
//! yet; then four bytes are one edit, of which file, where, and what to. What is read afterwards is what was
//! appended, up to an end or an error; and where the log opens for writing, it goes on.
#![no_main]

// The tests use more of it.
#[allow(dead_code)]
#[path = "../../tests/frames/log.rs"]
mod log;

use std::fs;

use journal::frames::{FrameWriter, ReadError, WriteError, compress_closed};
use libfuzzer_sys::fuzz_target;

const FRAMES: u64 = 90;
const CUT: u8 = 255;

fuzz_target!(|bytes: &[u8]| {
    let Some((form, edits)) = bytes.split_first() else {
        return;
    };
    let folder = log::log_folder();
    log::append(&mut log::writer(folder.path()), FRAMES);
    if form & 1 != 0 {
        compress_closed(folder.path(), 1).expect("compressed");
    }
    if form & 2 != 0 {
        let last = log::segments(folder.path()).pop().expect("a segment");
        fs::rename(last, folder.path().join("upcoming.frames")).expect("without its name");
    }
    let paths = log::segments(folder.path());
    for [file, low, high, value] in edits.as_chunks::<4>().0 {
        let path = &paths[usize::from(*file) % paths.len()];
        let at = usize::from(u16::from_le_bytes([*low, *high])) % log::SEGMENT_BYTES as usize;
        let mut bytes = fs::read(path).expect("a segment");
        if *file == CUT {
            bytes.truncate(at);
        } else if let Some(byte) = bytes.get_mut(at) {
            *byte = *value;
        }
        fs::write(path, bytes).expect("a segment");
    }
    log::read_from(folder.path(), 0);
    match FrameWriter::open(folder.path(), log::options()) {
        Ok(mut writer) => {
            let next = writer.next_sequence();
            log::append(&mut writer, 3);
            let (end, error) = log::read_from(folder.path(), 0);
            assert!(error.is_some() || end == next + 3);
        }
        Err(WriteError::Read(ReadError::Damaged { .. } | ReadError::NotASegment { .. })) => {}
        Err(other) => panic!("{other}"),
    }
});
