//! Recorded streams, and the same messages read by serde into owned values: what the scanner is held against.

#![allow(dead_code, reason = "each test binary uses its part of this")]

pub mod garbled;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde::Deserialize;
use venues::binance::market::Symbol;
use venues::fixed::NANO;

/// The pairs of Kraken's recordings.
pub const KRAKEN_PAIRS: [&str; 10] = [
    "WAVES/EUR",
    "XMR/USD",
    "KSM/XBT",
    "GRT/ETH",
    "SC/EUR",
    "ETH/CHF",
    "OCEAN/XBT",
    "OMG/USD",
    "XBT/CHF",
    "ADA/XBT",
];

/// A file of the data folder, or `None`, told in one line, where it is not there.
pub fn data_bytes(name: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("TAPEFLOW_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = root.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            println!("skipped: no recording at {}: {error}", path.display());
            None
        }
    }
}

/// The lines of a file of the data folder, gzipped or not.
pub fn data_lines(name: &str) -> Option<Vec<String>> {
    let bytes = data_bytes(name)?;
    let lines: Result<Vec<String>, _> = match name.ends_with(".gz") {
        true => BufReader::new(GzDecoder::new(&bytes[..])).lines().collect(),
        false => bytes.lines().collect(),
    };
    Some(lines.unwrap())
}

/// The JSON of each line of a recording of Binance's, or `None` where the data is not there.
pub fn recording(name: &str) -> Option<Vec<String>> {
    let lines = data_lines(&format!("binance/{name}"))?;
    Some(
        lines
            .iter()
            .map(|line| line.split_once(' ').unwrap().1.to_owned())
            .collect(),
    )
}

/// What the venue sent, in order, by a capture: `<receive seconds>: <json>`.
pub fn received(name: &str) -> Option<Vec<String>> {
    let lines = data_lines(&format!("captures/{name}"))?;
    let received = lines.iter().filter_map(|line| {
        let (seconds, body) = line.split_once(": ")?;
        seconds.parse::<f64>().is_ok().then(|| body.to_owned())
    });
    Some(received.collect())
}

/// URL and answer of the REST requests of a capture.
pub fn answers(name: &str) -> Option<Vec<(String, String)>> {
    let lines = data_lines(&format!("captures/{name}"))?;
    let answers = lines.iter().filter_map(|line| {
        let (url, answer) = line.split_once(" -> ")?;
        Some((url.to_owned(), answer.split_once(": ")?.1.to_owned()))
    });
    Some(answers.collect())
}

pub fn btcusdt() -> Symbol {
    Symbol::new("BTCUSDT", NANO, NANO)
}

#[derive(Debug, Deserialize)]
pub struct OwnedFrame<T> {
    pub stream: String,
    pub data: T,
}

#[derive(Debug, Deserialize)]
pub struct OwnedTrade {
    #[serde(rename = "e")]
    pub event_type: String,
    #[serde(rename = "E")]
    pub publish_ms: i64,
    #[serde(rename = "T")]
    pub event_ms: i64,
    #[serde(rename = "s")]
    pub symbol: String,
    #[serde(rename = "t")]
    pub trade_id: i64,
    #[serde(rename = "p")]
    pub price: String,
    #[serde(rename = "q")]
    pub quantity: String,
    #[serde(rename = "m")]
    pub buyer_is_maker: bool,
    #[serde(rename = "X", default)]
    pub trade_type: String,
}

#[derive(Debug, Deserialize)]
pub struct OwnedBookTicker {
    #[serde(rename = "E")]
    pub publish_ms: Option<i64>,
    #[serde(rename = "T")]
    pub event_ms: Option<i64>,
    #[serde(rename = "s")]
    pub symbol: String,
    #[serde(rename = "u")]
    pub update_id: i64,
    #[serde(rename = "b")]
    pub bid_price: String,
    #[serde(rename = "B")]
    pub bid_quantity: String,
    #[serde(rename = "a")]
    pub ask_price: String,
    #[serde(rename = "A")]
    pub ask_quantity: String,
}

#[derive(Debug, Deserialize)]
pub struct OwnedDepth {
    #[serde(rename = "e")]
    pub event_type: String,
    #[serde(rename = "E")]
    pub publish_ms: i64,
    #[serde(rename = "T")]
    pub event_ms: Option<i64>,
    #[serde(rename = "s")]
    pub symbol: String,
    #[serde(rename = "U")]
    pub first: i64,
    #[serde(rename = "u")]
    pub last: i64,
    #[serde(rename = "pu")]
    pub previous_final: Option<i64>,
    #[serde(rename = "b")]
    pub bids: Vec<(String, String)>,
    #[serde(rename = "a")]
    pub asks: Vec<(String, String)>,
}

/// `text` in units of 1e-9, by plain 128-bit arithmetic.
pub fn nano(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: i128 = format!("{whole}{fraction:0<18}").parse().unwrap();
    assert_eq!(digits % 1_000_000_000, 0, "{text}");
    i64::try_from(digits / 1_000_000_000).unwrap()
}
