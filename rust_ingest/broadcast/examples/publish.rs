//! Publishes made-up trades and quotes at a steady rate, for measurements: `tests/bench/broadcast.py`.
//!
//! Says where it listens as one JSON line, waits for a line on its input, publishes, says `done`, and ends with its input.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use broadcast::{Broadcast, CLIENTS_MAX, QUEUE_BYTES, Settings};
use clap::Parser;
use contracts::{Batch, Entry, Kind, Origin, Record, SchemaIds, Side, Topic, Trade, encode};

#[derive(Parser)]
struct Options {
    /// Trades a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Trades handed over at once.
    #[arg(long, default_value_t = 1)]
    at_once: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let anywhere: SocketAddr = "127.0.0.1:0".parse()?;
    let settings = Settings {
        websocket: Some(anywhere),
        zmq: Some(anywhere),
        beyond_loopback: false,
        queue_bytes: QUEUE_BYTES,
        clients_max: CLIENTS_MAX,
    };
    let ids = SchemaIds::embedded();
    let broadcast = Broadcast::start(&settings, &ids, now_ns())?;
    let at = |address: Option<SocketAddr>| address.map(|address| address.to_string()).unwrap_or_default();
    println!(
        "{{\"websocket\":\"{}\",\"zmq\":\"{}\"}}",
        at(broadcast.websocket()),
        at(broadcast.zmq())
    );
    let mut input = io::stdin().lock();
    input.read_line(&mut String::new())?;
    let mut batch = Batch::default();
    let begin = Instant::now();
    let total = (options.rate as f64 * options.seconds) as u64;
    let mut handed_over = Duration::ZERO;
    for first in (0..total).step_by(options.at_once as usize) {
        // Open loop: each has its time, whatever became of the one before.
        let due = begin + Duration::from_secs_f64(first as f64 / options.rate as f64);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        batch.clear();
        (first..total.min(first + options.at_once)).for_each(|number| push(&mut batch, &ids, number as i64));
        let now = Instant::now();
        broadcast.publish(batch.iter(), now_ns());
        handed_over += now.elapsed();
    }
    let nanoseconds = handed_over.as_nanos() as f64 / total as f64;
    println!(
        "{{\"published\":{total},\"seconds\":{:.3},\"hand_over_ns\":{nanoseconds:.0}}}",
        begin.elapsed().as_secs_f64()
    );
    io::stdout().flush()?;
    input.read_line(&mut String::new())?;
    Ok(())
}

fn push(batch: &mut Batch, ids: &SchemaIds, number: i64) {
    let now_ns = now_ns();
    let trade = Trade {
        venue: "binance",
        instrument: "BTC-USDT",
        price_exponent: -9,
        quantity_exponent: -9,
        event_ns: now_ns,
        publish_ns: now_ns,
        receive_ns: now_ns,
        trade_id: number,
        price: 65_432_100_000_000,
        quantity: 1_000_000_000,
        aggressor: Side::Buy,
        trade_type: "",
        flags: 0,
    };
    let entry = Entry {
        topic: Topic::of_kind(Kind::Trade).expect("trades have a topic"),
        partition: 0,
        offset: -1,
        timestamp_ms: -1,
        produced_ns: None,
        origin: Origin {
            partition: -1,
            offset: -1,
            index: 0,
        },
        key: b"BTC-USDT",
        value: &[],
    };
    batch.push_with(entry, |out| encode(ids, &Record::Trade(trade), out));
}

fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos() as i64
}
