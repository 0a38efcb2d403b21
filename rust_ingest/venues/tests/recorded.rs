//! Every message of the recorded markets, against serde; and the book against the venue's own best prices.

mod support;

use std::collections::HashMap;

use support::{OwnedBookTicker, OwnedDepth, OwnedFrame, OwnedTrade, nano, recording};
use venues::binance::dialect::Dialect;
use venues::binance::envelope::Envelope;
use venues::binance::market::{BookTicker, Depth, Symbol, Trade};
use venues::binance::rest::Snapshot;
use venues::binance::streams::{StreamKind, Streams};
use venues::book_steps::{DepthStep, SnapshotStep};
use venues::fixed::NANO;
use venues::l2_book::{Level, Levels, Top};
use venues::sequence::{GaplessIds, Step};
use venues::synced_book::SyncedBook;

const SPOT: [&str; 2] = ["spot/btcusdt_20240808.gz", "spot/btcusdt_20240809.gz"];
const USDM: [&str; 1] = ["usdm/btcusdt_20240808.gz"];
const COINM: [&str; 1] = ["cm/btcusd_perp_20240808.gz"];

fn lines(names: &[&str]) -> Option<Vec<String>> {
    let files: Option<Vec<_>> = names.iter().map(|name| recording(name)).collect();
    Some(files?.concat())
}

fn ns(milliseconds: i64) -> i64 {
    milliseconds * 1_000_000
}

fn level(price: &str, quantity: &str) -> Level {
    Level {
        price: nano(price),
        quantity: nano(quantity),
    }
}

/// The recorded symbol.
fn recorded(dialect: Dialect) -> Symbol {
    let name = match dialect {
        Dialect::Spot | Dialect::UsdM => "BTCUSDT",
        Dialect::CoinM => "BTCUSD_PERP",
    };
    Symbol::new(name, NANO, NANO)
}

fn agrees_with_serde(dialect: Dialect, names: &[&str], expected: [usize; 3]) {
    let Some(lines) = lines(names) else { return };
    let symbol = recorded(dialect);
    let streams = Streams::of(dialect, &[&symbol.name]);
    let mut counts = [0; 3];
    for line in lines.iter().filter(|line| line.starts_with("{\"stream\"")) {
        let mut envelope = Envelope::open(line).unwrap();
        let kind = streams.get(&envelope.stream).unwrap().kind;
        counts[kind as usize] += 1;
        match kind {
            StreamKind::Trade => {
                let trade = Trade::read(&mut envelope.data, &symbol).unwrap();
                let owned = serde_json::from_str::<OwnedFrame<OwnedTrade>>(line).unwrap().data;
                let theirs = Trade {
                    event_ns: ns(owned.event_ms),
                    publish_ns: ns(owned.publish_ms),
                    trade_id: owned.trade_id,
                    price: nano(&owned.price),
                    quantity: nano(&owned.quantity),
                    buyer_is_maker: owned.buyer_is_maker,
                    trade_type: owned.trade_type.into(),
                };
                assert_eq!(trade, theirs);
            }
            StreamKind::BookTicker => {
                let quote = BookTicker::read(&mut envelope.data, &symbol).unwrap();
                let owned = serde_json::from_str::<OwnedFrame<OwnedBookTicker>>(line).unwrap().data;
                let theirs = BookTicker {
                    event_ns: owned.event_ms.map(ns),
                    publish_ns: owned.publish_ms.map(ns),
                    update_id: owned.update_id,
                    bid: level(&owned.bid_price, &owned.bid_quantity),
                    ask: level(&owned.ask_price, &owned.ask_quantity),
                };
                assert_eq!(quote, theirs);
            }
            StreamKind::Depth => {
                let mut levels = Levels::default();
                let depth = Depth::read(&mut envelope.data, dialect, &symbol, &mut levels).unwrap();
                let owned = serde_json::from_str::<OwnedFrame<OwnedDepth>>(line).unwrap().data;
                let side = |pairs: &[(String, String)]| pairs.iter().map(|(p, q)| level(p, q)).collect::<Vec<_>>();
                assert_eq!(
                    levels,
                    Levels {
                        bids: side(&owned.bids),
                        asks: side(&owned.asks)
                    }
                );
                assert_eq!(
                    (depth.publish_ns, depth.event_ns),
                    (ns(owned.publish_ms), owned.event_ms.map(ns))
                );
                let ids = (depth.ids.first, depth.ids.last, depth.ids.previous_final);
                assert_eq!(ids, (owned.first, owned.last, owned.previous_final));
            }
        }
        envelope.close().unwrap();
    }
    assert_eq!(counts, expected);
}

