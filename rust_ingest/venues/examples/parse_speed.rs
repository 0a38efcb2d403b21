//! Time to read one message, by kind, beside serde_json into owned values, on every message of a recording.
//!
//! `parse_speed FILE...` prints one JSON object a kind: `{"kind":"trade","messages":9757,"ns":80.1,"serde_ns":412.0}`.
//! Both sides start from the frame's text. Ours ends with fixed-point numbers, serde's with strings still to be converted.

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use support::{OwnedBookTicker, OwnedDepth, OwnedFrame, OwnedTrade, btcusdt, recording};
use venues::binance::dialect::Dialect;
use venues::binance::envelope::Envelope;
use venues::binance::market::{BookTicker, Depth, Symbol, Trade};
use venues::binance::streams::{StreamKind, Streams};
use venues::l2_book::Levels;

/// Each side reads all messages of a kind this often; the fastest round counts: the others were disturbed.
const ROUNDS: usize = 15;

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let is_usdm = |file: &String| file.contains("usdm");
    let dialect = if files.iter().any(is_usdm) {
        Dialect::UsdM
    } else {
        Dialect::Spot
    };
    let lines: Vec<String> = files.iter().filter_map(|file| recording(file)).flatten().collect();
    let streams = Streams::of(dialect, &["BTCUSDT"]);
    let of_kind = |kind| -> Vec<&str> {
        let stream = |line: &&String| streams.get(&Envelope::open(line).ok()?.stream);
        lines
            .iter()
            .filter(|line| stream(line).is_some_and(|stream| stream.kind == kind))
            .map(String::as_str)
            .collect()
    };
    let mut reader = Reader {
        dialect,
        streams: streams.clone(),
        symbol: btcusdt(),
        levels: Levels::default(),
    };
    compare::<OwnedTrade>("trade", &of_kind(StreamKind::Trade), &mut reader);
    compare::<OwnedBookTicker>("bookTicker", &of_kind(StreamKind::BookTicker), &mut reader);
    let depth = of_kind(StreamKind::Depth);
    compare::<OwnedDepth>("depth", &depth, &mut reader);
    let forty: Vec<&str> = depth
        .into_iter()
        .filter(|line| (36..=44).contains(&line.matches("[\"").count()))
        .collect();
    compare::<OwnedDepth>("depth of 40 levels", &forty, &mut reader);
}

struct Reader {
    dialect: Dialect,
    streams: Streams,
    symbol: Symbol,
    levels: Levels,
}

impl Reader {
    /// What the ingestor does with a frame before it judges it.
    fn read(&mut self, text: &str) -> i64 {
        let mut envelope = Envelope::open(text).expect("recorded by the venue");
        let stream = self.streams.get(&envelope.stream).expect("of the symbol");
        let id = match stream.kind {
            StreamKind::Trade => {
                Trade::read(&mut envelope.data, &self.symbol).map(|trade| trade.trade_id ^ trade.price)
            }
            StreamKind::BookTicker => {
                BookTicker::read(&mut envelope.data, &self.symbol).map(|quote| quote.update_id ^ quote.ask.price)
            }
            StreamKind::Depth => Depth::read(&mut envelope.data, self.dialect, &self.symbol, &mut self.levels)
                .map(|depth| depth.ids.last),
        };
        envelope.close().expect("recorded by the venue");
        id.expect("recorded by the venue")
    }
}

fn compare<T: DeserializeOwned>(kind: &str, messages: &[&str], reader: &mut Reader) {
    if messages.is_empty() {
        return;
    }
    let ours = fastest(messages, |text| {
        black_box(reader.read(text));
    });
    let serde = fastest(messages, |text| {
        black_box(serde_json::from_str::<OwnedFrame<T>>(text).expect("recorded by the venue"));
    });
    let line = serde_json::json!({"kind": kind, "messages": messages.len(), "ns": ours, "serde_ns": serde});
    println!("{line}");
}

/// Nanoseconds a message.
fn fastest(messages: &[&str], mut read: impl FnMut(&str)) -> f64 {
    let round = |_| {
        let begin = Instant::now();
        messages.iter().for_each(|text| read(black_box(text)));
        begin.elapsed()
    };
    let best = (0..ROUNDS).map(round).min().unwrap_or(Duration::ZERO);
    best.as_nanos() as f64 / messages.len() as f64
}
