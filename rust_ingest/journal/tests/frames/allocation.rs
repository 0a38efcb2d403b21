//! Appending and reading take no memory per frame.

use journal::frames::{FrameReader, FrameWriter, WriterOptions};

use crate::log::{log_folder, options};

#[test]
fn none_per_frame() {
    let folder = log_folder();
    let options = WriterOptions {
        segment_bytes: 1 << 20,
        ..options()
    };
    let mut writer = FrameWriter::open(folder.path(), options).unwrap();
    writer.append(1, 1, &[5; 300]).unwrap();
    let mut reader = FrameReader::from_oldest(folder.path()).unwrap();
    let counted = allocation_counter::measure(|| {
        for receive_ns in 0..2_000 {
            writer.append(1, receive_ns, &[5; 300]).unwrap();
        }
        while reader.next_frame().unwrap().is_some() {}
    });
    assert_eq!(counted.count_total, 0);
}
