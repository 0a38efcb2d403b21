//! Kraken's recorded v1 messages: every one is read, and every checksum is the book's. And what is wrong is noticed.

mod support;

use std::collections::BTreeMap;

use support::{KRAKEN_PAIRS, received};
use venues::book_steps::StreamStep;
use venues::decimal::decimal;
use venues::fixed::Scale;
use venues::kraken::dialect::Dialect;
use venues::kraken::envelope::{Message, read};
use venues::kraken::instruments::listings;
use venues::kraken::market::{Book, Buffers, Symbol};
use venues::kraken::status::{Outcome, System};
use venues::kraken::streams::Streams;
use venues::l2_book::{BookError, L2Book, Level, Levels};
use venues::proven_book::ProvenBook;

const BOOKS: &str = "KRAKEN.ws.50.0.gz";

/// Units that hold what the recordings write: nine decimals, and for bitcoins an ask of 9,999,999,997.
fn streams() -> Streams {
    let symbol = |name: &&str| Symbol {
        name: (*name).to_owned(),
        price: Scale::new(if *name == "XBT/CHF" { -5 } else { -9 }).unwrap(),
        quantity: Scale::new(-8).unwrap(),
        decimals: None,
    };
    Streams::of(Dialect::V1, KRAKEN_PAIRS.iter().map(symbol).collect(), 1_000).unwrap()
}

fn take(proven: &mut ProvenBook, book: &Book, levels: &Levels) -> Result<StreamStep, BookError> {
    proven.on_levels(book.is_snapshot, book.checksum.map(i64::from), book.decimals, levels)
}

/// What became of the book messages, in words and how often.
fn steps(lines: &[String]) -> BTreeMap<&'static str, usize> {
    let streams = streams();
    let mut books: Vec<ProvenBook> = streams
        .symbols()
        .iter()
        .map(|one| ProvenBook::new(one, streams.depth()))
        .collect();
    let (mut buffers, mut counts) = (Buffers::default(), BTreeMap::new());
    for line in lines {
        let Ok(Message::Book(book)) = read(line, &streams, &mut buffers) else {
            continue;
        };
        let proven = &mut books[book.symbol];
        let word = match take(proven, &book, &buffers.levels) {
            Ok(StreamStep::Taken(top)) => {
                assert_eq!(proven.top(), Some(top));
                if book.checksum.is_some() { "proven" } else { "snapshot" }
            }
            Ok(StreamStep::WrongChecksum { .. }) => {
                assert!(!proven.is_synchronised() && proven.book().is_none());
                "wrong"
            }
            Ok(StreamStep::NoSnapshot) => "no snapshot",
            Ok(StreamStep::Gap { .. }) => "gap",
            Err(_) => "too fine",
        };
        *counts.entry(word).or_default() += 1;
    }
    counts
}

#[test]
fn every_recorded_message_is_read() {
    let streams = streams();
    let mut buffers = Buffers::default();
    let mut counts = BTreeMap::new();
    for name in ["KRAKEN.ws.48.0.gz", "KRAKEN.ws.49.0.gz", BOOKS] {
        let Some(lines) = received(name) else { return };
        for line in lines {
            let kind = match read(&line, &streams, &mut buffers).unwrap_or_else(|error| panic!("{error}: {line:.80}")) {
                Message::Trades { .. } => "trades",
                Message::Quote(quote) => {
                    assert!(quote.bid.price < quote.ask.price && quote.bid.quantity > 0);
                    "quote"
                }
                Message::Book(book) => {
                    assert_eq!(book.is_snapshot, book.checksum.is_none());
                    assert!(book.event_ns.unwrap() > 1_618_600_000_000_000_000);
                    "book"
                }
                Message::Heartbeat => "heartbeat",
                Message::Status(status) => {
                    assert_eq!((status.system, &*status.version), (System::Online, "1.8.3"));
                    assert!(status.connection_id.unwrap() > i64::MAX as u64);
                    "status"
                }
                Message::Answer(answer) => {
                    assert_eq!(answer.outcome, Outcome::Subscribed);
                    assert!(streams.find(&answer.symbol.unwrap()).is_some());
                    "answer"
                }
                other => panic!("{other:?}"),
            };
            *counts.entry(kind).or_insert(0) += 1;
        }
    }
    println!("{counts:?}");
    assert_eq!((counts["book"], counts["answer"], counts["status"]), (4_279, 30, 3));
    assert!(counts["quote"] >= 18 && counts["heartbeat"] > 60);
}

#[test]
fn every_recorded_checksum_is_the_books() {
    let Some(lines) = received(BOOKS) else { return };
    assert_eq!(steps(&lines), BTreeMap::from([("proven", 4_269), ("snapshot", 10)]));
}

/// One digit of a quantity near the top is another: the checksum of that very message tells.
#[test]
fn a_flipped_digit_is_noticed() {
    let Some(lines) = received(BOOKS) else { return };
    let changes = lines.iter().position(|line| line.contains("\"43621407\"")).unwrap();
    let mut flipped = lines[..=changes].to_vec();
    assert_eq!(steps(&flipped).get("wrong"), None);
    flipped[changes] = flipped[changes].replace("20270.49268141", "20270.49268142");
    assert_eq!(steps(&flipped).get("wrong"), Some(&1));
    // A change far from the top is not summed up, and its message cannot show that it is wrong.
    let checksum = lines[changes].replace("\"43621407\"", "\"43621408\"");
    flipped[changes] = checksum;
    assert_eq!(steps(&flipped).get("wrong"), Some(&1));
}

