//! Every recorded message of OKX's: books proven by each of their checksums, trades without a gap, and lines taken away.

mod support;

use std::collections::HashMap;

use support::{answers, received};
use venues::book_sequence::SeqIds;
use venues::book_steps::StreamStep;
use venues::dialect::Listing as _;
use venues::fixed::Scale;
use venues::l2_book::{L2Book, Levels};
use venues::okx::dialect::book_rule;
use venues::okx::frame::{Frame, Message};
use venues::okx::instruments::{kind_of, listings};
use venues::okx::market::{Book, Symbol};
use venues::okx::streams::Streams;
use venues::sequence::{GaplessIds, Step};
use venues::streamed_book::StreamedBook;

const STREAM: &str = "OKX.ws.1.0.gz";
const INSTRUMENTS: [(&str, &str); 3] = [
    ("BTC-USD-220527", "BTC-USD-220527"),
    ("UNI-USD-SWAP", "UNI-USD-PERP"),
    ("BTC-USDT", "BTC-USDT"),
];

fn streams() -> Streams {
    let scale = Scale::new(-8).unwrap();
    let symbol = |(name, _): (&str, &str)| Symbol::new(name, scale, scale);
    Streams::of(INSTRUMENTS.map(symbol).to_vec())
}

fn read<'a>(frame: &'a mut Frame, streams: &Streams, text: &str) -> &'a [Message] {
    let read = frame.read(streams, text);
    read.unwrap_or_else(|error| panic!("{error}: {text}"));
    frame.messages()
}

/// A recorded book message.
type BookMessage = (usize, Book, Levels);

fn book_messages(lines: &[String]) -> Vec<BookMessage> {
    let (streams, mut frame) = (streams(), Frame::default());
    let of = |text: &String| match read(&mut frame, &streams, text) {
        [Message::Book { symbol, book }] => Some((*symbol, *book, frame.levels().clone())),
        _ => None,
    };
    lines.iter().filter_map(of).collect()
}

/// What becomes of each message that is kept.
fn steps<'a>(messages: impl IntoIterator<Item = &'a BookMessage>) -> Vec<StreamStep> {
    let streams = streams();
    let book = |symbol: &Symbol| StreamedBook::new(book_rule(symbol), L2Book::default());
    let mut books: Vec<StreamedBook> = streams.symbols().iter().map(book).collect();
    let mut take = |(symbol, book, levels): &BookMessage| {
        let step = match book.is_snapshot {
            true => books[*symbol].on_snapshot(levels, book.sequence, book.checksum),
            false => books[*symbol].on_update(levels, book.sequence, book.checksum),
        };
        step.unwrap()
    };
    messages.into_iter().map(&mut take).collect()
}

#[test]
fn every_message_is_read() {
    let Some(lines) = received(STREAM) else { return };
    let (streams, mut frame) = (streams(), Frame::default());
    let mut counts = HashMap::new();
    for text in &lines {
        for message in read(&mut frame, &streams, text) {
            let kind = match message {
                Message::Trade { .. } => "trade",
                Message::Ticker { .. } => "ticker",
                Message::Book { book, .. } if book.is_snapshot => "snapshot",
                Message::Book { .. } => "update",
                Message::Answer(answer) if answer.is_subscribed => "subscribed",
                other => panic!("{other:?}"),
            };
            *counts.entry(kind).or_insert(0) += 1;
        }
    }
    let expected = [
        ("trade", 74),
        ("ticker", 28),
        ("snapshot", 3),
        ("update", 287),
        ("subscribed", 18),
    ];
    assert_eq!(counts, HashMap::from(expected));
}

#[test]
fn every_checksum_is_the_books() {
    let Some(lines) = received(STREAM) else { return };
    let messages = book_messages(&lines);
    assert!(messages.iter().all(|(_, book, _)| book.checksum.is_some()));
    let steps = steps(&messages);
    assert_eq!(steps.len(), 290);
    for step in steps {
        assert!(matches!(step, StreamStep::Taken(_)), "{step:?}");
    }
}

