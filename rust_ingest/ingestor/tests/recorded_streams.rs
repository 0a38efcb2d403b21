//! The recorded feeds of Coinbase, Kraken and OKX through the session, with the terms that their REST answers tell: every
//! message becomes its record, every checksum is the book's, and lines that are taken away, doubled or swapped are told.

#[path = "../../venues/tests/support/mod.rs"]
mod recordings;
mod support;

use contracts::{Kind, Record};
use ingestor::session::{Input, InstrumentFeed, Listed};
use recordings::{KRAKEN_PAIRS, answers, received};
use support::flags::FlagCheck;
use support::{Bench, listed};
use venues::terms::Contract;
use venues::venue::Venue;

const COINBASE: [&str; 10] = [
    "SKL-USD", "SKL-BTC", "BAND-GBP", "NMR-EUR", "BAND-BTC", "YFI-BTC", "DASH-BTC", "NU-GBP", "CRV-EUR", "SKL-GBP",
];
/// A future and a swap whose contracts are so many dollars, and a pair.
const OKX: [&str; 3] = ["BTC-USDT", "UNI-USD-SWAP", "BTC-USD-220527"];

struct Recording {
    venue: Venue,
    listed: Vec<Listed>,
    symbols: &'static [&'static str],
    lines: Vec<String>,
}

impl Recording {
    /// `listing` is the capture of the venue's REST answers.
    fn of(venue: &str, symbols: &'static [&'static str], listing: &str, stream: &str) -> Option<Self> {
        let (venue, answers) = (Venue::of_name(venue).unwrap(), answers(listing)?);
        let mut all = Vec::new();
        for request in venue.listing_requests(symbols) {
            let of_symbols: Vec<&str> = request.symbols.iter().map(String::as_str).collect();
            let (_, answer) = answers.iter().find(|(url, _)| url.ends_with(&request.path)).unwrap();
            all.extend(listed(venue, answer.as_bytes(), &of_symbols));
        }
        Some(Self {
            venue,
            listed: all,
            symbols,
            lines: received(stream)?,
        })
    }

    fn kraken() -> Option<Self> {
        Self::of("kraken", &KRAKEN_PAIRS, "KRAKEN.0.gz", "KRAKEN.ws.50.0.gz")
    }

    fn coinbase() -> Option<Self> {
        Self::of("coinbase", &COINBASE, "COINBASE.0.gz", "COINBASE.ws.28.0.gz")
    }

    fn okx() -> Option<Self> {
        Self::of("okx", &OKX, "OKX.0.gz", "OKX.ws.1.0.gz")
    }

    fn bench(&self) -> Bench {
        let feeds = self.listed.iter().cloned();
        let feeds = feeds.map(|listed| InstrumentFeed::new(self.venue, listed));
        Bench::of(self.venue, feeds.collect())
    }
}

/// What the session makes of lines: records by kind, and those books' tops that are known.
fn play(recording: &Recording, lines: &[String]) -> (Bench, Vec<String>) {
    let mut bench = recording.bench();
    let mut troubles = Vec::new();
    let mut flags = FlagCheck::default();
    for (line, receive_ns) in lines.iter().zip(1..) {
        bench.frame(line, receive_ns);
        bench.drain(|record| {
            flags.check(record);
            match record {
                Record::Gap(gap) => troubles.push(format!("{} {} {}", gap.instrument, gap.stream.as_str(), gap.reason)),
                Record::DeadLetter(letter) => troubles.push(format!("{} {}", letter.reason, letter.detail)),
                Record::BookDelta(delta) if delta.bid_price.is_none() && delta.ask_price.is_none() => {
                    troubles.push(format!("{} without a book", delta.instrument));
                }
                _ => {}
            }
        });
    }
    (bench, troubles)
}

fn assert_counts(bench: &Bench, expected: &[(Kind, u64)]) {
    for (kind, count) in expected {
        assert_eq!(bench.outbox.counts().of_kind(*kind), *count, "{}", kind.name());
    }
    let all: u64 = expected.iter().map(|(_, count)| count).sum();
    assert_eq!(bench.outbox.counts().total(), all);
}

fn is_update(line: &str, of: &str) -> bool {
    line.contains(of) && (line.contains("l2update") || line.contains("\"update\"") || line.contains("\"c\":"))
}

#[test]
fn every_line_of_kraken_becomes_its_record_and_every_checksum_is_the_books() {
    let Some(recording) = Recording::kraken() else { return };
    let (bench, troubles) = play(&recording, &recording.lines);
    assert_eq!(troubles, [""; 0]);
    assert_counts(&bench, &[(Kind::BookDelta, 4_269), (Kind::BookSnapshot, 10)]);
}

#[test]
fn every_line_of_coinbase_becomes_its_record() {
    let Some(recording) = Recording::coinbase() else { return };
    let (bench, troubles) = play(&recording, &recording.lines);
    assert_eq!(troubles, [""; 0]);
    let expected = [
        (Kind::Trade, 107),
        (Kind::Quote, 107),
        (Kind::BookDelta, 9_719),
        (Kind::BookSnapshot, 10),
    ];
    assert_counts(&bench, &expected);
}

