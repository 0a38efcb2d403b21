//! A feed over two connections: what either brings is there once, in order, and the loss of one shows nowhere.

#[path = "../../venues/tests/support/mod.rs"]
mod recordings;
mod support;

use std::collections::BTreeMap;

use contracts::Kind;
use ingestor::session::merge::HOLD_NS_MAX;
use ingestor::session::{Input, Session};
use recordings::recording;
use support::{Bench, bitcoin, depth, quote, snapshot, trade};
use venues::binance::dialect::Dialect;
use venues::venue::Venue;

const LINES: usize = 12_000;
/// How far one side may be ahead of the other, in lines.
const LEAD_MAX: usize = 200;

fn redundant(dialect: Dialect) -> Bench {
    let mut bench = Bench::connected(dialect);
    bench.session = Session::new(Venue::Binance(dialect), vec![bitcoin(dialect)])
        .redundant()
        .unwrap();
    bench
}

fn both_open(dialect: Dialect) -> Bench {
    let mut bench = redundant(dialect);
    open(&mut bench, 0);
    open(&mut bench, 1);
    bench
}

fn open(bench: &mut Bench, connection: u16) {
    bench.take(Input::Opened { connection }, 1);
}

fn close(bench: &mut Bench, connection: u16) {
    let reason = "cut";
    bench.take(Input::Closed { connection, reason }, 2);
}

fn say(bench: &mut Bench, connection: u16, frame: impl AsRef<[u8]>) {
    let payload = frame.as_ref();
    bench.take(Input::Frame { connection, payload }, 3);
}

#[test]
fn what_comes_twice_is_there_once_and_no_dead_letter() {
    let mut bench = both_open(Dialect::Spot);
    assert_eq!(bench.session.connections(), 2);
    for frame in [trade(7), quote(3), depth(1, 2, "1.5"), trade(8)] {
        say(&mut bench, 0, &frame);
        say(&mut bench, 1, &frame);
    }
    assert_eq!(
        bench.drained(),
        ["trade 7 Sell", "quote 3", "delta 1..2 None", "trade 8 Sell"]
    );
    assert_eq!((bench.session.frames(), bench.session.duplicates()), (8, 4));
}

#[test]
fn the_loss_of_one_side_is_no_gap_and_of_both_it_is_one() {
    let mut bench = both_open(Dialect::Spot);
    say(&mut bench, 0, trade(7));
    say(&mut bench, 0, depth(1, 2, "1.5"));
    bench.snapshot(&snapshot(2), 3).unwrap();
    close(&mut bench, 0);
    say(&mut bench, 1, trade(7));
    say(&mut bench, 1, trade(8));
    open(&mut bench, 0);
    close(&mut bench, 1);
    say(&mut bench, 0, trade(9));
    say(&mut bench, 0, depth(3, 4, "1.6"));
    let expected = [
        "trade 7 Sell",
        "delta 1..2 None",
        "snapshot 2",
        "trade 8 Sell",
        "trade 9 Sell",
    ];
    let records = bench.drained();
    assert_eq!(records[..5], expected);
    assert!(
        records[5].starts_with("delta 3..4 Some"),
        "the book is in step still: {records:?}"
    );
    close(&mut bench, 0);
    open(&mut bench, 1);
    say(&mut bench, 1, trade(12));
    assert_eq!(
        bench.drained(),
        [
            "gap connection None None",
            "gap trade Some(10) Some(12)",
            "trade 12 Sell"
        ]
    );
}

#[test]
fn what_waits_for_the_other_side_comes_with_it_or_after_a_while() {
    let mut bench = both_open(Dialect::Spot);
    say(&mut bench, 0, trade(7));
    say(&mut bench, 1, trade(7));
    say(&mut bench, 0, trade(9));
    assert_eq!(bench.drained(), ["trade 7 Sell"]);
    say(&mut bench, 1, trade(8));
    assert_eq!(bench.drained(), ["trade 8 Sell", "trade 9 Sell"]);
    say(&mut bench, 0, trade(11));
    bench.take(Input::Time, 3 + HOLD_NS_MAX);
    let records = bench.drained();
    assert_eq!(records[..2], ["gap trade Some(10) Some(11)", "trade 11 Sell"]);
    // Later still: once, from the side that brings it first.
    say(&mut bench, 1, trade(10));
    say(&mut bench, 0, trade(10));
    assert_eq!(bench.drained(), ["trade 10 Sell"]);
}