/// In 2022 there were no sequence numbers. Each message gets the ones that the venue gives today; then the loss of any
/// message is noticed by the next one of its instrument.
#[test]
fn a_book_message_taken_away_is_noticed() {
    let Some(lines) = received(STREAM) else { return };
    let mut messages = book_messages(&lines);
    let mut last_ids = HashMap::new();
    for (index, (symbol, book, _)) in messages.iter_mut().enumerate() {
        let last = 1_000 + index as i64;
        let previous = last_ids.insert(*symbol, last).unwrap_or(-1);
        book.sequence = Some(SeqIds { previous, last });
    }
    let all = steps(&messages);
    assert!(all.iter().all(|step| matches!(step, StreamStep::Taken(_))));
    for taken in 0..messages.len() {
        let (symbol, book, _) = &messages[taken];
        let kept = messages.iter().enumerate().filter(|(index, _)| *index != taken);
        let (indexes, kept): (Vec<usize>, Vec<&BookMessage>) = kept.unzip();
        let after = steps(kept);
        let next = (0..after.len()).find(|at| indexes[*at] > taken && messages[indexes[*at]].0 == *symbol);
        let Some(next) = next else { continue };
        let expected = match book.is_snapshot {
            true => StreamStep::NoSnapshot,
            false => StreamStep::Gap {
                expected: book.sequence.unwrap().previous,
            },
        };
        assert_eq!(after[next], expected, "message {taken}");
    }
}

/// Without numbers the checksum tells, of each message that changes what it sums up.
#[test]
fn a_book_message_taken_away_spoils_the_checksum() {
    let Some(lines) = received(STREAM) else { return };
    let messages = book_messages(&lines);
    let (mut lost, mut noticed) = (0, 0);
    for taken in (0..messages.len()).filter(|index| !messages[*index].1.is_snapshot) {
        let kept = messages.iter().enumerate().filter(|(index, _)| *index != taken);
        let after = steps(kept.map(|(_, message)| message));
        lost += 1;
        noticed += usize::from(
            after
                .iter()
                .any(|step| matches!(step, StreamStep::WrongChecksum { .. })),
        );
    }
    assert_eq!(lost, 287);
    // A later message may set the same levels, and some lie below the 25 that are summed up.
    assert!(noticed > 250, "{noticed}");
}

#[test]
fn a_trade_taken_away_is_a_gap() {
    let Some(lines) = received(STREAM) else { return };
    let (streams, mut frame) = (streams(), Frame::default());
    let mut trades = Vec::new();
    for text in &lines {
        for message in read(&mut frame, &streams, text) {
            if let Message::Trade { symbol, trade } = message {
                trades.push((*symbol, *trade));
            }
        }
    }
    let gaps = |taken: Option<usize>| -> Vec<(usize, i64)> {
        let mut ids = [GaplessIds::default(); INSTRUMENTS.len()];
        let kept = trades.iter().enumerate().filter(|(index, _)| Some(*index) != taken);
        let gaps = kept.filter_map(|(_, (symbol, trade))| match trade.step(&mut ids[*symbol]) {
            Step::Next => None,
            Step::Gap { expected } => Some((*symbol, expected)),
            Step::Old { last } => panic!("{trade:?} after {last}"),
        });
        gaps.collect()
    };
    assert_eq!(gaps(None), []);
    for (index, (symbol, trade)) in trades.iter().enumerate() {
        let others = |all: &[(usize, _)]| all.iter().any(|(other, _)| other == symbol);
        let is_between = others(&trades[..index]) && others(&trades[index + 1..]);
        let expected = if is_between {
            vec![(*symbol, trade.trade_id)]
        } else {
            vec![]
        };
        assert_eq!(gaps(Some(index)), expected);
    }
}

#[test]
fn recorded_instruments_have_terms() {
    let Some(answers) = answers("OKX.0.gz") else { return };
    let scale = Scale::new(-8).unwrap();
    for (symbol, instrument) in INSTRUMENTS {
        let kind = format!("instType={}", kind_of(symbol));
        let (_, body) = answers.iter().find(|(url, _)| url.ends_with(&kind)).unwrap();
        let listing = listings(body.as_bytes(), &[symbol]).unwrap().remove(0);
        let terms = listing.terms(scale, scale).unwrap();
        assert_eq!((terms.instrument.as_str(), terms.symbol.as_str()), (instrument, symbol));
        assert!(terms.tick_size > 0 && terms.lot_size > 0 && terms.min_quantity >= terms.lot_size);
        assert_eq!(terms.contract.is_none(), kind_of(symbol) == "SPOT");
    }
}
