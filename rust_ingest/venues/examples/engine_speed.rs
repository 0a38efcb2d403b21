//! How fast the trading engine is: `engine_speed BATCH BARS FEATURES SIGNALS ROUNDS`, the first two files and JSON texts.
//!
//! BATCH is a file of `Batch::to_bytes`: records of risk.inbox that open accounts, then ticks. In each round a new engine
//! takes all of them in one call, and another each by itself, timed. It prints one JSON object: ticks, events, seconds of
//! each round's one call, and nanoseconds of `execute_tick`, of every call and of those that made a decision.

use std::hint::black_box;
use std::time::Instant;

use contracts::{Batch, Kind, SchemaIds, Topic};
use kernels::Partitions;
use kernels::trading_engine::{EngineConfig, Inbox, TradingEngine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, bars, features, signals, rounds] = arguments.as_slice() else {
        return Err("engine_speed BATCH BARS FEATURES SIGNALS ROUNDS".into());
    };
    let records = Batch::from_bytes(&std::fs::read(path)?)?;
    let config = EngineConfig {
        bars: bars.clone(),
        features: features.clone(),
        signals: signals.clone(),
        ..EngineConfig::default()
    };
    let ids = SchemaIds::embedded();
    let new = || TradingEngine::new(config.clone(), ids.clone(), Partitions::declared());
    let decision = ids.id(Kind::Decision).to_be_bytes();
    let decisions = Topic::of_kind(Kind::Decision).ok_or("no topic of decisions")?;
    let (mut seconds, mut all, mut deciding, mut events) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..rounds.parse()? {
        let (mut engine, mut made) = (new()?, Batch::default());
        let start = Instant::now();
        engine.execute_ticks(&records, Inbox::Own, &mut made)?;
        seconds.push(start.elapsed().as_secs_f64());
        events = black_box(&made).len();

        let mut engine = new()?;
        for record in records.iter() {
            made.clear();
            let start = Instant::now();
            engine.execute_tick(record, Inbox::Own, &mut made)?;
            let took_ns = start.elapsed().as_nanos() as u64;
            all.push(took_ns);
            if made
                .iter()
                .any(|event| event.topic == decisions && event.value[1..5] == decision)
            {
                deciding.push(took_ns);
            }
        }
    }
    println!(
        "{{\"ticks\": {}, \"events\": {events}, \"seconds\": {seconds:?}, \"tick_ns\": {}, \"decision_ns\": {}}}",
        records.len(),
        spread(&mut all),
        spread(&mut deciding),
    );
    Ok(())
}

/// Count and quantiles.
fn spread(times: &mut [u64]) -> String {
    times.sort_unstable();
    let at = |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1)));
    let quantile = |share: f64| at(share).copied().unwrap_or(0);
    format!(
        "{{\"count\": {}, \"p50\": {}, \"p99\": {}, \"p999\": {}, \"max\": {}}}",
        times.len(),
        quantile(0.5),
        quantile(0.99),
        quantile(0.999),
        quantile(1.0),
    )
}
