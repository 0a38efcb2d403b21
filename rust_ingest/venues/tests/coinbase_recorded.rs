//! Every message of the recorded Exchange feed: trades and tickers joined, the book beside the venue's best prices, and
//! lines taken away.

mod support;

use std::collections::{HashMap, HashSet};

use contracts::Side;
use support::{answers, received};
use venues::coinbase::dialect::Dialect;
use venues::coinbase::frame::{Frame, Message};
use venues::coinbase::instruments::{Class, listings};
use venues::coinbase::market::{Symbol, Trade};
use venues::coinbase::streams::Streams;
use venues::dialect::Listing as _;
use venues::fixed::Scale;
use venues::l2_book::L2Book;
use venues::sequence::{GaplessIds, Step};
use venues::streamed_book::{StreamRule, StreamedBook};

const STREAM: &str = "COINBASE.ws.28.0.gz";
const PRODUCTS: [&str; 10] = [
    "SKL-USD", "SKL-BTC", "BAND-GBP", "NMR-EUR", "BAND-BTC", "YFI-BTC", "DASH-BTC", "NU-GBP", "CRV-EUR", "SKL-GBP",
];

fn streams() -> Streams {
    let scale = Scale::new(-8).unwrap();
    let symbol = |name: &str| Symbol::new(name, scale, scale);
    Streams::of(Dialect::Exchange, PRODUCTS.map(symbol).to_vec())
}

fn read<'a>(frame: &'a mut Frame, streams: &Streams, text: &str) -> &'a Message {
    let read = frame.read(Dialect::Exchange, streams, text);
    read.unwrap_or_else(|error| panic!("{error}: {text}"));
    &frame.messages()[0]
}

#[test]
fn every_message_is_read() {
    let Some(lines) = received(STREAM) else { return };
    let (streams, mut frame) = (streams(), Frame::default());
    let mut counts = HashMap::new();
    for text in &lines {
        let kind = match read(&mut frame, &streams, text) {
            Message::Trade { trade, .. } if trade.is_past => "last_match",
            Message::Trade { .. } => "match",
            Message::Ticker { .. } => "ticker",
            Message::Book { book, .. } if book.is_snapshot => "snapshot",
            Message::Book { .. } => "l2update",
            Message::Subscriptions(_) => "subscriptions",
            other => panic!("{other:?}"),
        };
        *counts.entry(kind).or_insert(0) += 1;
        let theirs: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(theirs["type"], kind);
    }
    let expected = [
        ("l2update", 9_719),
        ("ticker", 107),
        ("match", 97),
        ("last_match", 10),
        ("snapshot", 10),
        ("subscriptions", 3),
    ];
    assert_eq!(counts, HashMap::from(expected));
}

#[test]
fn tickers_join_their_trades_and_have_the_books_best_prices() {
    let Some(lines) = received(STREAM) else { return };
    let (streams, mut frame) = (streams(), Frame::default());
    let mut trades: HashMap<(usize, i64), Trade> = HashMap::new();
    let mut tickers = Vec::new();
    let mut books: Vec<StreamedBook> = PRODUCTS
        .iter()
        .map(|_| StreamedBook::new(StreamRule::Coinbase, L2Book::default()))
        .collect();
    let mut same_top = 0;
    for text in &lines {
        read(&mut frame, &streams, text);
        match &frame.messages()[0] {
            Message::Trade { symbol, trade } => {
                assert_eq!(trades.insert((*symbol, trade.trade_id), *trade), None);
            }
            Message::Ticker { symbol, ticker } => {
                let best = books[*symbol].top().map(|top| (top.bid, top.ask));
                let prices = best.map(|(bid, ask)| (bid.map(|level| level.price), ask.map(|level| level.price)));
                let theirs = (ticker.bid.map(|best| best.price), ticker.ask.map(|best| best.price));
                same_top += usize::from(prices == Some(theirs));
                tickers.push((*symbol, *ticker));
            }
            Message::Book { symbol, book, levels } => {
                let levels = frame.levels(*levels).unwrap();
                let step = match book.is_snapshot {
                    true => books[*symbol].on_snapshot(levels, None, None),
                    false => books[*symbol].on_update(levels, None, None),
                };
                assert!(matches!(step, Ok(venues::book_steps::StreamStep::Taken(_))), "{step:?}");
            }
            _ => {}
        }
    }
    let mut sides = HashSet::new();
    for (symbol, ticker) in &tickers {
        let last = ticker.last.unwrap();
        let trade = trades[&(*symbol, last.trade_id)];
        assert_eq!(trade.aggressor, last.aggressor);
        assert_eq!((trade.price, trade.quantity), (ticker.price, last.quantity));
        assert_eq!((trade.event_ns, trade.sequence), (last.event_ns, ticker.sequence));
        // The venue's word for a match is the maker's side.
        sides.insert(trade.aggressor == Side::Buy);
    }
    assert_eq!((tickers.len(), same_top, sides.len()), (107, 100, 2));
}