#[test]
fn every_line_of_okx_becomes_its_record_and_every_checksum_is_the_books() {
    let Some(recording) = Recording::okx() else { return };
    let (bench, troubles) = play(&recording, &recording.lines);
    assert_eq!(troubles, [""; 0]);
    let of_kind = |kind| bench.outbox.counts().of_kind(kind);
    let lines = |of: &str| recording.lines.iter().filter(|line| line.contains(of)).count() as u64;
    assert_eq!(of_kind(Kind::BookDelta), lines("\"update\""));
    assert_eq!(of_kind(Kind::BookSnapshot), 3);
    assert!(of_kind(Kind::Trade) >= lines("\"channel\":\"trades\"},\"data\"").max(10));
    assert!(of_kind(Kind::BookDelta) > 50 && of_kind(Kind::Quote) > 5);
    let contracts = recording.listed.iter().map(|listed| listed.terms.contract.clone());
    let dollars = |size| {
        Some(Contract {
            currency: "USD".to_owned(),
            size,
        })
    };
    let expected = [None, dollars(10_000_000_000), dollars(100_000_000_000)];
    assert_eq!(contracts.collect::<Vec<_>>(), expected);
}

/// All records, as bytes; every so many lines another session goes on, and between them the connection is lost, and time goes on.
fn records(recording: &Recording, cut_each: usize) -> Vec<Vec<u8>> {
    let mut bench = recording.bench();
    let mut records = Vec::new();
    for (line, number) in recording.lines.iter().zip(1..) {
        let receive_ns = number as i64 * 1_000_000;
        if number % cut_each == 0 {
            bench.cut();
        }
        bench.frame(line, receive_ns);
        match number % 1_500 {
            500 => {
                bench.take(Input::Time, receive_ns + 2_000_000_000);
            }
            1_400 => {
                bench.closed("cut");
                bench.opened(receive_ns);
            }
            _ => {}
        }
        records.extend(bench.outbox.entries().map(|entry| [entry.key, entry.value].concat()));
        bench.outbox.clear();
    }
    records
}

#[test]
fn a_session_that_goes_on_from_what_it_wrote_down_makes_the_same_records() {
    for recording in [Recording::kraken(), Recording::coinbase(), Recording::okx()] {
        let Some(recording) = recording else { return };
        let expected = records(&recording, usize::MAX);
        for cut_each in [1_399, 61] {
            let found = records(&recording, cut_each);
            let differs = expected.iter().zip(&found).position(|(one, other)| one != other);
            assert_eq!(
                (differs, found.len()),
                (None, expected.len()),
                "{} {cut_each}",
                recording.venue.name()
            );
        }
    }
}

/// A wrong book is told by a gap, at once; the book is asked for, and the next snapshot makes it whole.
#[test]
fn a_lost_change_is_a_gap_and_the_book_is_asked_for() {
    for (recording, of) in [(Recording::kraken(), "XBT/CHF"), (Recording::okx(), "BTC-USDT")] {
        let Some(recording) = recording else { return };
        let lines = &recording.lines;
        let snapshot = lines
            .iter()
            .position(|line| line.contains(of) && (line.contains("\"as\"") || line.contains("\"snapshot\"")))
            .unwrap();
        let updates: Vec<usize> = (0..lines.len()).filter(|at| is_update(&lines[*at], of)).collect();
        // The first loss that shows: one below what the checksum is summed over shows late or never.
        let found = updates.iter().find_map(|lost| {
            let kept: Vec<String> = (0..lines.len())
                .filter(|at| at != lost)
                .map(|at| lines[at].clone())
                .collect();
            let (bench, troubles) = play(&recording, &kept);
            troubles
                .iter()
                .any(|trouble| trouble.contains(" book the book's checksum is"))
                .then_some((bench, troubles))
        });
        let (mut bench, troubles) = found.expect("a loss that shows");
        let gaps = troubles.iter().filter(|trouble| trouble.contains(" book ")).count();
        assert_eq!(gaps, 1, "{troubles:?}");
        let asked = bench.session.replies(0).concat();
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked[0].contains("unsubscribe") && asked[1].contains("\"subscribe\"") && asked[1].contains(of));
        assert!(bench.session.replies(0).is_empty(), "each once");
        let index = recording.symbols.iter().position(|symbol| *symbol == of).unwrap();
        assert!(!bench.session.instruments()[index].is_synchronised());
        bench.frame(&lines[snapshot], 1);
        assert!(bench.session.instruments()[index].is_synchronised());
    }
}

#[test]
fn trades_that_are_lost_doubled_or_swapped_are_told() {
    let Some(recording) = Recording::coinbase() else { return };
    let matches: Vec<usize> = (0..recording.lines.len())
        .filter(|at| {
            recording.lines[*at].contains("\"type\":\"match\"") && recording.lines[*at].contains("\"SKL-USD\"")
        })
        .collect();
    let [.., before, lost, next] = matches[..] else {
        panic!("{matches:?}")
    };
    let mut kept = recording.lines.clone();
    kept.remove(lost);
    let (_, troubles) = play(&recording, &kept);
    assert_eq!(troubles, ["SKL-USD trade trade ids jump"]);
    let mut doubled = recording.lines.clone();
    doubled.insert(next, recording.lines[lost].clone());
    let (_, troubles) = play(&recording, &doubled);
    assert!(
        matches!(&troubles[..], [one] if one.starts_with("duplicate trade ")),
        "{troubles:?}"
    );
    let mut swapped = recording.lines.clone();
    swapped.swap(before, lost);
    let (bench, troubles) = play(&recording, &swapped);
    assert_eq!(troubles, ["SKL-USD trade trade ids jump"]);
    let (whole, _) = play(&recording, &recording.lines);
    let trades = |bench: &Bench| bench.outbox.counts().of_kind(Kind::Trade);
    assert_eq!(trades(&bench), trades(&whole), "the gap named it: it is a record, late");
}
