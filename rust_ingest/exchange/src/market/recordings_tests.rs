//! The real recordings of `../shared/data`, against what its README says of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::capture::Capture;
use super::recording::Recording;
use super::{Market, survey};
use crate::book::Book;
use crate::book::message::{self, BookTicker, Depth, Snapshot};
use crate::feed::stream::{self, Class, Kind};
use crate::venue::Venue;

/// The recordings, or None, said in one line, where they are not.
fn recordings(names: &[&str]) -> Option<Vec<PathBuf>> {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let folder = std::env::var_os("TAPEFLOW_DATA")
        .map_or_else(default, PathBuf::from)
        .join("binance");
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    if paths.iter().all(|path| path.exists()) {
        return Some(paths);
    }
    eprintln!(
        "no recordings {names:?} in {}: what they show was not tried",
        folder.display()
    );
    None
}

/// Depth events whose book top is the bookTicker in force at their update id, of all that have one.
fn agreement(paths: &[PathBuf]) -> (u64, u64) {
    let (mut book, mut tickers, mut tops) = (Book::default(), BTreeMap::new(), Vec::new());
    let mut capture = Capture::new(paths);
    while let Ok(Some(line)) = capture.next_line() {
        match stream::classify(line.body) {
            Class::Snapshot => {
                let snapshot: Snapshot = serde_json::from_slice(line.body).unwrap();
                book.reset(&snapshot);
                // An event that came before the snapshot, and is newer than it, has been applied now.
                if book.last_update_id() > snapshot.last_update_id {
                    tops.push((book.last_update_id(), book.bids().next(), book.asks().next()));
                }
            }
            Class::Stream { name } => {
                let name = stream::canonical(std::str::from_utf8(name).unwrap());
                match stream::symbol_and_kind(&name).1 {
                    Kind::BookTicker => {
                        let ticker: BookTicker = message::combined(line.body).unwrap();
                        tickers.insert(ticker.update_id, ticker);
                    }
                    Kind::Depth => {
                        let depth: Depth = message::combined(line.body).unwrap();
                        let is_news = depth.last_update_id > book.last_update_id();
                        book.apply(depth);
                        if book.has_snapshot() && is_news {
                            tops.push((book.last_update_id(), book.bids().next(), book.asks().next()));
                        }
                    }
                    _ => {}
                }
            }
            Class::Unreadable => panic!("a recording has no garbled line"),
        }
    }
    assert!(!book.has_gap());
    let (mut equal, mut compared) = (0, 0);
    for (update_id, bid, ask) in tops {
        let Some((_, ticker)) = tickers.range(..=update_id).next_back() else {
            continue;
        };
        compared += 1;
        let told = (
            Some((ticker.bid_price, ticker.bid_quantity)),
            Some((ticker.ask_price, ticker.ask_quantity)),
        );
        equal += u64::from(told == (bid, ask));
    }
    (equal, compared)
}

#[test]
fn spot_tops_are_the_book_tickers() {
    if let Some(paths) = recordings(&["spot/btcusdt_20240808.gz", "spot/btcusdt_20240809.gz"]) {
        assert_eq!(agreement(&paths), (6_491, 6_493));
    }
}

#[test]
fn futures_tops_are_the_book_tickers() {
    if let Some(paths) = recordings(&["usdm/btcusdt_20240808.gz"]) {
        let (equal, compared) = agreement(&paths);
        assert_eq!(equal, compared);
        assert!(compared > 6_000, "{compared}");
    }
}

#[test]
fn a_survey_tells_the_venue_the_symbol_and_the_extent() {
    for (name, venue, lines) in [
        ("spot/btcusdt_20240808.gz", Venue::Spot, 41_249),
        ("usdm/btcusdt_20240808.gz", Venue::UsdM, 93_954),
    ] {
        if let Some(paths) = recordings(&[name]) {
            let recording = Recording::Captures(paths);
            let head = survey::head(&recording).unwrap();
            assert_eq!(
                (head.venue, head.symbols.keys().map(String::as_str).collect::<Vec<_>>()),
                (Some(venue), vec!["BTCUSDT"])
            );
            let extent = survey::extent(&recording);
            assert_eq!((extent.lines, extent.snapshots), (lines, 1));
        }
    }
}
