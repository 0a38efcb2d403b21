//! How long the feed stands still where a run goes on, and what that takes in the frame log.
//!
//! `cargo run --release -p tapeflow-ingestor --example memory_speed -- INSTRUMENTS LEVELS`, by default 100 books with 1,000 levels a side.

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use contracts::SchemaIds;
use ingestor::outbox::Outbox;
use ingestor::session::{Input, InstrumentFeed, Session};
use support::feeds;
use venues::binance::dialect::Dialect;
use venues::fixed::NANO;
use venues::symbols::Symbol;
use venues::venue::Venue;

const TIMES: u32 = 20;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().expect("a number"));
    let instruments: usize = arguments.next().unwrap_or(100);
    let levels: usize = arguments.next().unwrap_or(1_000);
    let venue = Venue::Binance(Dialect::Spot);
    let symbols: Vec<Symbol> = (0..instruments).map(symbol).collect();
    let mut session = Session::new(venue, feeds(venue, &symbols));
    let mut outbox = Outbox::new(SchemaIds::embedded(), 1);
    session.take(Input::Opened { connection: 0 }, 1, &mut outbox);
    for instrument in 0..instruments {
        let depth = format!(
            r#"{{"stream":"s{instrument}@depth@100ms","data":{{"e":"depthUpdate","E":12,"s":"S{instrument}","U":1,"u":9,"b":[["60000.01","1.5"]],"a":[]}}}}"#
        );
        let payload = depth.as_bytes();
        session.take(Input::Frame { connection: 0, payload }, 2, &mut outbox);
        let body = snapshot(levels);
        let body = body.as_bytes();
        session.take(Input::Snapshot { instrument, body }, 3, &mut outbox);
    }
    assert!(session.instruments().iter().all(InstrumentFeed::is_synchronised));
    let start = Instant::now();
    let mut bytes = 0;
    for _ in 0..TIMES {
        bytes = serde_json::to_vec(&session.memory()).expect("plain values").len();
    }
    println!(
        "{instruments} books with {levels} levels a side: {:.2} MB in {:.2} ms",
        bytes as f64 / 1e6,
        (start.elapsed() / TIMES).as_secs_f64() * 1e3
    );
}

fn symbol(number: usize) -> Symbol {
    Symbol::new(format!("S{number}"), NANO, NANO)
}

/// Prices and quantities as long as those of a real book.
fn snapshot(levels: usize) -> String {
    let side = |price: &dyn Fn(usize) -> f64| {
        let all: Vec<String> = (0..levels)
            .map(|at| format!(r#"["{:.2}","{:.5}"]"#, price(at), 0.5 + at as f64 * 0.01))
            .collect();
        all.join(",")
    };
    let bids = side(&|at| 59_999.99 - at as f64 * 0.01);
    let asks = side(&|at| 60_000.02 + at as f64 * 0.01);
    format!(r#"{{"lastUpdateId":5,"bids":[{bids}],"asks":[{asks}]}}"#)
}
