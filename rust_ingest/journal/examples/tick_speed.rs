//! How fast ticks go into their files: `cargo run --release -p tapeflow-journal --example tick_speed -- FOLDER [TICKS]`.
//! FOLDER is made and left; it takes 96 bytes x TICKS.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use journal::ticks::{Quote, Rotation, Tick, TickFolder};

const HIGHEST_NS: usize = 10_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give a folder")?);
    let count: u32 = arguments.next().as_deref().unwrap_or("20000000").parse()?;
    let mut ticks = TickFolder::open(&folder)?;

    let id = ticks.symbol("MADE", "ticks")?;
    let made = Tick {
        timestamp_ns: 1,
        symbol_id: id,
        bid: 1.0,
        ask: 1.0,
        ..Tick::default()
    };
    let mut writer = ticks.writer(id, Rotation::default())?;
    let start = Instant::now();
    for _ in 0..count {
        writer.append(made)?;
    }
    told("append", count, start);
    writer.close()?;

    let id = ticks.symbol("FROM-PRICES", "ticks")?;
    let mut writer = ticks.writer(id, Rotation::default())?;
    let start = Instant::now();
    for at in 0..i64::from(count) {
        let (bid, ask) = (6_183_763_000_000 + at, 6_183_764_000_000 + 2 * at);
        let quote = Quote {
            timestamp_ns: 1 + at,
            symbol_id: id,
            source: 16,
            bid: Some(bid),
            ask: Some(ask),
            volume: at,
        };
        writer.append(Tick::from_fixed(&quote, -8, -8))?;
    }
    told("from prices, and append", count, start);
    writer.close()?;

    let id = ticks.symbol("TIMED", "ticks")?;
    let mut writer = ticks.writer(id, Rotation::default())?;
    writer.append(Tick { symbol_id: id, ..made })?;
    let mut times = vec![0_u32; HIGHEST_NS + 1];
    let mut before = Instant::now();
    for _ in 0..count {
        writer.append(Tick { symbol_id: id, ..made })?;
        let now = Instant::now();
        times[(now.duration_since(before).as_nanos() as usize).min(HIGHEST_NS)] += 1;
        before = now;
    }
    for share in [0.5, 0.99, 0.999, 0.9999] {
        let mut left = (f64::from(count) * share) as u32;
        let at = times
            .iter()
            .position(|found| left.checked_sub(*found).map(|rest| left = rest).is_none());
        println!(
            "one append and a look at the clock, p{}: {} ns",
            share * 100.0,
            at.unwrap_or(HIGHEST_NS)
        );
    }
    writer.close()?;
    Ok(())
}

fn told(what: &str, count: u32, start: Instant) {
    let took_s = start.elapsed().as_secs_f64();
    println!("{what}: {:.1} M/s", f64::from(count) / took_s / 1e6);
}
