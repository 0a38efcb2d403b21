//! Time to change one level of a book, beside the same book in two `BTreeMap`s.
//!
//! `book_speed MARKET FILE...` (spot or usdm) prints one JSON object a case:
//! `{"case":"recorded","changes":123456,"ns":11.9,"btree_ns":45.1}`. `recorded` are the depth events of the recording;
//! `near the top` changes, adds and removes one of the five best levels of 1,000; `cut to 1,000` does so anywhere in a
//! book that is kept at that depth.

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use support::{btcusdt, recording};
use venues::binance::dialect::Dialect;
use venues::binance::envelope::Envelope;
use venues::binance::market::Depth;
use venues::binance::rest::Snapshot;
use venues::binance::streams::{StreamKind, Streams};
use venues::l2_book::{L2Book, Level, Levels};

/// Each side makes all changes this often; of each piece of them the fastest round counts: the others were disturbed.
const ROUNDS: usize = 15;
/// Changes in a piece: well below what the scheduler gives at a time.
const PIECE: usize = 4_096;
const DEPTH: i64 = 1_000;

#[derive(Clone, Copy)]
struct Change {
    is_bid: bool,
    level: Level,
}

/// What an ordered map of the standard library does.
#[derive(Clone, Default)]
struct TreeBook {
    bids: BTreeMap<i64, i64>,
    asks: BTreeMap<i64, i64>,
}

impl TreeBook {
    fn set(&mut self, change: Change) {
        let side = if change.is_bid { &mut self.bids } else { &mut self.asks };
        match change.level.quantity {
            0 => side.remove(&change.level.price),
            quantity => side.insert(change.level.price, quantity),
        };
    }

    fn cut(&mut self) {
        while self.bids.len() > DEPTH as usize {
            self.bids.pop_first();
        }
        while self.asks.len() > DEPTH as usize {
            self.asks.pop_last();
        }
    }

    fn top(&self) -> Option<(i64, i64)> {
        Some((*self.bids.last_key_value()?.0, *self.asks.first_key_value()?.0))
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dialect = match arguments.next().as_deref() {
        Some("usdm") => Dialect::UsdM,
        _ => Dialect::Spot,
    };
    let files: Vec<String> = arguments.collect();
    let (snapshot, recorded) = depth_events(dialect, &files);
    if !recorded.is_empty() {
        compare("recorded", &snapshot, &recorded, None);
    }
    let book = thousand_levels();
    compare("near the top", &book, &changes(5, 2_000_000), None);
    compare("cut to 1,000", &book, &changes(DEPTH as u64 + 20, 500_000), Some(DEPTH));
}

fn depth_events(dialect: Dialect, files: &[String]) -> (Levels, Vec<Change>) {
    let (streams, symbol) = (Streams::of(dialect, &["BTCUSDT"]), btcusdt());
    let (mut snapshot, mut levels, mut found) = (Levels::default(), Levels::default(), Vec::new());
    for line in files.iter().filter_map(|file| recording(file)).flatten() {
        if line.starts_with("{\"lastUpdateId\"") {
            Snapshot::parse(&line, &symbol, &mut snapshot).expect("recorded by the venue");
            continue;
        }
        let mut envelope = Envelope::open(&line).expect("recorded by the venue");
        if streams.get(&envelope.stream).map(|stream| stream.kind) == Some(StreamKind::Depth) {
            Depth::read(&mut envelope.data, dialect, &symbol, &mut levels).expect("recorded by the venue");
            found.extend(levels.bids.iter().map(|level| Change {
                is_bid: true,
                level: *level,
            }));
            found.extend(levels.asks.iter().map(|level| Change {
                is_bid: false,
                level: *level,
            }));
        }
    }
    (snapshot, found)
}

fn thousand_levels() -> Levels {
    let side = |sign: i64| {
        (1..=DEPTH)
            .map(|step| Level {
                price: 1_000_000 + sign * 2 * step,
                quantity: step,
            })
            .collect()
    };
    Levels {
        bids: side(-1),
        asks: side(1),
    }
}

/// A third each changes, removes and adds a level, among the `places` best prices of its side.
fn changes(places: u64, count: usize) -> Vec<Change> {
    let mut state = 1_u64;
    let mut chance = move |below: u64| {
        // Knuth's MMIX constants; the high bits are the good ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    (0..count)
        .map(|_| {
            let is_bid = chance(2) == 0;
            let step = 1 + chance(2 * places) as i64;
            let price = 1_000_000 + if is_bid { -step } else { step };
            let quantity = chance(3) as i64 * (1 + chance(100) as i64);
            Change {
                is_bid,
                level: Level { price, quantity },
            }
        })
        .collect()
}

fn compare(case: &str, snapshot: &Levels, changes: &[Change], depth: Option<i64>) {
    let mut loaded = depth.map_or_else(L2Book::default, |depth| L2Book::limited(depth).expect("positive"));
    loaded.load(snapshot);
    let mut tree_loaded = TreeBook::default();
    let sides = snapshot
        .bids
        .iter()
        .map(|level| (true, level))
        .chain(snapshot.asks.iter().map(|level| (false, level)));
    sides.for_each(|(is_bid, level)| tree_loaded.set(Change { is_bid, level: *level }));
    let (mut book, mut tree) = (loaded.clone(), tree_loaded.clone());
    let pieces = changes.len().div_ceil(PIECE);
    let (mut ours, mut theirs) = (vec![Duration::MAX; pieces], vec![Duration::MAX; pieces]);
    for _ in 0..ROUNDS {
        (book, tree) = (loaded.clone(), tree_loaded.clone());
        timed(changes, &mut ours, |change| {
            let Level { price, quantity } = change.level;
            match change.is_bid {
                true => book.set_bid(price, quantity),
                false => book.set_ask(price, quantity),
            }
            black_box(book.top());
        });
        timed(changes, &mut theirs, |change| {
            tree.set(change);
            if depth.is_some() {
                tree.cut();
            }
            black_box(tree.top());
        });
    }
    let bids = tree.bids.iter().rev().map(|(price, quantity)| (*price, *quantity));
    assert!(
        book.bids().map(|level| (level.price, level.quantity)).eq(bids),
        "both hold the same"
    );
    let each = |fastest: &[Duration]| fastest.iter().sum::<Duration>().as_nanos() as f64 / changes.len() as f64;
    let (ns, btree_ns) = (each(&ours), each(&theirs));
    let line = serde_json::json!({"case": case, "changes": changes.len(), "ns": ns, "btree_ns": btree_ns});
    println!("{line}");
}

/// Makes all changes, and keeps the fastest time of each piece.
fn timed(changes: &[Change], fastest: &mut [Duration], mut apply: impl FnMut(Change)) {
    for (piece, fastest) in changes.chunks(PIECE).zip(fastest) {
        let begin = Instant::now();
        piece.iter().for_each(|change| apply(black_box(*change)));
        *fastest = begin.elapsed().min(*fastest);
    }
}
