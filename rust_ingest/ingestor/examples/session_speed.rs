//! Recorded messages to encoded records, as an ingestor's one thread makes them, for `tests/bench/beside_cryptofeed.py`.
//!
//! Each round plays all messages from the beginning, to a session of its own. Prints a line of JSON a round: messages, seconds, seconds of
//! CPU, and the records by kind.

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{read, read_to_string};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use contracts::Kind;
use ingestor::session::{Input, InstrumentFeed};
use support::{Bench, feeds, listed};
use venues::fixed::NANO;
use venues::symbols::Symbol;
use venues::venue::Venue;

#[derive(Parser)]
struct Options {
    #[arg(long)]
    venue: String,
    /// As the venue names them, with commas between.
    #[arg(long, value_delimiter = ',')]
    symbols: Vec<String>,
    /// A message a line.
    #[arg(long)]
    messages: PathBuf,
    /// The venue's answer that lists them; without it all is counted in 1e-9.
    #[arg(long)]
    listing: Option<PathBuf>,
    /// The book by REST, which is there ahead of everything.
    #[arg(long)]
    snapshot: Option<PathBuf>,
    #[arg(long, default_value_t = 5)]
    rounds: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let venue = Venue::of_name(&options.venue).ok_or("--venue: not known")?;
    let names: Vec<&str> = options.symbols.iter().map(String::as_str).collect();
    let listing = options.listing.map(read).transpose()?;
    let snapshot = options.snapshot.map(read).transpose()?;
    let text = read_to_string(&options.messages)?;
    let messages: Vec<&str> = text.lines().collect();
    for _ in 0..options.rounds {
        let feeds = match &listing {
            Some(answer) => {
                let feed = |listed| InstrumentFeed::new(venue, listed);
                listed(venue, answer, &names).into_iter().map(feed).collect()
            }
            None => {
                let symbols: Vec<Symbol> = names.iter().map(|name| Symbol::new(*name, NANO, NANO)).collect();
                feeds(venue, &symbols)
            }
        };
        println!("{}", round(Bench::of(venue, feeds), &messages, snapshot.as_deref())?);
    }
    Ok(())
}

fn round(
    mut bench: Bench,
    messages: &[&str],
    mut snapshot: Option<&[u8]>,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let (cpu_ns, begin) = (on_cpu_ns()?, Instant::now());
    for (message, receive_ns) in messages.iter().zip(1..) {
        bench.frame(black_box(message), receive_ns);
        // Asked for when the first message of a book has come.
        if let Some(body) = snapshot.take_if(|_| bench.session.wants_snapshot(0)) {
            bench.take(Input::Snapshot { instrument: 0, body }, receive_ns);
        }
        black_box(bench.outbox.entries().len());
        bench.outbox.clear();
    }
    let (seconds, cpu_ns) = (begin.elapsed().as_secs_f64(), on_cpu_ns()? - cpu_ns);
    let counts = bench.outbox.counts();
    let made = |kind: &Kind| (kind.name(), counts.of_kind(*kind));
    let records: BTreeMap<&str, u64> = Kind::ALL.iter().map(made).filter(|(_, count)| *count > 0).collect();
    Ok(serde_json::json!({
        "messages": messages.len(),
        "seconds": seconds,
        "cpu_seconds": cpu_ns as f64 / 1e9,
        "records": records,
    }))
}

/// What the process has had of the processors: its only thread has it all.
fn on_cpu_ns() -> Result<u64, Box<dyn Error>> {
    let told = read_to_string("/proc/self/schedstat")?;
    Ok(told.split(' ').next().ok_or("schedstat says nothing")?.parse()?)
}
