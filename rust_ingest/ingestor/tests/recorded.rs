//! The recorded markets through the session: every line becomes its record, and the book's top is the venue's.

#[path = "../../venues/tests/support/mod.rs"]
mod recordings;
mod support;

use std::collections::HashMap;

use contracts::{Kind, Record};
use recordings::recording;
use support::Bench;
use support::flags::FlagCheck;
use venues::binance::dialect::Dialect;
use venues::book_steps::SnapshotStep;

/// Best bid and ask: price and quantity of each.
type Prices = [i64; 4];

#[derive(Default)]
struct Played {
    /// Top after each delta, by the delta's last update id; none while the book was not synchronised.
    tops: Vec<(i64, Option<Prices>)>,
    quotes: Vec<(i64, Prices)>,
    flags: FlagCheck,
}

fn play(dialect: Dialect, names: &[&str], expected: &[(Kind, u64)]) -> Option<Played> {
    let lines: Option<Vec<_>> = names.iter().map(|name| recording(name)).collect();
    let mut bench = Bench::connected(dialect);
    let mut played = Played::default();
    for (line, receive_ns) in lines?.concat().iter().zip(1..) {
        if line.starts_with("{\"lastUpdateId\"") {
            assert_eq!(bench.snapshot(line, receive_ns), Ok(SnapshotStep::Synchronised));
        } else {
            bench.frame(line, receive_ns);
        }
        bench.drain(|record| {
            played.flags.check(record);
            match record {
                Record::Quote(r) => {
                    played
                        .quotes
                        .push((r.update_id, [r.bid_price, r.bid_quantity, r.ask_price, r.ask_quantity]));
                }
                Record::BookDelta(r) => {
                    let top = || Some([r.bid_price?, r.bid_quantity?, r.ask_price?, r.ask_quantity?]);
                    played.tops.push((r.final_update_id, top()));
                }
                Record::DeadLetter(letter) => panic!("{letter:?}"),
                _ => {}
            }
        });
    }
    for (kind, count) in expected {
        assert_eq!(bench.outbox.counts().of_kind(*kind), *count, "{}", kind.name());
    }
    assert_eq!(
        bench.outbox.counts().total(),
        expected.iter().map(|(_, count)| count).sum::<u64>()
    );
    Some(played)
}

#[test]
fn spot() {
    let expected = [
        (Kind::Trade, 19_904),
        (Kind::Quote, 73_174),
        (Kind::BookDelta, 6_495),
        (Kind::BookSnapshot, 1),
    ];
    let names = ["spot/btcusdt_20240808.gz", "spot/btcusdt_20240809.gz"];
    let Some(Played {
        tops,
        mut quotes,
        flags,
    }) = play(Dialect::Spot, &names, &expected)
    else {
        return;
    };
    assert_eq!(flags.counts(), [0, 0, 0]);
    quotes.sort_by_key(|(update_id, _)| *update_id);
    let (mut equal, mut compared) = (0, 0);
    for (update_id, top) in tops.iter().filter(|(_, top)| top.is_some()) {
        let index = quotes.partition_point(|(quoted, _)| quoted <= update_id);
        compared += 1;
        equal += usize::from(quotes[..index].last().map(|(_, prices)| *prices) == *top);
    }
    // The first event that joins the snapshot came before it, and was written without a top.
    assert_eq!((equal, compared, tops.len()), (6_490, 6_492, 6_495));
}

/// Futures' quotes bear the update id of the change that made them. Returns how many changes end at a quoted one.
fn futures_tops(dialect: Dialect, name: &str, expected: &[(Kind, u64)]) -> Option<usize> {
    let Played { tops, quotes, flags } = play(dialect, &[name], expected)?;
    assert_eq!(flags.counts(), [0, 0, 0]);
    let quotes: HashMap<i64, Prices> = quotes.into_iter().collect();
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
fn usdm() {
    let expected = [
        (Kind::Trade, 21_313),
        (Kind::Quote, 66_089),
        (Kind::BookDelta, 6_551),
        (Kind::BookSnapshot, 1),
    ];
    if let Some(compared) = futures_tops(Dialect::UsdM, "usdm/btcusdt_20240808.gz", &expected) {
        assert!(compared > 500, "only {compared} depth events end at a quoted update id");
    }
}

#[test]
fn coinm() {
    let expected = [
        (Kind::Trade, 2_286),
        (Kind::Quote, 19_136),
        (Kind::BookDelta, 26_847),
        (Kind::BookSnapshot, 1),
    ];
    if let Some(compared) = futures_tops(Dialect::CoinM, "cm/btcusd_perp_20240808.gz", &expected) {
        assert!(compared > 500, "only {compared} depth events end at a quoted update id");
    }
}
