//! What the session makes of each thing that a venue can do.

mod support;

use contracts::{InstrumentClass, Kind, LETTER_BYTES_MAX, Record, Side};
use ingestor::session::{Input, LastIds};
use support::{Bench, bitcoin, depth, quote, snapshot, trade};
use venues::binance::dialect::Dialect;
use venues::book_steps::SnapshotStep;

const SECOND: i64 = 1_000_000_000;

fn spot() -> Bench {
    Bench::connected(Dialect::Spot)
}

fn on_snapshot(bench: &mut Bench, body: &str) -> Option<SnapshotStep> {
    bench.snapshot(body, 7).ok()
}

#[test]
fn the_terms_come_first() {
    let mut bench = spot();
    bench.session.start(5, &mut bench.outbox);
    bench.drain(|record| {
        let Record::Instrument(terms) = record else {
            panic!("{record:?}")
        };
        assert_eq!(
            (terms.venue, terms.instrument, terms.venue_symbol),
            ("binance", "BTC-USDT", "BTCUSDT")
        );
        assert_eq!(
            (terms.price_exponent, terms.quantity_exponent, terms.receive_ns),
            (-9, -9, 5)
        );
        assert_eq!(
            (terms.instrument_class, terms.min_notional),
            (InstrumentClass::Spot, 5 * 10_i128.pow(18))
        );
        let contract = (terms.contract_size, terms.contract_exponent, terms.contract_currency);
        assert_eq!(contract, (0, 0, ""), "quantities are of the base");
    });
}

#[test]
fn what_counts_contracts_says_how_much_one_is() {
    let mut bench = Bench::connected(Dialect::CoinM);
    bench.session.start(5, &mut bench.outbox);
    bench.drain(|record| {
        let Record::Instrument(terms) = record else {
            panic!("{record:?}")
        };
        assert_eq!((terms.venue, terms.instrument), ("binance_coinm", "BTC-USD-PERP"));
        let contract = (terms.contract_size, terms.contract_exponent, terms.contract_currency);
        assert_eq!(contract, (100_000_000_000, -9, "USD"));
    });
}

#[test]
fn a_trade_keeps_every_number() {
    let mut bench = spot();
    bench.frame(trade(7), 99);
    bench.drain(|record| {
        let Record::Trade(trade) = record else {
            panic!("{record:?}")
        };
        assert_eq!(
            (trade.event_ns, trade.publish_ns, trade.receive_ns),
            (10_000_000, 11_000_000, 99)
        );
        assert_eq!(
            (trade.trade_id, trade.price, trade.quantity),
            (7, 2_000_000_000, 1_000_000_000)
        );
        assert_eq!((trade.aggressor, trade.trade_type), (Side::Sell, ""), "the buyer made");
    });
}

#[test]
fn missing_trades_are_a_gap_late_ones_come_and_repeated_ones_are_dead_letters() {
    let mut bench = spot();
    for id in [7, 8, 11, 11, 9, 9, 12] {
        bench.frame(trade(id), 1);
    }
    let dead = |id| format!("dead binance btcusdt@trade duplicate {}", trade(id));
    let expected = [
        "trade 7 Sell".to_owned(),
        "trade 8 Sell".to_owned(),
        "gap trade Some(9) Some(11)".to_owned(),
        "trade 11 Sell".to_owned(),
        dead(11),
        // The gap named it: it is late, and there only once.
        "trade 9 Sell".to_owned(),
        dead(9),
        "trade 12 Sell".to_owned(),
    ];
    assert_eq!(bench.drained(), expected);
}

#[test]
fn deltas_are_written_as_they_come_and_have_a_top_once_the_book_is_synchronised() {
    let mut bench = spot();
    bench.frame(depth(1, 2, "1.5"), 1);
    assert!(bench.session.wants_snapshot(0));
    assert_eq!(on_snapshot(&mut bench, &snapshot(1)), Some(SnapshotStep::Synchronised));
    assert!(!bench.session.wants_snapshot(0));
    bench.frame(depth(3, 4, "0.5"), 2);
    assert_eq!(
        bench.drained(),
        ["delta 1..2 None", "snapshot 1", "delta 3..4 Some(1500000000)"]
    );
}