#[test]
fn spot_messages_agree_with_serde() {
    agrees_with_serde(Dialect::Spot, &SPOT, [19_904, 73_174, 6_495]);
}

#[test]
fn usdm_messages_agree_with_serde() {
    agrees_with_serde(Dialect::UsdM, &USDM, [21_313, 66_089, 6_551]);
}

#[test]
fn coinm_messages_agree_with_serde() {
    agrees_with_serde(Dialect::CoinM, &COINM, [2_286, 19_136, 26_847]);
}

/// Tops after each depth event, and after the snapshot, with the last update id; and the best prices that the venue sent by update id.
struct Replay {
    tops: Vec<(i64, Option<Top>)>,
    quotes: Vec<(i64, Top)>,
}

fn replay(dialect: Dialect, lines: &[String]) -> Replay {
    let symbol = recorded(dialect);
    let streams = Streams::of(dialect, &[&symbol.name]);
    let (mut book, mut levels, mut trade_ids) = (
        SyncedBook::new(dialect.depth_rule()),
        Levels::default(),
        GaplessIds::default(),
    );
    let mut replay = Replay {
        tops: vec![],
        quotes: vec![],
    };
    for line in lines {
        if line.starts_with("{\"lastUpdateId\"") {
            let snapshot = Snapshot::parse(line, &symbol, &mut levels).unwrap();
            assert_eq!((levels.bids.len(), levels.asks.len()), (1_000, 1_000));
            assert!(book.wants_snapshot());
            let step = book.on_snapshot(snapshot.last_update_id, &levels);
            assert_eq!(step, SnapshotStep::Synchronised);
            let (last_id, _) = *replay.tops.last().unwrap();
            replay.tops.push((last_id, book.top()));
            continue;
        }
        let mut envelope = Envelope::open(line).unwrap();
        match streams.get(&envelope.stream).unwrap().kind {
            StreamKind::Trade => {
                let trade = Trade::read(&mut envelope.data, &symbol).unwrap();
                assert_eq!(trade_ids.step(trade.trade_id), Step::Next);
            }
            StreamKind::BookTicker => {
                let quote = BookTicker::read(&mut envelope.data, &symbol).unwrap();
                replay.quotes.push((
                    quote.update_id,
                    Top {
                        bid: Some(quote.bid),
                        ask: Some(quote.ask),
                    },
                ));
            }
            StreamKind::Depth => {
                let depth = Depth::read(&mut envelope.data, dialect, &symbol, &mut levels).unwrap();
                let DepthStep::Taken(top) = book.on_depth(depth.ids, &levels) else {
                    panic!("the recording has no gap: {depth:?}")
                };
                replay.tops.push((depth.ids.last, top));
            }
        }
    }
    replay
}

#[test]
fn spot_book_has_the_venues_best_prices() {
    let Some(lines) = lines(&SPOT) else { return };
    let Replay { tops, mut quotes } = replay(Dialect::Spot, &lines);
    quotes.sort_by_key(|(update_id, _)| *update_id);
    let (mut equal, mut compared) = (0, 0);
    for (update_id, top) in tops {
        let Some(top) = top else { continue };
        let index = quotes.partition_point(|(quoted, _)| *quoted <= update_id);
        compared += 1;
        equal += usize::from(index > 0 && quotes[index - 1].1 == top);
    }
    assert_eq!((equal, compared), (6_491, 6_493));
}

/// Futures' quotes bear the update id of the change that made them. Returns how many changes end at a quoted one.
fn futures_tops(dialect: Dialect, names: &[&str]) -> Option<usize> {
    let Replay { tops, quotes } = replay(dialect, &lines(names)?);
    let quotes: HashMap<i64, Top> = quotes.into_iter().collect();
    let mut compared = 0;
    for (update_id, top) in tops {
        if let (Some(top), Some(quote)) = (top, quotes.get(&update_id)) {
            assert_eq!(top, *quote, "update id {update_id}");
            compared += 1;
        }
    }
    Some(compared)
}

#[test]
fn usdm_book_has_the_venues_best_prices() {
    if let Some(compared) = futures_tops(Dialect::UsdM, &USDM) {
        assert!(compared > 500, "only {compared} depth events end at a quoted update id");
    }
}

#[test]
fn coinm_book_has_the_venues_best_prices() {
    if let Some(compared) = futures_tops(Dialect::CoinM, &COINM) {
        assert!(compared > 500, "only {compared} depth events end at a quoted update id");
    }
}
