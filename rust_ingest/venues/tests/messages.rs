//! Messages in every shape that JSON allows, and in shapes that it does not.

mod support;

use proptest::prelude::*;
use proptest::sample::Index;
use support::{OwnedBookTicker, OwnedDepth, OwnedFrame, OwnedTrade, btcusdt};
use venues::binance::ParseError;
use venues::binance::dialect::Dialect;
use venues::binance::envelope::Envelope;
use venues::binance::market::{BookTicker, Depth, Trade};
use venues::binance::rest::Snapshot;
use venues::fixed::FixedError;
use venues::l2_book::{Level, Levels};
use venues::scan::ScanError;

const TRADE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256321,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}}"#;
const QUOTE: &str = r#"{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}"#;
const DEPTH: &str = r#"{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":5,"u":7,"pu":4,"b":[["58710.20","0.014"],["1.5","0.000"]],"a":[]}}"#;
const SNAPSHOT: &str = r#"{"lastUpdateId":7,"bids":[["2.0","1.0"]],"asks":[["3.0","1.5",[]]]}"#;

fn trade(text: &str) -> Result<(i64, i64, i64, bool), ParseError> {
    let mut envelope = Envelope::open(text)?;
    let trade = Trade::read(&mut envelope.data, &btcusdt())?;
    envelope.close()?;
    Ok((trade.trade_id, trade.price, trade.quantity, trade.buyer_is_maker))
}

fn quote(text: &str) -> Result<BookTicker, ParseError> {
    let mut envelope = Envelope::open(text)?;
    let quote = BookTicker::read(&mut envelope.data, &btcusdt())?;
    envelope.close()?;
    Ok(quote)
}

fn depth(text: &str) -> Result<(Depth, Levels), ParseError> {
    let mut envelope = Envelope::open(text)?;
    let mut levels = Levels::default();
    let depth = Depth::read(&mut envelope.data, Dialect::UsdM, &btcusdt(), &mut levels)?;
    envelope.close()?;
    Ok((depth, levels))
}

fn snapshot(text: &str) -> Result<(Snapshot, Levels), ParseError> {
    let mut levels = Levels::default();
    Ok((Snapshot::parse(text, &btcusdt(), &mut levels)?, levels))
}

#[test]
fn what_each_message_says() {
    assert_eq!(trade(TRADE), Ok((5_266_583_935, 61_800_300_000_000, 6_000_000, false)));
    let bid = Level {
        price: 61_837_630_000_000,
        quantity: 3_788_260_000,
    };
    assert_eq!(
        quote(QUOTE).map(|quote| (quote.update_id, quote.bid)),
        Ok((50_093_239_212, bid))
    );
    let (event, changes) = depth(DEPTH).unwrap();
    assert_eq!(
        (event.ids.first, event.ids.last, event.ids.previous_final),
        (5, 7, Some(4))
    );
    assert_eq!(
        changes.bids[1],
        Level {
            price: 1_500_000_000,
            quantity: 0
        }
    );
    assert_eq!((changes.bids.len(), changes.asks.len()), (2, 0));
    let (book, levels) = snapshot(SNAPSHOT).unwrap();
    assert_eq!((book.last_update_id, levels.asks[0].quantity), (7, 1_500_000_000));
}

#[test]
fn errors_say_what_and_where() {
    let position = TRADE.find("0.006").unwrap();
    let fixed = |position, source| Err(ParseError::Scan(ScanError::Fixed { position, source }));
    assert_eq!(
        trade(&TRADE.replace("0.006", "0.0000000001")),
        fixed(position, FixedError::TooFine { exponent: -9 })
    );
    assert_eq!(
        trade(&TRADE.replace("0.006", "-0.006")),
        fixed(position, FixedError::Negative)
    );
    assert_eq!(
        trade(&TRADE.replace("\"t\":5266583935,", "")),
        Err(ScanError::Missing { field: "t" }.into())
    );
    let twice = TRADE.replace("\"m\":false", "\"m\":false,\"m\":true");
    let position = twice.len() - "}}".len();
    assert_eq!(trade(&twice), Err(ScanError::Repeated { position, field: "m" }.into()));
    let foreign = trade(&TRADE.replace("\"BTCUSDT\"", "\"ETHUSDT\""))
        .unwrap_err()
        .to_string();
    let position = TRADE.find("\"BTCUSDT\"").unwrap();
    assert_eq!(
        foreign,
        format!("byte {position}: \"ETHUSDT\" where this stream has \"BTCUSDT\"")
    );
    let far = TRADE.replace("1723161256321", "9223372036854775807");
    assert!(matches!(trade(&far), Err(ParseError::Time { field: "T", .. })));
    let backwards = depth(&DEPTH.replace("\"u\":7", "\"u\":4"));
    assert!(matches!(backwards, Err(ParseError::Backwards { later_id: 4, .. })));
    assert_eq!(
        depth(&DEPTH.replace("\"pu\":4,", "")),
        Err(ScanError::Missing { field: "pu" }.into())
    );
    assert!(
        depth(&DEPTH.replace("[\"1.5\",\"0.000\"]", "[\"1.5\"]")).is_err(),
        "a level without a quantity"
    );
    assert!(snapshot(&SNAPSHOT.replace("\"bids\"", "\"bid\"")).is_err());
}

