//! Readers go along while the log is written, closed, compressed and cut.

use std::thread;

use journal::frames::{FrameReader, compress_closed};

use crate::log::{append, expected, log_folder, writer};

const FRAMES: u64 = 6_000;

#[test]
fn a_reader_in_another_thread_sees_every_frame_once() {
    let folder = log_folder();
    let path = folder.path();
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let mut reader = FrameReader::from_oldest(path).unwrap();
            let mut next = 0;
            while next < FRAMES {
                match reader.next_frame().unwrap() {
                    Some(frame) => {
                        let (receive_ns, connection, payload) = expected(next);
                        assert_eq!((frame.sequence, frame.receive_ns), (next, receive_ns));
                        assert_eq!((frame.connection, frame.payload), (connection, &payload[..]));
                        next += 1;
                    }
                    None => thread::yield_now(),
                }
            }
        });
        let mut writer = writer(path);
        for _ in 0..FRAMES / 500 {
            append(&mut writer, 500);
            compress_closed(path, 1).unwrap();
        }
        reading.join().unwrap();
    });
}

#[test]
fn a_reader_of_a_closed_segment_waits_for_the_next() {
    let folder = log_folder();
    let mut writer = writer(folder.path());
    append(&mut writer, 5);
    writer.close_segment().unwrap();
    let mut reader = FrameReader::from_sequence(folder.path(), 5).unwrap();
    for _ in 0..3 {
        assert_eq!(reader.next_frame().unwrap(), None);
    }
    append(&mut writer, 1);
    assert_eq!(reader.next_frame().unwrap().map(|frame| frame.sequence), Some(5));
}
