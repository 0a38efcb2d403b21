//! How fast frames go into the log and out of it: `cargo run --release -p tapeflow-journal --example frame_speed -- FOLDER [FRAMES] [BYTES] [ahead]`.
//! FOLDER is made and left; it takes 2 x FRAMES x (BYTES + 24). Every append is timed alone, clock reading included. With `ahead` a thread makes
//! segments ready, as in the ingestor.

use std::path::PathBuf;
use std::time::Instant;

use journal::frames::{FrameReader, FrameWriter, WriterOptions, compress_closed};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let frames: usize = arguments.next().map_or(Ok(2_000_000), |frames| frames.parse())?;
    let bytes: usize = arguments.next().map_or(Ok(300), |bytes| bytes.parse())?;
    let ahead = arguments.next().is_some_and(|word| word == "ahead");
    let payload: Vec<u8> = (0..bytes).map(|at| b'a' + (at * at % 23) as u8).collect();

    let options = || WriterOptions {
        segment_bytes: 64 << 20,
        ahead,
        ..WriterOptions::new("speed")
    };
    let mut writer = FrameWriter::open(&folder, options())?;
    let first = writer.next_sequence();
    let started = Instant::now();
    for number in 0..frames {
        writer.append(0, number as i64, &payload)?;
    }
    told("append", frames, started);

    let mut took_ns = Vec::with_capacity(frames);
    for number in 0..frames {
        let begun = Instant::now();
        writer.append(0, number as i64, &payload)?;
        took_ns.push(begun.elapsed().as_nanos() as u64);
    }
    took_ns.sort_unstable();
    for (name, share) in [
        ("p50", 0.5),
        ("p99", 0.99),
        ("p99.9", 0.999),
        ("p99.99", 0.9999),
        ("most", 1.0),
    ] {
        let index = ((frames as f64 * share) as usize).min(frames.saturating_sub(1));
        println!(
            "one append, {name}: {} ns",
            took_ns.get(index).copied().unwrap_or_default()
        );
    }

    let started = Instant::now();
    writer.sync()?;
    println!("sync: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    drop(writer);
    let started = Instant::now();
    drop(FrameWriter::open(&folder, options())?);
    println!("open and recover: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);

    read(&folder, first, "read")?;
    let started = Instant::now();
    let files = compress_closed(&folder, 3)?.len();
    println!("compress {files} segments: {:.2} s", started.elapsed().as_secs_f64());
    read(&folder, first, "read, compressed")
}

fn read(folder: &std::path::Path, first: u64, what: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = FrameReader::from_sequence(folder, first)?;
    let mut frames = 0;
    let started = Instant::now();
    while reader.next_frame()?.is_some() {
        frames += 1;
    }
    told(what, frames, started);
    Ok(())
}

fn told(what: &str, frames: usize, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{what}: {frames} frames in {seconds:.2} s, {:.2} M/s",
        frames as f64 / seconds / 1e6
    );
}
