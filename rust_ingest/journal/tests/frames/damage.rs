//! Bytes flipped, cut and zeroed anywhere: what is read is right, or there is an end or an error.

use std::fs;
use std::path::Path;

use journal::frames::{FrameWriter, ReadError, WriteError, compress_closed, cut_damaged_end};
use rand_pcg::rand_core::RngCore;

use crate::log::{append, assert_whole, below, log_folder, options, random, read_from, segments, writer};

const FRAMES: u64 = 90;

/// A log of several segments, the last one open.
fn log(folder: &Path) {
    append(&mut writer(folder), FRAMES);
}

/// Reads, opens for writing, and appends on: every frame read is one that was appended, and none is passed over.
fn check(folder: &Path, what: &str) -> (u64, Option<ReadError>) {
    let read = read_from(folder, 0);
    match FrameWriter::open(folder, options()) {
        Ok(mut writer) => {
            let next = writer.next_sequence();
            assert!(next <= FRAMES, "{what}");
            append(&mut writer, 3);
            let (end, error) = read_from(folder, 0);
            assert!(error.is_some() || end == next + 3, "{what}: {end} of {next}");
        }
        Err(WriteError::Read(ReadError::Damaged { .. } | ReadError::NotASegment { .. })) => {}
        Err(other) => panic!("{what}: {other:?}"),
    }
    read
}

#[test]
fn flipped_bits() {
    let sources = [log_folder(), log_folder()];
    sources.iter().for_each(|source| log(source.path()));
    let [_, compressed] = &sources;
    assert!(compress_closed(compressed.path(), 3).unwrap().len() > 1);
    let mut random = random(1);
    for round in 0..600 {
        let folder = log_folder();
        let source = &sources[round % 2];
        let paths = copy(source.path(), folder.path());
        let path = &paths[below(&mut random, paths.len())];
        let mut bytes = fs::read(path).unwrap();
        for _ in 0..=below(&mut random, 3) {
            let at = below(&mut random, bytes.len());
            bytes[at] ^= 1 << below(&mut random, 8);
        }
        fs::write(path, bytes).unwrap();
        check(folder.path(), &format!("round {round}"));
    }
}

#[test]
fn stretches_overwritten() {
    let source = log_folder();
    log(source.path());
    let mut random = random(2);
    for round in 0..300 {
        let folder = log_folder();
        let paths = copy(source.path(), folder.path());
        let path = &paths[below(&mut random, paths.len())];
        let mut bytes = fs::read(path).unwrap();
        let from = below(&mut random, bytes.len());
        let to = (from + 1 + below(&mut random, 300)).min(bytes.len());
        if round % 2 == 0 {
            bytes[from..to].fill(0);
        } else if round % 4 == 1 {
            random.fill_bytes(&mut bytes[from..to]);
        } else {
            // A stretch of the file once more, in the wrong place.
            let source = below(&mut random, bytes.len() - (to - from) + 1);
            bytes.copy_within(source..source + (to - from), from);
        }
        fs::write(path, bytes).unwrap();
        check(folder.path(), &format!("round {round}"));
    }
}

#[test]
fn compressed_files_cut_short() {
    let source = log_folder();
    log(source.path());
    let made = compress_closed(source.path(), 3).unwrap();
    let name = made[0].path.file_name().unwrap();
    let length = fs::metadata(&made[0].path).unwrap().len();
    for kept in (0..length).step_by(7) {
        let folder = log_folder();
        copy(source.path(), folder.path());
        let file = fs::File::options().write(true).open(folder.path().join(name)).unwrap();
        file.set_len(kept).unwrap();
        let (next, error) = check(folder.path(), &format!("cut to {kept}"));
        assert!(next == 0 && error.is_some(), "{kept}: {next} {error:?}");
    }
}

#[test]
fn files_cut_short() {
    let source = log_folder();
    log(source.path());
    let count = segments(source.path()).len();
    for index in [0, count - 1] {
        for length in (0..4096).step_by(29) {
            let folder = log_folder();
            let paths = copy(source.path(), folder.path());
            fs::File::options()
                .write(true)
                .open(&paths[index])
                .unwrap()
                .set_len(length)
                .unwrap();
            check(folder.path(), &format!("file {index} cut to {length}"));
        }
    }
}