/// Each symbol loses one message that changed its checksum. What follows shows it, unless it takes the change back.
#[test]
fn a_lost_message_is_noticed() {
    let Some(lines) = received(BOOKS) else { return };
    let (streams, mut buffers) = (streams(), Buffers::default());
    let mut last = vec![None; KRAKEN_PAIRS.len()];
    let mut lost = vec![None; KRAKEN_PAIRS.len()];
    for (at, line) in lines.iter().enumerate() {
        let Ok(Message::Book(book)) = read(line, &streams, &mut buffers) else {
            continue;
        };
        let changed = last[book.symbol].is_some() && last[book.symbol] != book.checksum;
        if changed && lost[book.symbol].is_none() && book.checksum.is_some() {
            lost[book.symbol] = Some(at);
        }
        last[book.symbol] = book.checksum;
    }
    let kept: Vec<String> = (0..lines.len())
        .filter(|at| !lost.contains(&Some(*at)))
        .map(|at| lines[at].clone())
        .collect();
    let (counts, lost) = (steps(&kept), lost.iter().flatten().count());
    println!("{} of {lost} noticed", counts["wrong"]);
    assert!(counts["wrong"] > lost / 2 && counts["wrong"] <= lost, "{counts:?}");
    assert!(counts["no snapshot"] > 0, "there is no book until the next snapshot");
}

/// Not one field of a recorded message can be left out, cut off or garbled into something else unnoticed.
#[test]
fn recorded_messages_are_taken_whole_or_not_at_all() {
    let Some(lines) = received(BOOKS) else { return };
    let (streams, mut buffers) = (streams(), Buffers::default());
    for line in lines
        .iter()
        .filter(|line| line.starts_with('[') && line.len() < 200)
        .step_by(40)
    {
        for end in 0..line.len() {
            assert!(read(&line[..end], &streams, &mut buffers).is_err(), "{}", &line[..end]);
        }
        assert!(read(&format!("{line}]"), &streams, &mut buffers).is_err());
    }
}

/// There is no recording of v2: the recorded books are told once more in its words. Its decimals are plain numbers,
/// whose last zeros may be missing, so that the listing says how many there are.
#[test]
fn the_same_books_in_the_words_of_v2_have_the_same_checksums() {
    let Some(lines) = received(BOOKS) else { return };
    let v1 = streams();
    let mut buffers = Buffers::default();
    let mut symbols = v1.symbols().to_vec();
    for line in &lines {
        if let Ok(Message::Book(book)) = read(line, &v1, &mut buffers) {
            symbols[book.symbol].decimals = symbols[book.symbol].decimals.or(book.decimals);
        }
    }
    let v2 = Streams::of(Dialect::V2, symbols, v1.depth()).unwrap();
    let mut books: Vec<ProvenBook> = v2
        .symbols()
        .iter()
        .map(|one| ProvenBook::new(one, v2.depth()))
        .collect();
    let mut proven = 0;
    for line in &lines {
        let Ok(Message::Book(told)) = read(line, &v1, &mut buffers) else {
            continue;
        };
        let (price, quantity) = (v1.symbols()[told.symbol].price, v1.symbols()[told.symbol].quantity);
        let side = |levels: &[Level]| {
            let level = |level: &Level| {
                format!(
                    r#"{{"price":{},"qty":{}}}"#,
                    decimal(level.price, price),
                    decimal(level.quantity, quantity)
                )
            };
            levels.iter().map(level).collect::<Vec<_>>().join(",")
        };
        // v1 has no checksum of a snapshot: the book's own.
        let own = || {
            let mut book = L2Book::limited(i64::from(v1.depth())).unwrap();
            book.load(&buffers.levels);
            let scale = kernels::Scale::new(i32::from(price.exponent()), i32::from(quantity.exponent()));
            book.kraken_checksum(scale, told.decimals.unwrap()).unwrap()
        };
        let line = format!(
            r#"{{"channel":"book","type":"{}","data":[{{"symbol":"{}","bids":[{}],"asks":[{}],"checksum":{}}}]}}"#,
            if told.is_snapshot { "snapshot" } else { "update" },
            v1.symbols()[told.symbol].name,
            side(&buffers.levels.bids),
            side(&buffers.levels.asks),
            told.checksum.unwrap_or_else(own),
        );
        let mut again = Buffers::default();
        let Ok(Message::Book(book)) = read(&line, &v2, &mut again) else {
            panic!("{line:.80}")
        };
        assert_eq!(again.levels, buffers.levels);
        let step = take(&mut books[book.symbol], &book, &again.levels).unwrap();
        assert!(matches!(step, StreamStep::Taken(_)), "{step:?}");
        proven += usize::from(!book.is_snapshot);
    }
    assert_eq!(proven, 4_269);
}

#[test]
fn every_listed_pair_has_terms() {
    let Some(lines) = support::answers("KRAKEN.0.gz") else {
        return;
    };
    let (_, body) = lines.iter().find(|(url, _)| url.ends_with("/AssetPairs")).unwrap();
    let all = listings(body.as_bytes(), &[]).unwrap();
    assert!(all.len() > 280, "{}", all.len());
    for listing in &all {
        let terms = listing
            .terms(Scale::new(-10).unwrap(), Scale::new(-8).unwrap())
            .unwrap();
        assert!(
            terms.tick_size > 0 && terms.lot_size == 1 && !terms.instrument.contains("XBT"),
            "{terms:?}"
        );
    }
    let [bitcoin] = <[_; 1]>::try_from(listings(body.as_bytes(), &["XBT/CHF"]).unwrap()).unwrap();
    let terms = bitcoin.terms(Scale::new(-9).unwrap(), Scale::new(-9).unwrap()).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.tick_size, terms.min_quantity),
        ("BTC-CHF", 100_000_000, 200_000)
    );
}
