//! Time to read one of Kraken's recorded messages, by kind: `{"kind":"book update","messages":4269,"ns":210.4}`.

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use support::{KRAKEN_PAIRS, received};
use venues::fixed::Scale;
use venues::kraken::dialect::Dialect;
use venues::kraken::envelope::{Message, read};
use venues::kraken::market::{Buffers, Symbol};
use venues::kraken::streams::{Streams, StreamsError};

/// All messages of a kind are read this often; the fastest round counts: the others were disturbed.
const ROUNDS: usize = 15;

fn main() -> Result<(), StreamsError> {
    let symbol = |name: &str| Symbol {
        name: name.to_owned(),
        price: Scale::new(if name == "XBT/CHF" { -5 } else { -9 }).expect("within 18"),
        quantity: Scale::new(-8).expect("within 18"),
        decimals: None,
    };
    let streams = Streams::of(Dialect::V1, KRAKEN_PAIRS.map(symbol).to_vec(), 1_000)?;
    let mut buffers = Buffers::default();
    for (name, kind) in [("KRAKEN.ws.49.0.gz", "ticker"), ("KRAKEN.ws.50.0.gz", "book update")] {
        let lines = received(name).unwrap_or_default();
        let mut is_of_kind = |line: &&String| match read(line, &streams, &mut buffers) {
            Ok(Message::Quote(_)) => true,
            Ok(Message::Book(book)) => !book.is_snapshot,
            _ => false,
        };
        let lines: Vec<&String> = lines.iter().filter(&mut is_of_kind).collect();
        let round = |_| {
            let begin = Instant::now();
            for line in &lines {
                black_box(read(black_box(line), &streams, &mut buffers).is_ok());
            }
            begin.elapsed()
        };
        let best = (0..ROUNDS).map(round).min().unwrap_or(Duration::ZERO);
        let ns = best.as_nanos() as f64 / lines.len().max(1) as f64;
        println!(
            "{}",
            serde_json::json!({"kind": kind, "messages": lines.len(), "ns": ns})
        );
    }
    Ok(())
}
