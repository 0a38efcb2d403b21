//! Appends to a tick file: `tick_appends FOLDER TICKS` prints a line of JSON.

use std::path::Path;
use std::time::Instant;

use journal::ticks::{Rotation, Tick, TickFolder, TickWriter};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, ticks] = &arguments[..] else { panic!("tick_appends FOLDER TICKS") };
    let ticks: u64 = ticks.parse().expect("a number");
    let mut folder = TickFolder::open(Path::new(folder)).expect("a folder");
    let symbol_id = folder.symbol("MADE", "ticks").expect("a symbol");
    let mut writer = folder.writer(symbol_id, Rotation::default()).expect("a writer");
    let begin = Instant::now();
    for number in 0..ticks {
        append(&mut writer, symbol_id, number);
    }
    let per_s = ticks as f64 / begin.elapsed().as_secs_f64();
    let mut took_ns = vec![0; ticks as usize];
    let mut before = Instant::now();
    for (number, took_ns) in (0..ticks).zip(&mut took_ns) {
        append(&mut writer, symbol_id, number);
        let now = Instant::now();
        *took_ns = now.duration_since(before).as_nanos();
        before = now;
    }
    took_ns.sort_unstable();
    let (p50_ns, p999_ns) = (took_ns[took_ns.len() / 2], took_ns[took_ns.len() / 1_000 * 999]);
    println!(r#"{{"per_s":{per_s:.0},"p50_ns":{p50_ns},"p999_ns":{p999_ns}}}"#);
}

fn append(writer: &mut TickWriter, symbol_id: u32, number: u64) {
    let tick = Tick {
        timestamp_ns: 1 + number,
        symbol_id,
        bid: 1.0,
        ask: 1.0,
        ..Tick::default()
    };
    writer.append(tick).expect("room");
}
