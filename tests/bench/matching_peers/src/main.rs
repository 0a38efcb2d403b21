//! Runs one engine at a time over one flow, as it is told line by line: `fills NAME`, `throughput NAME`, `latency NAME RATE`, `memory tapeflow`.
//! Arguments: seed, number of operations, and a file to write the flow to, for engines in other languages.

mod engine;
mod flow;
mod idle;
mod lobster;
mod matchcore;
mod orderbook_rs;
mod runs;
mod tapeflow;

use std::collections::BTreeMap;
use std::io::{BufRead, BufWriter, Write};

use engine::Engine;
use flow::Flow;
use serde_json::{Value, json};

const RESTING: u64 = 100_000;

/// How long each operation took in each round of `latency`, by engine.
type Rounds = BTreeMap<&'static str, Vec<Vec<u32>>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, seed, count, path] = &arguments[..] else {
        return Err("arguments: SEED COUNT FILE".into());
    };
    let flow = Flow::new(seed.parse()?, count.parse()?);
    write(&flow, path)?;
    println!(
        "{}",
        json!({"opening": flow.opening.len(), "ops": flow.ops.len()})
    );
    let mut rounds = Rounds::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        println!(
            "{}",
            answer(&flow, &words, &mut rounds).ok_or_else(|| format!("not understood: {line}"))?
        );
    }
    Ok(())
}

fn answer(flow: &Flow, words: &[&str], rounds: &mut Rounds) -> Option<Value> {
    if words == ["memory", "tapeflow"] {
        return Some(json!({"orders": RESTING, "bytes": tapeflow::memory(RESTING)}));
    }
    match *words.get(1)? {
        "tapeflow" => run::<tapeflow::Tapeflow>(flow, words, rounds),
        "matchcore" => run::<matchcore::Matchcore>(flow, words, rounds),
        "lobster" => run::<lobster::Lobster>(flow, words, rounds),
        "idle" => run::<idle::Idle>(flow, words, rounds),
        "orderbook-rs" => run::<orderbook_rs::OrderbookRs>(flow, words, rounds),
        _ => None,
    }
}

fn run<E: Engine>(flow: &Flow, words: &[&str], rounds: &mut Rounds) -> Option<Value> {
    match words {
        ["fills", _] => Some(runs::fills::<E>(flow)),
        ["throughput", _] => Some(runs::throughput::<E>(flow)),
        ["latency", _, rate] => {
            let rounds = rounds.entry(E::NAME).or_default();
            Some(runs::latency::<E>(flow, rate.parse().ok()?, rounds))
        }
        _ => None,
    }
}

fn write(flow: &Flow, path: &str) -> std::io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for op in flow.opening.iter().chain(&flow.ops) {
        file.write_all(&op.bytes())?;
    }
    file.flush()
}
