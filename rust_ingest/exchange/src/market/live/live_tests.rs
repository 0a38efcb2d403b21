//! The agents' market, as a client hears it.

use std::collections::BTreeMap;

use super::agents::Agents;
use super::{LiveMarket, SEEN_DECIMALS};
use crate::book::Book;
use crate::book::message::{self, BookTicker, Depth, Snapshot, Trade};
use crate::feed::stream::{self, Class, Kind};
use crate::fixed::Fixed;
use crate::instrument::Instrument;
use crate::trading::desk::{Desk, Fees};
use crate::trading::floor::Liquidity;
use crate::venue::Venue;

const START_NS: u64 = 1_723_161_600_000_000_000;

fn lines(venue: Venue, seed: u64, seconds: u64) -> Vec<(u64, Vec<u8>)> {
    let fees = Fees {
        maker: Fixed(0),
        taker: Fixed(0),
    };
    let mut desk = Desk::new(venue, Liquidity::Live, fees, 1, &BTreeMap::new());
    for symbol in ["BTCUSDT", "ETHUSDT", "SOLUSDT"] {
        desk.list(symbol, SEEN_DECIMALS);
    }
    let instruments: Vec<Instrument> = desk.listings.iter().map(|listing| listing.instrument.clone()).collect();
    let agents = Box::new(Agents::new(&instruments, seed, START_NS));
    let mut market = LiveMarket::new(venue, &instruments, seed, START_NS, agents);
    market.begin(&mut desk, 1);
    let mut found = Vec::new();
    while market
        .next_ns()
        .is_some_and(|now_ns| now_ns < START_NS + seconds * 1_000_000_000)
    {
        market.advance(&mut desk, 1, &mut found);
    }
    found
        .into_iter()
        .map(|message| (message.receive_ns, message.body))
        .collect()
}

fn kind(body: &[u8], symbol: &str) -> Option<Kind> {
    let Class::Stream { name } = stream::classify(body) else {
        return None;
    };
    let name = std::str::from_utf8(name).unwrap();
    let (of, kind) = stream::symbol_and_kind(&stream::canonical(name));
    (of == symbol).then_some(kind)
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(lines(Venue::Spot, 7, 3), lines(Venue::Spot, 7, 3));
    assert_ne!(lines(Venue::Spot, 7, 3), lines(Venue::Spot, 8, 3));
}

#[test]
fn time_never_goes_back_and_each_symbol_has_a_plausible_rate() {
    let lines = lines(Venue::Spot, 1, 20);
    assert!(lines.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    for symbol in ["BTCUSDT", "ETHUSDT", "SOLUSDT"] {
        let per_second = lines.iter().filter(|(_, body)| kind(body, symbol).is_some()).count() / 20;
        assert!((80..400).contains(&per_second), "{symbol}: {per_second} messages/s");
    }
}

#[derive(serde::Deserialize)]
struct Chain {
    #[serde(rename = "U")]
    first: u64,
    #[serde(rename = "u")]
    last: u64,
    #[serde(rename = "pu")]
    previous: Option<u64>,
}

#[test]
fn depth_events_chain_by_the_venues_rule() {
    for venue in [Venue::Spot, Venue::UsdM] {
        let mut previous = None;
        for (_, body) in lines(venue, 3, 30) {
            if kind(&body, "ETHUSDT") == Some(Kind::Depth) {
                let chain: Chain = message::combined(&body).unwrap();
                assert!(chain.first <= chain.last);
                match (venue, previous) {
                    (Venue::Spot, Some(last)) => assert_eq!(chain.first, last + 1),
                    (Venue::UsdM, Some(last)) => assert_eq!(chain.previous, Some(last)),
                    (_, None) => {}
                }
                previous = Some(chain.last);
            }
        }
        assert!(previous.is_some());
    }
}

#[test]
fn the_books_top_is_the_book_ticker_at_the_same_update() {
    for venue in [Venue::Spot, Venue::UsdM] {
        let (mut book, mut ticker, mut compared) = (Book::default(), None::<BookTicker>, 0);
        for (_, body) in lines(venue, 5, 30) {
            if stream::classify(&body) == Class::Snapshot {
                let snapshot: Snapshot = serde_json::from_slice(&body).unwrap();
                if snapshot.last_update_id.abs_diff(book.last_update_id()) < 1_000_000 {
                    book.reset(&snapshot);
                }
            }
            match kind(&body, "BTCUSDT") {
                Some(Kind::Depth) => {
                    book.apply(message::combined::<Depth>(&body).unwrap());
                    let (Some(ticker), true) = (ticker, book.has_snapshot()) else {
                        continue;
                    };
                    assert_eq!(book.bids().next(), Some((ticker.bid_price, ticker.bid_quantity)));
                    assert_eq!(book.asks().next(), Some((ticker.ask_price, ticker.ask_quantity)));
                    assert!(ticker.bid_price < ticker.ask_price);
                    compared += 1;
                }
                Some(Kind::BookTicker) => ticker = message::combined(&body),
                _ => {}
            }
        }
        assert!(compared > 200, "{compared}");
    }
}

#[test]
fn trades_have_gapless_ids_and_move_the_price_without_absurdity() {
    let (mut id, mut prices) = (None, Vec::new());
    for (_, body) in lines(Venue::Spot, 11, 120) {
        if kind(&body, "BTCUSDT") == Some(Kind::Trade) {
            let trade: Trade = message::combined(&body).unwrap();
            let number: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let next = number["data"]["t"].as_u64().unwrap();
            assert!(id.is_none_or(|id| id + 1 == next));
            assert!(trade.quantity > Fixed(0));
            id = Some(next);
            prices.push(trade.price.0);
        }
    }
    let (low, high) = (*prices.iter().min().unwrap(), *prices.iter().max().unwrap());
    let range_ppm = (high - low) as i128 * 1_000_000 / low as i128;
    assert!(
        (100..20_000).contains(&range_ppm),
        "range {range_ppm} ppm in two minutes"
    );
}