#[test]
fn a_broken_depth_sequence_is_a_gap_and_asks_for_a_snapshot() {
    let mut bench = spot();
    bench.frame(depth(1, 2, "1.5"), 1);
    on_snapshot(&mut bench, &snapshot(2));
    bench.frame(depth(3, 4, "1.5"), 1);
    bench.frame(depth(3, 4, "1.5"), 1);
    bench.frame(depth(7, 8, "1.6"), 1);
    bench.frame(depth(5, 6, "1.5"), 1);
    assert!(bench.session.wants_snapshot(0));
    on_snapshot(&mut bench, &snapshot(7));
    bench.frame(depth(9, 9, "0.1"), 1);
    let expected = [
        "delta 1..2 None".to_owned(),
        "snapshot 2".to_owned(),
        "delta 3..4 Some(1500000000)".to_owned(),
        format!("dead binance btcusdt@depth@100ms duplicate {}", depth(3, 4, "1.5")),
        "gap book Some(5) Some(7)".to_owned(),
        "delta 7..8 None".to_owned(),
        format!("dead binance btcusdt@depth@100ms out_of_order {}", depth(5, 6, "1.5")),
        "snapshot 7".to_owned(),
        "delta 9..9 Some(1600000000)".to_owned(),
    ];
    assert_eq!(bench.drained(), expected);
}