#[test]
fn an_escaped_symbol_is_the_symbol() {
    assert!(trade(&TRADE.replace("\"BTCUSDT\"", r#""\u0042TCUSDT""#)).is_ok());
}

/// The text of an object with its fields in the order of `order`, unknown ones among them, and white space.
fn shuffled(object: &serde_json::Value, order: &[Index], unknown: &serde_json::Value) -> String {
    let mut fields: Vec<String> = object
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| format!(" \"{key}\" : {value}\n"))
        .collect();
    fields.push(format!("\"unknown\":{unknown}"));
    for index in order {
        let field = fields.remove(index.index(fields.len()));
        fields.push(field);
    }
    format!("{{{}}}", fields.join(","))
}

/// The text with any one byte changed into any other, as far as that is text.
fn garbled(text: &str) -> impl Iterator<Item = String> {
    (0..text.len()).flat_map(move |position| {
        (0..=u8::MAX).filter_map(move |byte| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[position] = byte;
            String::from_utf8(bytes).ok()
        })
    })
}

/// No panic, and what is still taken serde takes too, with the same numbers.
#[test]
fn garbled_messages_are_refused_or_read_right() {
    for text in garbled(TRADE) {
        if let Ok((trade_id, price, quantity, buyer_is_maker)) = trade(&text) {
            let owned = serde_json::from_str::<OwnedFrame<OwnedTrade>>(&text).expect(&text).data;
            assert_eq!((trade_id, buyer_is_maker), (owned.trade_id, owned.buyer_is_maker));
            assert_eq!(
                (price, quantity),
                (support::nano(&owned.price), support::nano(&owned.quantity))
            );
        }
    }
    for text in garbled(QUOTE) {
        if let Ok(quote) = quote(&text) {
            let owned = serde_json::from_str::<OwnedFrame<OwnedBookTicker>>(&text)
                .expect(&text)
                .data;
            assert_eq!(quote.update_id, owned.update_id);
            assert_eq!(quote.ask.quantity, support::nano(&owned.ask_quantity));
        }
    }
    for text in garbled(DEPTH) {
        if let Ok((depth, levels)) = depth(&text) {
            let owned = serde_json::from_str::<OwnedFrame<OwnedDepth>>(&text).expect(&text).data;
            assert_eq!((depth.ids.first, depth.ids.last), (owned.first, owned.last));
            assert_eq!(levels.bids.len(), owned.bids.len());
        }
    }
}

proptest! {
    #[test]
    fn order_white_space_and_unknown_fields_do_not_matter(
        order in proptest::collection::vec(any::<Index>(), 12),
        unknown in proptest::sample::select(vec!["null", "-1.5e9", "{\"p\":[1,{}]}", "\"a\\\"b\"", "[[],\"\"]"]),
    ) {
        let unknown = serde_json::from_str(unknown).unwrap();
        let reordered = |text: &str| {
            let frame: serde_json::Value = serde_json::from_str(text).unwrap();
            let data = shuffled(&frame["data"], &order, &unknown);
            let stream = &frame["stream"];
            [format!("{{\"stream\":{stream},\"data\":{data}}}"), format!("{{\"data\":{data},\"stream\":{stream}}}")]
        };
        for text in reordered(TRADE) {
            prop_assert_eq!(trade(&text), trade(TRADE));
        }
        for text in reordered(QUOTE) {
            prop_assert_eq!(quote(&text), quote(QUOTE));
        }
        for text in reordered(DEPTH) {
            prop_assert_eq!(depth(&text), depth(DEPTH));
        }
    }

    #[test]
    fn truncated_messages_are_refused(cut in any::<Index>()) {
        let cut = |text: &'static str| &text[..cut.index(text.len())];
        prop_assert!(trade(cut(TRADE)).is_err());
        prop_assert!(quote(cut(QUOTE)).is_err());
        prop_assert!(depth(cut(DEPTH)).is_err());
        prop_assert!(snapshot(cut(SNAPSHOT)).is_err());
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(trade(&text).is_err() && quote(&text).is_err());
        prop_assert!(depth(&text).is_err() && snapshot(&text).is_err());
    }
}