#[test]
fn a_closed_segment_broken_anywhere_in_a_frame_is_an_error_with_its_place() {
    let source = log_folder();
    log(source.path());
    let original = fs::read(&segments(source.path())[0]).unwrap();
    let sealed = original.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for at in (128..sealed).step_by(3) {
        let folder = log_folder();
        let paths = copy(source.path(), folder.path());
        let mut bytes = original.clone();
        bytes[at] ^= 0x10;
        fs::write(&paths[0], bytes).unwrap();
        let (next, error) = read_from(folder.path(), 0);
        match error {
            Some(ReadError::Damaged {
                path,
                position,
                sequence,
                ..
            }) => {
                assert_eq!((path, sequence), (paths[0].clone(), next));
                assert!(position <= at && at < position + 24 + 131 + 8, "{at} {position}");
            }
            // The padding between frames says nothing.
            None => assert_eq!((next, original[at]), (FRAMES, 0)),
            Some(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_open_segment_broken_amid_is_refused_and_one_broken_at_its_end_goes_on() {
    let source = log_folder();
    log(source.path());
    let last = segments(source.path()).pop().unwrap();
    let original = fs::read(&last).unwrap();
    // Where frames begin, by their sizes.
    let mut starts = vec![128];
    loop {
        let at = *starts.last().unwrap();
        let size = u32::from_le_bytes(original[at + 4..at + 8].try_into().unwrap()) as usize;
        if size == 0 {
            break;
        }
        starts.push(at + size.next_multiple_of(8));
    }
    let frames = starts.len() as u64 - 1;
    assert!(frames > 3);
    for index in 0..frames {
        for broken in [0, 4, 9, 20] {
            let folder = log_folder();
            let path = copy(source.path(), folder.path()).pop().unwrap();
            let mut bytes = original.clone();
            bytes[starts[index as usize] + broken] ^= 0xff;
            fs::write(&path, bytes).unwrap();
            let opened = FrameWriter::open(folder.path(), options());
            let sequence_broken = FRAMES - frames + index;
            if index + 1 == frames {
                assert_eq!(opened.unwrap().next_sequence(), sequence_broken);
            } else {
                let Err(WriteError::Read(ReadError::Damaged { position, sequence, .. })) = opened else {
                    panic!("{opened:?}");
                };
                assert_eq!((position, sequence), (starts[index as usize], sequence_broken));
                let (next, error) = read_from(folder.path(), 0);
                assert_eq!(next, sequence_broken);
                assert!(matches!(error, Some(ReadError::Damaged { .. })), "{error:?}");
            }
        }
    }
}

#[test]
fn a_damaged_end_is_cut_when_asked_for_and_kept_beside() {
    let folder = log_folder();
    log(folder.path());
    assert_eq!(cut_damaged_end(folder.path()).unwrap(), None);
    let last = segments(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&last).unwrap();
    bytes[400] ^= 1;
    fs::write(&last, &bytes).unwrap();
    let cut = cut_damaged_end(folder.path()).unwrap().unwrap();
    assert_eq!(fs::read(&cut.copy).unwrap(), bytes);
    assert_eq!(cut_damaged_end(folder.path()).unwrap(), None);
    let mut writer = writer(folder.path());
    assert_eq!(writer.next_sequence(), cut.next_sequence);
    append(&mut writer, 40);
    assert_whole(folder.path(), 0, cut.next_sequence + 40);
}

#[test]
fn a_file_that_is_missing_amid_is_an_error_with_the_numbers() {
    let folder = log_folder();
    log(folder.path());
    let paths = segments(folder.path());
    fs::remove_file(&paths[1]).unwrap();
    let (next, error) = read_from(folder.path(), 0);
    let first = |path: &Path| path.file_stem().unwrap().to_str().unwrap().parse::<u64>().unwrap();
    let Some(ReadError::Missing {
        wanted, next: found, ..
    }) = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((wanted, found), (next, first(&paths[2])));
    assert_eq!(next, first(&paths[1]));
    fs::remove_file(&paths[0]).unwrap();
    assert!(matches!(read_from(folder.path(), 0).1, Some(ReadError::NotKept { oldest, .. }) if oldest == found));
}

fn copy(from: &Path, to: &Path) -> Vec<std::path::PathBuf> {
    for path in segments(from) {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    segments(to)
}
