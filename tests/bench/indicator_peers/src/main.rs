//! Nanoseconds an update. Reads lines `NAME PARAMETER...`, writes for each `NAME OURS YATA`, with `-` where yata has none.
//!
//! Ours are made by name and called through the registry, as Python's are: their inputs are looked at each time.

mod theirs;

use std::hint::black_box;
use std::io::BufRead;
use std::time::Instant;

use indicators::{Entry, Rule, Stream};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{RngCore, SeedableRng};

const ROWS: usize = 100_000;
const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let closes = walk();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        let name = words.next().ok_or("no name")?;
        let parameters: Vec<f64> = words.map(str::parse).collect::<Result<_, _>>()?;
        let entry = indicators::named(name).ok_or("no such indicator")?;
        let columns: Vec<Vec<f64>> = entry.inputs.iter().map(|input| column(input.name, input.rule, &closes)).collect();
        let ours = best(|| run(entry, &parameters, &columns));
        let theirs = theirs::of(name, &parameters, &closes).map_or("-".to_owned(), |mut run| best(&mut *run).to_string());
        println!("{name} {ours} {theirs}");
    }
    Ok(())
}

/// A price that walks about 1,000.
fn walk() -> Vec<f64> {
    let mut random = Pcg64::seed_from_u64(1);
    let mut price = 1000.0;
    let step = |_| {
        price += (random.next_u32() % 201) as f64 / 100.0 - 1.0;
        price = f64::max(price, 100.0);
        price
    };
    (0..ROWS).map(step).collect()
}

fn column(name: &str, rule: Rule, closes: &[f64]) -> Vec<f64> {
    let of = |(row, close): (usize, &f64)| match (name, rule) {
        ("high" | "ask", _) => close + 1.0 + (row % 7) as f64 / 10.0,
        ("low" | "bid", _) => close - 1.0 - (row % 5) as f64 / 10.0,
        ("side" | "signed_volume", _) => if row % 3 == 0 { -1.0 } else { 2.0 },
        (_, Rule::NotNegative) => 1.0 + (row % 13) as f64,
        _ => close + (row % 3) as f64 / 10.0,
    };
    closes.iter().enumerate().map(of).collect()
}

fn run(entry: &'static Entry, parameters: &[f64], columns: &[Vec<f64>]) -> f64 {
    let mut stream: Box<dyn Stream> = entry.make(parameters).expect("the table's defaults");
    let mut row = [0.0; 8];
    let mut values = [0.0; 8];
    let (row, values) = (&mut row[..columns.len()], &mut values[..entry.outputs.len()]);
    let start = Instant::now();
    for index in 0..ROWS {
        for (place, column) in row.iter_mut().zip(columns) {
            *place = column[index];
        }
        black_box(stream.update(black_box(row), values).expect("sound rows"));
    }
    start.elapsed().as_nanos() as f64 / ROWS as f64
}

/// The least of some rounds.
fn best(mut run: impl FnMut() -> f64) -> f64 {
    (0..ROUNDS).map(|_| run()).fold(f64::INFINITY, f64::min)
}
