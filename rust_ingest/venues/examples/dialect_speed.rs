//! Time to read one message of Coinbase, Kraken and OKX, by kind, beside serde_json into owned values, on every recorded message of the kind.
//!
//! Prints one JSON object a kind: `{"venue":"kraken","kind":"ticker","messages":28,"ns":210.4,"serde_ns":712.0}`. Both sides start from the
//! frame's text, and take all fields' syntax in. Ours ends with fixed-point numbers, handed over
//! by the connection as the session gets them; serde's with strings still to be converted. Binance: `parse_speed`.

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use support::{KRAKEN_PAIRS, received};
use venues::fixed::Scale;
use venues::symbols::Symbol;
use venues::update::Update;
use venues::venue::{Connection, Venue};

/// Each side reads all messages of a kind at least this often; of each piece of them the fastest round counts: the others were disturbed.
const ROUNDS: usize = 200;
/// Few messages are read in so many rounds that they outlast a disturbance: 200 rounds of Kraken's 18 tickers take a millisecond, and
/// another program may have all of that.
const READS: usize = 1_000_000;
/// Messages in a piece: well below what the scheduler gives at a time.
const PIECE: usize = 100;

/// `channel id, payload, channel, pair`.
type KrakenFrame<T> = (u64, T, String, String);
type KrakenTrades = Vec<(String, String, String, String, String, String)>;

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
struct KrakenTicker {
    a: (String, u64, String),
    b: (String, u64, String),
    c: (String, String),
    v: (String, String),
    p: (String, String),
    t: (u64, u64),
    l: (String, String),
    h: (String, String),
    o: (String, String),
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
struct KrakenBook {
    a: Option<Vec<Vec<String>>>,
    b: Option<Vec<Vec<String>>>,
    c: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
struct CoinbaseTicker {
    r#type: String,
    sequence: u64,
    product_id: String,
    price: String,
    open_24h: String,
    volume_24h: String,
    low_24h: String,
    high_24h: String,
    volume_30d: String,
    best_bid: String,
    best_ask: String,
    side: String,
    time: String,
    trade_id: u64,
    last_size: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
struct CoinbaseMatch {
    r#type: String,
    trade_id: u64,
    maker_order_id: String,
    taker_order_id: String,
    side: String,
    size: String,
    price: String,
    product_id: String,
    sequence: u64,
    time: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
struct CoinbaseChanges {
    r#type: String,
    product_id: String,
    changes: Vec<(String, String, String)>,
    time: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
struct OkxFrame<T> {
    arg: OkxChannel,
    action: Option<String>,
    data: Vec<T>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
#[serde(rename_all = "camelCase")]
struct OkxChannel {
    channel: String,
    inst_id: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
#[serde(rename_all = "camelCase")]
struct OkxTrade {
    inst_id: String,
    trade_id: String,
    px: String,
    sz: String,
    side: String,
    ts: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
#[serde(rename_all = "camelCase")]
struct OkxTicker {
    inst_type: String,
    inst_id: String,
    last: String,
    last_sz: String,
    ask_px: String,
    ask_sz: String,
    bid_px: String,
    bid_sz: String,
    open24h: String,
    high24h: String,
    low24h: String,
    sod_utc0: String,
    sod_utc8: String,
    vol_ccy24h: String,
    vol24h: String,
    ts: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read to be measured")]
#[serde(rename_all = "camelCase")]
struct OkxBook {
    asks: Vec<Vec<String>>,
    bids: Vec<Vec<String>>,
    ts: String,
    checksum: i64,
}

fn main() {
    let kraken = |name: &str| {
        let price = Scale::new(if name == "XBT/CHF" { -5 } else { -9 }).expect("within 18");
        Symbol::new(name, price, Scale::new(-8).expect("within 18"))
    };
    let symbols = KRAKEN_PAIRS.map(kraken).to_vec();
    compare::<KrakenFrame<KrakenTrades>>("kraken", "trade", "KRAKEN.ws.48.0.gz", &symbols, is_trade);
    compare::<KrakenFrame<KrakenTicker>>("kraken", "ticker", "KRAKEN.ws.49.0.gz", &symbols, is_quote);
    compare::<KrakenFrame<KrakenBook>>("kraken", "book", "KRAKEN.ws.50.0.gz", &symbols, is_change);
    let nano = |name: &&str| Symbol::new(*name, venues::fixed::NANO, venues::fixed::NANO);
    let products = [
        "SKL-USD", "SKL-BTC", "BAND-GBP", "NMR-EUR", "BAND-BTC", "YFI-BTC", "DASH-BTC", "NU-GBP", "CRV-EUR", "SKL-GBP",
    ];
    let symbols: Vec<Symbol> = products.iter().map(nano).collect();
    let capture = "COINBASE.ws.28.0.gz";
    compare::<CoinbaseMatch>("coinbase", "trade", capture, &symbols, is_trade);
    compare::<CoinbaseTicker>("coinbase", "ticker", capture, &symbols, is_quote);
    compare::<CoinbaseChanges>("coinbase", "book", capture, &symbols, is_change);
    let symbols: Vec<Symbol> = ["BTC-USDT"].iter().map(nano).collect();
    let capture = "OKX.ws.1.0.gz";
    compare::<OkxFrame<OkxTrade>>("okx", "trade", capture, &symbols, is_trade);
    compare::<OkxFrame<OkxTicker>>("okx", "ticker", capture, &symbols, is_quote);
    compare::<OkxFrame<OkxBook>>("okx", "book", capture, &symbols, is_change);
}

fn is_trade(update: &Update<'_>) -> bool {
    matches!(update, Update::Trade(_))
}

fn is_quote(update: &Update<'_>) -> bool {
    matches!(update, Update::Quote(_))
}

fn is_change(update: &Update<'_>) -> bool {
    matches!(update, Update::Book(book) if !book.is_snapshot)
}

/// `T` is what serde reads; messages that either side does not read as of this kind are left out.
fn compare<T: DeserializeOwned>(
    venue: &str,
    kind: &str,
    capture: &str,
    symbols: &[Symbol],
    is_of_kind: fn(&Update<'_>) -> bool,
) {
    let of_name = Venue::of_name(venue).expect("a venue");
    let mut connection = of_name.connection(symbols.to_vec());
    let lines = received(capture).unwrap_or_default();
    let is_of_both = |line: &&String| {
        let mut is_found = false;
        let read = connection.read(line, |update| is_found |= is_of_kind(&update));
        read.is_ok() && is_found && serde_json::from_str::<T>(line).is_ok()
    };
    let messages: Vec<&str> = lines.iter().filter(is_of_both).map(String::as_str).collect();
    if messages.is_empty() {
        return;
    }
    let mut connection: Connection = of_name.connection(symbols.to_vec());
    let ours = fastest(&messages, |text| {
        let read = connection.read(text, |update| {
            black_box(update);
        });
        black_box(read.is_ok());
    });
    let serde = fastest(&messages, |text| {
        black_box(serde_json::from_str::<T>(text).is_ok());
    });
    let (bytes, count) = (messages.iter().map(|text| text.len()).sum::<usize>(), messages.len());
    let line = serde_json::json!({
        "venue": venue, "kind": kind, "messages": count, "bytes": bytes / count, "ns": ours, "serde_ns": serde,
    });
    println!("{line}");
}

/// Nanoseconds a message.
fn fastest(messages: &[&str], mut read: impl FnMut(&str)) -> f64 {
    let mut best = Duration::ZERO;
    let rounds = ROUNDS.max(READS / messages.len());
    for piece in messages.chunks(PIECE) {
        let round = |_| {
            let begin = Instant::now();
            piece.iter().for_each(|text| read(black_box(text)));
            begin.elapsed()
        };
        best += (0..rounds).map(round).min().unwrap_or_default();
    }
    best.as_nanos() as f64 / messages.len() as f64
}