#[test]
fn what_cannot_be_read_keeps_its_bytes() {
    let mut bench = spot();
    let truncated = &quote(5)[..60];
    bench.frame(b"\xFF\xFE", 1);
    bench.frame("", 1);
    bench.frame(truncated, 1);
    bench.frame(r#"{"stream":"btcusdt@kline_1m","data":{}}"#, 1);
    bench.frame(r#"{"result":null,"id":1}"#, 1);
    bench.frame(quote(6).replace("2.0", "2.x"), 1);
    bench.frame(quote(7), 1);
    let expected = [
        "dead binance parse \u{FFFD}\u{FFFD}".to_owned(),
        "dead binance parse ".to_owned(),
        format!("dead binance btcusdt@bookTicker parse {truncated}"),
        r#"dead binance unknown_stream {"stream":"btcusdt@kline_1m","data":{}}"#.to_owned(),
        r#"dead binance parse {"result":null,"id":1}"#.to_owned(),
        format!(
            "dead binance btcusdt@bookTicker parse {}",
            quote(6).replace("2.0", "2.x")
        ),
        "quote 7".to_owned(),
    ];
    assert_eq!(bench.drained(), expected);
    assert_eq!(bench.session.frames(), 7);
}

#[test]
fn a_depth_event_that_cannot_be_read_shows_as_a_gap() {
    let mut bench = spot();
    bench.frame(depth(1, 2, "1.5"), 1);
    bench.frame(depth(3, 4, "not a price"), 1);
    bench.frame(depth(5, 6, "1.5"), 1);
    let records = bench.drained();
    assert_eq!(records[2..], ["gap book Some(3) Some(5)", "delta 5..6 None"]);
}

#[test]
fn a_snapshot_that_cannot_be_read_is_a_dead_letter() {
    let mut bench = spot();
    bench.frame(depth(1, 2, "1.5"), 1);
    assert_eq!(on_snapshot(&mut bench, "<html>"), None);
    assert!(bench.session.wants_snapshot(0));
    assert_eq!(bench.drained()[1..], ["dead binance BTCUSDT snapshot parse <html>"]);
}

#[test]
fn a_reconnect_is_a_gap_of_unknown_length_and_of_known_trades() {
    let mut bench = spot();
    bench.frame(trade(7), 1);
    bench.frame(depth(1, 2, "1.5"), 1);
    on_snapshot(&mut bench, &snapshot(2));
    bench.closed("reset by peer");
    bench.opened(9);
    bench.frame(depth(50, 51, "1.5"), 10);
    bench.frame(trade(10), 10);
    let expected = [
        "gap connection None None",
        "delta 50..51 None",
        "gap trade Some(8) Some(10)",
        "trade 10 Sell",
    ];
    assert_eq!(bench.drained()[3..], expected);
}

#[test]
fn a_new_process_goes_on_behind_the_log() {
    let feed = bitcoin(Dialect::Spot).resume(
        LastIds {
            trade: Some(7),
            ..LastIds::default()
        },
        "started again",
    );
    let mut bench = Bench::with(Dialect::Spot, feed);
    bench.frame(trade(7), 1);
    bench.frame(trade(9), 1);
    let records = bench.drained();
    assert_eq!(records[0], "gap connection None None");
    assert!(
        records[1].starts_with("dead binance btcusdt@trade duplicate"),
        "{}",
        records[1]
    );
    assert_eq!(records[2..], ["gap trade Some(8) Some(9)", "trade 9 Sell"]);
}

#[test]
fn heartbeats_go_on_from_the_newest_venue_time() {
    let mut bench = spot();
    bench.frame(depth(1, 2, "1.5"), SECOND / 2);
    bench.take(Input::Time, SECOND);
    bench.frame(quote(1), SECOND);
    bench.take(Input::Time, 2 * SECOND - 1);
    bench.frame(trade(1), 2 * SECOND - 1);
    bench.take(Input::Time, 2 * SECOND);
    bench.closed("reset by peer");
    bench.take(Input::Time, 9 * SECOND);
    let expected = ["delta 1..2 None", "heartbeat 512000000", "quote 1", "trade 1 Sell"];
    assert_eq!(bench.drained(), expected);
}

/// A broker refuses what is longer than some million bytes, and then all that comes behind it.
#[test]
fn what_is_too_long_for_a_topic_holds_nothing_up() {
    let mut bench = spot();
    let nonsense = "x".repeat(2_000_000);
    bench.frame(&nonsense, 1);
    bench.frame(trade(7), 2);
    let mut said = Vec::new();
    bench.drain(|record| match record {
        Record::DeadLetter(letter) => {
            assert_eq!(letter.value, &nonsense.as_bytes()[..LETTER_BYTES_MAX]);
            assert!(
                letter.detail.ends_with("(cut: the first 524288 of 2000000 bytes)"),
                "{}",
                letter.detail
            );
            said.push(letter.reason.to_owned());
        }
        Record::Trade(trade) => said.push(trade.trade_id.to_string()),
        other => panic!("{other:?}"),
    });
    assert_eq!(said, ["parse", "7"]);
}

#[test]
fn a_book_that_is_too_large_for_its_record_is_a_gap() {
    let mut bench = spot();
    bench.frame(depth(1, 2, "1.5"), 1);
    let levels: Vec<String> = (1..100_000)
        .map(|price| format!(r#"["{price}.25","1234.5678"]"#))
        .collect();
    let book = format!(r#"{{"lastUpdateId":1,"bids":[{}],"asks":[]}}"#, levels.join(","));
    assert_eq!(on_snapshot(&mut bench, &book), Some(SnapshotStep::Synchronised));
    bench.frame(trade(7), 2);
    let mut said = Vec::new();
    bench.drain(|record| match record {
        Record::DeadLetter(letter) => {
            assert_eq!((letter.reason, letter.value.len()), ("too_large", LETTER_BYTES_MAX));
            assert!(letter.detail.starts_with("a BookSnapshot of "), "{}", letter.detail);
            said.push("letter".to_owned());
        }
        Record::Gap(gap) => {
            assert!(gap.reason.contains("does not fit in market.ticks"), "{}", gap.reason);
            said.push(format!("gap {}", gap.stream.as_str()));
        }
        Record::Trade(trade) => said.push(trade.trade_id.to_string()),
        Record::BookDelta(_) => said.push("delta".to_owned()),
        other => panic!("{other:?}"),
    });
    assert_eq!(said, ["delta", "letter", "gap book", "7"]);
    assert_eq!(bench.outbox.counts().of_kind(Kind::BookSnapshot), 0);
}