#[test]
fn venues_that_do_not_number_everything_are_refused() {
    for venue in Venue::all() {
        let refused = Session::check_redundant(venue).map_err(|error| error.to_string());
        match venue.name() {
            "binance" | "binance_usdm" | "binance_coinm" | "okx" | "okx_demo" => assert_eq!(refused, Ok(())),
            name => assert!(refused.unwrap_err().contains(name)),
        }
    }
}

/// xorshift: the same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Records by kind: kinds are not ordered against each other.
fn by_kind(records: Vec<String>) -> BTreeMap<String, Vec<String>> {
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in records {
        let kind = record.split(' ').next().unwrap().to_owned();
        kinds.entry(kind).or_default().push(record);
    }
    kinds
}

/// The recording over two sides of which now one, now the other is cut; both lag as they like. Returns the cuts too.
fn play(bench: &mut Bench, lines: &[String], dice: &mut Dice) -> usize {
    let (mut at, mut down, mut cuts) = ([0_usize; 2], None, 0);
    // Up to here one side brings what the other missed, and must not be cut.
    let mut missed = 0;
    let is_snapshot = |line: usize| lines[line].starts_with("{\"lastUpdateId\"");
    while at[0] < lines.len() || at[1] < lines.len() {
        let mut side = dice.below(2);
        if let Some((lost, until)) = down {
            side = 1 - lost;
            if at[side] + dice.below(LEAD_MAX) >= until {
                open(bench, lost as u16);
                (at[lost], down, missed) = (until, None, until);
                continue;
            }
        } else if at[side] >= lines.len() || at[side] > at[1 - side] + LEAD_MAX {
            side = 1 - side;
        }
        let (mut line, other) = (at[side], at[1 - side]);
        if is_snapshot(line) && down.is_none() && other < line {
            // A snapshot is asked for once, and comes when both have what is before it.
            side = 1 - side;
            line = other;
        }
        if at[side] % 97 == 0 {
            bench.cut();
        }
        if is_snapshot(line) {
            bench.snapshot(&lines[line], 3).unwrap();
            at = at.map(|reached| reached.max(line + 1));
        } else {
            say(bench, side as u16, &lines[line]);
            at[side] += 1;
        }
        if down.is_none() && at[side] >= missed && dice.below(500) == 0 {
            let until = (at[0].max(at[1]) + 1 + dice.below(400)).min(lines.len());
            close(bench, side as u16);
            down = Some((side, until));
            cuts += 1;
        }
    }
    cuts
}

fn check(dialect: Dialect, name: &str) {
    let Some(lines) = recording(name) else {
        return;
    };
    let lines = &lines[..LINES.min(lines.len())];
    let mut single = Bench::connected(dialect);
    for line in lines {
        if line.starts_with("{\"lastUpdateId\"") {
            single.snapshot(line, 3).unwrap();
        } else {
            single.frame(line, 3);
        }
    }
    let expected = by_kind(single.drained());
    for seed in 1..=5 {
        let mut bench = both_open(dialect);
        let cuts = play(&mut bench, lines, &mut Dice(seed));
        assert!(cuts > 5, "{cuts}");
        assert!(bench.session.duplicates() > 1_000);
        assert_eq!(bench.outbox.counts().of_kind(Kind::DeadLetter), 0);
        let found = by_kind(bench.drained());
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (kind, records) in &expected {
            let differs = records.iter().zip(&found[kind]).position(|(one, other)| one != other);
            assert_eq!(
                (differs, found[kind].len()),
                (None, records.len()),
                "{kind}, seed {seed}"
            );
        }
    }
}

#[test]
fn a_recorded_market_over_two_sides_that_are_cut_is_the_market() {
    check(Dialect::Spot, "spot/btcusdt_20240808.gz");
}

#[test]
fn the_same_with_numbers_that_name_the_one_before() {
    check(Dialect::UsdM, "usdm/btcusdt_20240808.gz");
}
