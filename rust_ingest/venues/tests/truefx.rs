//! Recorded FX ticks of others, written as TrueFX writes them, in datagrams of every size, and read back exactly.

mod support;

use std::io::Read;

use flate2::read::DeflateDecoder;
use proptest::prelude::*;
use support::{data_bytes, data_lines};
use venues::fixed::Scale;
use venues::lines::LineBuffer;
use venues::spread::Spread;
use venues::times::rfc3339_ns;
use venues::true_fx::market::{Tick, TickReader};
use venues::true_fx::streams::{Streams, Symbol};

/// The most that one holds over IPv4.
const DATAGRAM_BYTES_MAX: usize = 65_507;
const DAY_NS: i64 = 86_400_000_000_000;

/// What a tick should say: time, bid and ask in units of 1e-6, by plain arithmetic.
type Said = (i64, i64, i64);

fn reader() -> TickReader {
    let symbol = |name: &str| Symbol::new(name, Scale::new(-6).unwrap(), Scale::new(0).unwrap());
    TickReader::new(Streams::of(vec![symbol("EUR/USD"), symbol("USD/JPY")]))
}

fn micros(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().unwrap()
}

fn said(tick: &Tick) -> Said {
    (tick.event_ns, tick.bid, tick.ask)
}

/// Joins lines to datagrams of 1, 2, 3 ... lines, as far as these fit.
fn datagrams(lines: &[String]) -> Vec<Vec<u8>> {
    let (mut rest, mut size, mut datagrams) = (lines, 1, Vec::new());
    while !rest.is_empty() {
        let (datagram, after) = rest.split_at(size.min(rest.len()));
        let datagram = datagram.join("\r\n").into_bytes();
        assert!(datagram.len() <= DATAGRAM_BYTES_MAX);
        datagrams.push(datagram);
        (rest, size) = (after, size % 500 + 1);
    }
    datagrams
}

fn read_back(lines: &[String]) -> Vec<Tick> {
    let mut reader = reader();
    let mut ticks = Vec::new();
    for datagram in datagrams(lines) {
        ticks.extend(reader.datagram(&datagram).map(Result::unwrap));
    }
    ticks
}

#[test]
fn dollar_yen_ticks_are_the_same_in_every_form_of_time() {
    let Some(rows) = data_lines("bars/usdjpy-ticks.csv") else {
        return;
    };
    let rows: Vec<Vec<&str>> = rows[1..].iter().map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 1_000);
    let expected: Vec<Said> = rows
        .iter()
        .map(|row| (rfc3339_ns(row[0]).unwrap(), micros(row[1]), micros(row[2])))
        .collect();
    // `2013-01-01 22:00:00.295000+00:00`
    let compact = |time: &str| format!("{} {}", time[..10].replace('-', ""), &time[11..time.len() - 6]);
    let millis = |time: &str| (rfc3339_ns(time).unwrap() / 1_000_000).to_string();
    for form in [&compact as &dyn Fn(&str) -> String, &millis, &str::to_owned] {
        let line = |row: &Vec<&str>| format!("USD/JPY,{},{},{}", form(row[0]), row[1], row[2]);
        let ticks = read_back(&rows.iter().map(line).collect::<Vec<_>>());
        assert_eq!(ticks.iter().map(said).collect::<Vec<_>>(), expected);
        assert!(ticks.iter().all(|tick| tick.symbol == 1 && !tick.is_late));
    }
}

/// The rows of the one file in a ZIP archive (APPNOTE.TXT, 4.3.7 "Local file header").
fn zipped_rows(name: &str) -> Option<Vec<String>> {
    let archive = data_bytes(name)?;
    let length = |at: usize| usize::from(u16::from_le_bytes([archive[at], archive[at + 1]]));
    let mut text = String::new();
    DeflateDecoder::new(&archive[30 + length(26) + length(28)..])
        .read_to_string(&mut text)
        .unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

/// Euros of 5 May 2014 at one venue: every row is a tick, and those with the bid on or above the ask say so.
fn euro_ticks(name: &str) -> Option<(usize, usize, usize)> {
    let rows = zipped_rows(name)?;
    let midnight_ns = rfc3339_ns("2014-05-05T00:00:00Z").unwrap();
    let (mut lines, mut expected) = (Vec::new(), Vec::<Said>::new());
    for row in &rows {
        let [millis, bid, ask] = <[&str; 3]>::try_from(row.split(',').collect::<Vec<_>>()).unwrap();
        let event_ns = midnight_ns + millis.parse::<i64>().unwrap() * 1_000_000;
        assert!(event_ns < midnight_ns + DAY_NS);
        lines.push(format!("EUR/USD,{},{bid},{ask}", event_ns / 1_000_000));
        expected.push((event_ns, micros(bid), micros(ask)));
    }
    let ticks = read_back(&lines);
    assert_eq!(ticks.iter().map(said).collect::<Vec<_>>(), expected);
    let count = |spread| ticks.iter().filter(|tick| tick.spread == spread).count();
    let above = expected.iter().filter(|(_, bid, ask)| bid > ask).count();
    assert_eq!(count(Spread::Crossed), above);
    Some((ticks.len(), count(Spread::Locked), above))
}

#[test]
fn crossed_and_locked_euro_ticks_are_flagged_and_kept() {
    let Some(fxcm) = euro_ticks("fx/fxcm/tick/eurusd/20140505_quote.zip") else {
        return;
    };
    assert_eq!(fxcm, (58_143, 7_109, 4_987));
    let oanda = euro_ticks("fx/oanda/tick/eurusd/20140505_quote.zip").unwrap();
    assert_eq!(oanda, (25_177, 0, 0));
}

/// A file that grows is read in pieces, and a datagram's line that is none costs no other.
#[test]
fn a_file_in_pieces_is_the_file() {
    let lines: Vec<String> = (0..500).map(|at| format!("EUR/USD,{at},1.1,1.2")).collect();
    let text = lines.join("\n") + "\n";
    for size in [1, 7, 4_096] {
        let (mut reader, mut buffer, mut times) = (reader(), LineBuffer::new(256), Vec::new());
        for piece in text.as_bytes().chunks(size) {
            buffer.push(piece);
            while let Some(line) = buffer.next_line() {
                times.push(reader.line(line.unwrap(), 1).unwrap().event_ns / 1_000_000);
            }
        }
        assert_eq!(times, (0..500).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(11),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        let found: Vec<_> = reader().datagram(&bytes).collect();
        prop_assert_eq!(found.len(), lines, "a tick or an error for each line");
        prop_assert!(found.iter().all(Result::is_err));
    }

    #[test]
    fn a_bad_line_costs_no_other(at in 0_usize..20, bad in "[ -~]{1,60}") {
        let mut lines: Vec<String> = (0..20).map(|at| format!("USD/JPY,{at},99.5,99.6")).collect();
        prop_assume!(reader().line(bad.as_bytes(), 1).is_err() && !bad.trim().is_empty());
        lines[at] = bad;
        let text = lines.join("\n");
        let found: Vec<bool> = reader().datagram(text.as_bytes()).map(|tick| tick.is_ok()).collect();
        prop_assert_eq!(found, (0..20).map(|line| line != at).collect::<Vec<_>>());
    }
}