/// Trade ids tell of each match that is taken away, except of a product's first and last ones, which nothing follows or
/// goes before.
#[test]
fn a_match_taken_away_is_a_gap() {
    let Some(lines) = received(STREAM) else { return };
    let (streams, mut frame) = (streams(), Frame::default());
    let trades: Vec<(usize, i64)> = lines
        .iter()
        .filter_map(|text| match read(&mut frame, &streams, text) {
            Message::Trade { symbol, trade } => Some((*symbol, trade.trade_id)),
            _ => None,
        })
        .collect();
    let gaps = |taken: Option<usize>| -> Vec<(usize, i64)> {
        let mut ids = [GaplessIds::default(); PRODUCTS.len()];
        let kept = trades.iter().enumerate().filter(|(index, _)| Some(*index) != taken);
        kept.filter_map(|(_, (symbol, id))| match ids[*symbol].step(*id) {
            Step::Next => None,
            Step::Gap { expected } => Some((*symbol, expected)),
            Step::Old { last } => panic!("trade {id} after {last}"),
        })
        .collect()
    };
    assert_eq!(gaps(None), []);
    let mut noticed = 0;
    for (index, taken) in trades.iter().enumerate() {
        let others = |all: &[(usize, i64)]| all.iter().any(|(symbol, _)| *symbol == taken.0);
        let is_between = others(&trades[..index]) && others(&trades[index + 1..]);
        assert_eq!(gaps(Some(index)), if is_between { vec![*taken] } else { vec![] });
        noticed += usize::from(is_between);
    }
    assert!(noticed >= 80, "{noticed}");
}

/// The recorded changes in the words of Advanced Trade, where each frame has a number: any one taken away is a gap, and
/// the books are those of the Exchange feed.
#[test]
fn a_numbered_frame_taken_away_is_a_gap() {
    let Some(lines) = received(STREAM) else { return };
    let (streams, mut frame) = (streams(), Frame::default());
    let changes = lines
        .iter()
        .filter(|text| text.contains(r#""type":"l2update""#))
        .take(1_000);
    let mut sequences = Vec::new();
    for (number, text) in changes.enumerate() {
        frame.read(Dialect::Exchange, &streams, text).unwrap();
        let (theirs, levels) = (frame.messages().to_vec(), frame.levels(0).cloned());
        let advanced = in_advanced_words(text, number);
        let read = frame.read(Dialect::AdvancedTrade, &streams, &advanced);
        read.unwrap_or_else(|error| panic!("{error}: {advanced}"));
        assert_eq!((frame.messages(), frame.levels(0)), (&theirs[..], levels.as_ref()));
        sequences.push(frame.sequence().unwrap());
    }
    assert_eq!(sequences.len(), 1_000);
    for taken in 1..sequences.len() - 1 {
        let mut ids = GaplessIds::default();
        let kept = sequences.iter().filter(|sequence| **sequence != taken as i64);
        let steps = kept.map(|sequence| ids.step(*sequence));
        let gaps: Vec<Step> = steps.filter(|step| *step != Step::Next).collect();
        let expected = taken as i64;
        assert_eq!(gaps, [Step::Gap { expected }]);
    }
}

fn in_advanced_words(l2update: &str, number: usize) -> String {
    let update: serde_json::Value = serde_json::from_str(l2update).unwrap();
    let change = |change: &serde_json::Value| {
        let side = if change[0] == "buy" { "bid" } else { "offer" };
        serde_json::json!({
            "side": side, "event_time": update["time"], "price_level": change[1], "new_quantity": change[2],
        })
    };
    let updates: Vec<serde_json::Value> = update["changes"].as_array().unwrap().iter().map(change).collect();
    let event = serde_json::json!({"type": "update", "product_id": update["product_id"], "updates": updates});
    serde_json::json!({
        "channel": "l2_data", "client_id": "", "timestamp": update["time"], "sequence_num": number, "events": [event],
    })
    .to_string()
}

#[test]
fn recorded_products_have_terms() {
    let Some(answers) = answers("COINBASE.0.gz") else {
        return;
    };
    let (_, body) = &answers[0];
    let scale = Scale::new(-8).unwrap();
    for listing in listings(Dialect::Exchange, body.as_bytes(), &PRODUCTS).unwrap() {
        let terms = listing.terms(scale, scale).unwrap();
        assert_eq!((terms.class, &terms.instrument), (Class::Spot, &terms.symbol));
        assert!(terms.tick_size > 0 && terms.lot_size > 0 && terms.min_quantity >= terms.lot_size);
        assert!(terms.max_quantity > terms.min_quantity && terms.min_notional > 0);
    }
}
