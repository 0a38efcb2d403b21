//! What is missing, doubled or late at venues whose streams bring their books, and how the session asks for a book anew.

mod support;

use contracts::Record;
use ingestor::session::{Input, InstrumentFeed, LastIds};
use support::{Bench, feeds};
use venues::fixed::NANO;
use venues::symbols::Symbol;
use venues::venue::Venue;

const SECOND: i64 = 1_000_000_000;

fn venue(name: &str) -> Venue {
    Venue::of_name(name).unwrap()
}

fn symbols(names: &[&str]) -> Vec<Symbol> {
    names.iter().map(|name| Symbol::new(*name, NANO, NANO)).collect()
}

fn bench(name: &str, symbol: &str) -> Bench {
    Bench::of(venue(name), feeds(venue(name), &symbols(&[symbol])))
}

fn okx_book(action: &str, previous: i64, last: i64) -> String {
    format!(
        r#"{{"arg":{{"channel":"books","instId":"BTC-USDT"}},"action":"{action}","data":[{{"asks":[],"bids":[["{last}","1","0","1"]],"ts":"1","checksum":0,"prevSeqId":{previous},"seqId":{last}}}]}}"#
    )
}

fn advanced(number: i64, kind: &str, price: &str) -> String {
    format!(
        r#"{{"channel":"l2_data","client_id":"","timestamp":"2023-02-09T20:32:50Z","sequence_num":{number},"events":[{{"type":"{kind}","product_id":"BTC-USD","updates":[{{"side":"bid","event_time":"2023-02-09T20:32:50Z","price_level":"{price}","new_quantity":"1"}}]}}]}}"#
    )
}

#[test]
fn okx_numbers_tell_what_is_lost_doubled_and_late() {
    let mut bench = bench("okx", "BTC-USDT");
    bench.frame(okx_book("snapshot", -1, 10), 1);
    bench.frame(okx_book("update", 10, 12), 1);
    bench.frame(okx_book("update", 10, 12), 1);
    // A message that changes nothing has its predecessor's number, as often as the market is quiet.
    bench.frame(okx_book("update", 12, 12), 1);
    bench.frame(okx_book("update", 12, 12), 1);
    bench.frame(okx_book("update", 15, 17), 1);
    bench.frame(okx_book("update", 12, 15), 1);
    bench.frame(okx_book("update", 17, 18), 1);
    let expected = [
        "snapshot 10".to_owned(),
        "delta 12..12 Some(12000000000)".to_owned(),
        format!("dead okx duplicate {}", okx_book("update", 10, 12)),
        "delta 12..12 Some(12000000000)".to_owned(),
        "delta 12..12 Some(12000000000)".to_owned(),
        "gap book Some(13) Some(17)".to_owned(),
        "delta 17..17 None".to_owned(),
        format!("dead okx out_of_order {}", okx_book("update", 12, 15)),
        "delta 18..18 None".to_owned(),
    ];
    assert_eq!(bench.drained(), expected);
    let asked = [
        r#"{"op":"unsubscribe","args":[{"channel":"books","instId":"BTC-USDT"}]}"#,
        r#"{"op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"}]}"#,
    ];
    assert_eq!(bench.session.replies(0), [asked]);
    bench.frame(okx_book("snapshot", -1, 30), 1);
    bench.frame(okx_book("update", 30, 31), 1);
    assert_eq!(bench.drained(), ["snapshot 30", "delta 31..31 Some(31000000000)"]);
}

#[test]
fn a_wrong_checksum_is_a_gap_that_says_so() {
    let mut bench = bench("okx", "BTC-USDT");
    bench.frame(
        okx_book("snapshot", -1, 10).replace("\"checksum\":0", "\"checksum\":7"),
        1,
    );
    let mut reasons = Vec::new();
    bench.drain(|record| {
        if let Record::Gap(gap) = record {
            assert_eq!((gap.expected_id, gap.received_id), (None, None));
            reasons.push(gap.reason.to_owned());
        }
    });
    assert!(
        matches!(&reasons[..], [reason] if reason.contains("checksum") && reason.contains("venue's 7")),
        "{reasons:?}"
    );
    assert_eq!(bench.session.replies(0).concat().len(), 2);
}

#[test]
fn a_lost_frame_of_advanced_trade_costs_every_book_of_the_connection() {
    let name = "coinbase_advanced";
    let mut bench = Bench::of(venue(name), feeds(venue(name), &symbols(&["BTC-USD", "ETH-USD"])));
    bench.frame(advanced(0, "snapshot", "5"), 1);
    bench.frame(advanced(1, "update", "6"), 1);
    bench.frame(advanced(3, "update", "7"), 1);
    bench.frame(advanced(3, "update", "7"), 1);
    bench.frame(advanced(2, "update", "8"), 1);
    let records = bench.drained();
    assert_eq!(
        records[..5],
        [
            "snapshot 1",
            "delta 2..2 Some(6000000000)",
            "gap book Some(2) Some(3)",
            "gap book Some(2) Some(3)",
            "delta 3..3 None",
        ]
    );
    for late in &records[5..] {
        assert!(late.starts_with("dead coinbase_advanced duplicate"), "{late}");
    }
    let asked = bench.session.replies(0).concat();
    assert_eq!(asked.len(), 4);
    assert!(
        asked[1].contains("BTC-USD") && asked[3].contains("ETH-USD"),
        "{asked:?}"
    );
    // Numbers begin anew with a connection.
    bench.closed("reset by peer");
    bench.opened(2);
    bench.frame(advanced(0, "snapshot", "9"), 2);
    assert_eq!(
        bench.drained(),
        ["gap connection None None", "gap connection None None", "snapshot 4"]
    );
}

fn exchange_book(product: &str, price: &str, quantity: &str) -> String {
    format!(
        r#"{{"type":"l2update","product_id":"{product}","time":"2023-02-09T20:32:50Z","changes":[["buy","{price}","{quantity}"]]}}"#
    )
}

/// Two books of the Exchange feed, in step.
fn exchange_books() -> Bench {
    let name = "coinbase";
    let mut bench = Bench::of(venue(name), feeds(venue(name), &symbols(&["BTC-USD", "ETH-USD"])));
    for product in ["BTC-USD", "ETH-USD"] {
        bench.frame(
            format!(r#"{{"type":"snapshot","product_id":"{product}","bids":[["5","1"]],"asks":[["9","1"]]}}"#),
            1,
        );
    }
    assert_eq!(bench.drained(), ["snapshot 1", "snapshot 1"]);
    bench
}

#[test]
fn a_change_of_the_exchange_feed_that_cannot_be_read_costs_its_book() {
    let mut bench = exchange_books();
    let finer = exchange_book("ETH-USD", "6.00000000001", "1");
    bench.frame(&finer, 1);
    bench.frame(exchange_book("ETH-USD", "7", "1"), 1);
    bench.frame(exchange_book("BTC-USD", "6", "1"), 1);
    let expected = [
        "gap book None None".to_owned(),
        format!("dead coinbase parse {finer}"),
        "delta 2..2 None".to_owned(),
        "delta 2..2 Some(6000000000)".to_owned(),
    ];
    assert_eq!(bench.drained(), expected);
    let asked = bench.session.replies(0).concat();
    assert!(
        matches!(&asked[..], [left, taken] if left.contains("\"unsubscribe\"") && taken.contains("ETH-USD")),
        "{asked:?}"
    );
    bench.frame(
        r#"{"type":"snapshot","product_id":"ETH-USD","bids":[["7","1"]],"asks":[]}"#,
        2,
    );
    bench.frame(exchange_book("ETH-USD", "8", "1"), 2);
    assert_eq!(bench.drained(), ["snapshot 3", "delta 4..4 Some(8000000000)"]);
}

#[test]
fn a_frame_of_the_exchange_feed_that_does_not_say_what_it_is_costs_every_book() {
    for (unread, books) in [
        (r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","6"#, 1),
        (r#"{"type":"l2update","product"#, 2),
        (r#"{"ty"#, 2),
        (r#"{"type":"match","product_id":"BTC-USD","trade_id":"x"}"#, 0),
        (r#"{"type":"heartbeat","product_id":"BTC-USD"}"#, 0),
        (r#"{"type":"l2update","product_id":"DOGE-USD","changes":[]}"#, 0),
    ] {
        let mut bench = exchange_books();
        bench.frame(unread, 1);
        let records = bench.drained();
        let gaps = records.iter().filter(|record| *record == "gap book None None").count();
        assert_eq!((gaps, records.len()), (books, books + 1), "{unread}: {records:?}");
        assert_eq!(bench.session.replies(0).concat().len(), 2 * books, "{unread}");
    }
    let mut bench = exchange_books();
    bench.frame(b"{\"type\":\"l2update\",\"product_id\":\"ETH-USD\",\"x\":\"\xff\"}", 1);
    assert_eq!(bench.drained()[0], "gap book None None");
    assert_eq!(bench.session.replies(0).concat().len(), 2, "it was ETH-USD's");
}

#[test]
fn a_heartbeat_of_the_exchange_feed_tells_of_a_lost_trade() {
    let mut bench = bench("coinbase", "BTC-USD");
    let told = |id: i64| {
        format!(
            r#"{{"type":"match","trade_id":{id},"side":"sell","size":"1","price":"2","product_id":"BTC-USD","sequence":5,"time":"2014-11-07T08:19:27Z"}}"#
        )
    };
    let beat = |id: i64| {
        format!(
            r#"{{"type":"heartbeat","sequence":90,"last_trade_id":{id},"product_id":"BTC-USD","time":"2014-11-07T08:19:28Z"}}"#
        )
    };
    bench.frame(told(10), 0);
    bench.frame(beat(10), SECOND);
    // The last match before a quiet spell is lost.
    bench.frame(beat(11), 2 * SECOND);
    assert_eq!(bench.drained(), ["trade 10 Buy"], "it may be on its way");
    bench.cut();
    bench.frame(beat(11), 3 * SECOND);
    bench.frame(beat(11), 4 * SECOND);
    bench.frame(told(12), 5 * SECOND);
    bench.frame(told(11), 5 * SECOND);
    assert_eq!(
        bench.drained(),
        ["gap trade Some(11) Some(12)", "trade 12 Buy", "trade 11 Buy"]
    );
}

#[test]
fn a_price_of_oanda_that_cannot_be_read_costs_its_book_until_the_next() {
    let name = "oanda";
    let mut bench = Bench::of(venue(name), feeds(venue(name), &symbols(&["EUR_USD", "USD_JPY"])));
    let price = |instrument: &str, bid: &str| {
        format!(
            r#"{{"type":"PRICE","time":"2023-02-09T20:32:50.000000000Z","bids":[{{"price":"{bid}","liquidity":1}}],"asks":[],"tradeable":true,"instrument":"{instrument}"}}"#
        )
    };
    for instrument in ["EUR_USD", "USD_JPY"] {
        bench.frame(price(instrument, "1.1"), 1);
    }
    bench.drained();
    bench.frame(price("USD_JPY", "1.1x"), 2);
    let in_step = |bench: &Bench| [0, 1].map(|index| bench.session.instruments()[index].is_synchronised());
    assert_eq!(bench.drained()[0], "gap book None None");
    assert_eq!(in_step(&bench), [true, false]);
    bench.frame(price("USD_JPY", "1.2"), 3);
    assert_eq!(in_step(&bench), [true, true]);
    assert_eq!(bench.session.replies(0).len(), 0, "the next price is a whole book");
}

#[test]
fn a_book_that_does_not_come_is_asked_for_again_but_not_too_often() {
    let mut bench = bench("okx", "BTC-USDT");
    let late = |bench: &mut Bench, receive_ns| {
        // Each message is another one: it has the second for a number.
        let number = receive_ns / SECOND;
        bench.frame(okx_book("update", number - 1, number), receive_ns);
        bench.session.replies(0).concat().len()
    };
    assert_eq!(
        late(&mut bench, SECOND),
        0,
        "the subscription's own snapshot may be on its way"
    );
    assert_eq!(late(&mut bench, 15 * SECOND), 2);
    assert_eq!(late(&mut bench, 16 * SECOND), 0);
    bench.take(Input::Time, 30 * SECOND);
    assert_eq!(bench.session.replies(0).concat().len(), 2, "also while nothing comes");
    bench.take(Input::Time, 45 * SECOND);
    bench.closed("reset by peer");
    assert_eq!(bench.session.replies(0).len(), 0, "the next connection subscribes anew");
}

#[test]
fn instruments_are_dealt_out_over_connections() {
    let names: Vec<String> = (0..250).map(|index| format!("COIN{index}-USD")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let coinbase = venue("coinbase");
    let mut bench = Bench::of(coinbase, feeds(coinbase, &symbols(&names)));
    assert_eq!(bench.session.connections(), 3);
    let told = |connection| bench.session.opening(connection).messages.concat();
    assert!(told(0).contains("COIN99-USD") && told(1).contains("COIN100-USD") && told(2).contains("COIN249-USD"));
    assert!(!told(1).contains("COIN99-USD") && !told(2).contains("COIN199-USD"));
    bench.take(Input::Opened { connection: 2 }, 1);
    let trade = r#"{"type":"match","trade_id":10,"side":"sell","size":"1","price":"2","product_id":"COIN249-USD","sequence":5,"time":"2014-11-07T08:19:27Z"}"#;
    let payload = trade.as_bytes();
    bench.take(Input::Frame { connection: 2, payload }, 1);
    bench.take(Input::Frame { connection: 1, payload }, 1);
    let records = bench.drained();
    assert_eq!(records[0], "trade 10 Buy");
    assert!(records[1].starts_with("dead coinbase unknown_stream"), "{}", records[1]);
    // A lost connection is a gap of its own instruments.
    let closed = Input::Closed {
        connection: 2,
        reason: "reset by peer",
    };
    bench.take(closed, 2);
    bench.take(Input::Opened { connection: 2 }, 3);
    assert_eq!(bench.drained(), ["gap connection None None"; 50]);
}

#[test]
fn counted_numbers_go_on_behind_the_log() {
    let kraken = venue("kraken");
    let last = LastIds {
        trade: Some(41),
        quote: Some(7),
        book: None,
    };
    let known = |feed: InstrumentFeed| feed.resume(last, "started again");
    let feeds = feeds(kraken, &symbols(&["XBT/USD"]));
    let mut bench = Bench::of(kraken, feeds.into_iter().map(known).collect());
    bench.frame(
        r#"[0,[["5.1","1.0","1534614057.3","s","l",""]],"trade","XBT/USD"]"#,
        1_000,
    );
    bench.frame(
        r#"[0,["5.1","5.2","1534614057.3","1.0","1.0"],"spread","XBT/USD"]"#,
        1_000,
    );
    bench.frame(
        r#"[0,{"as":[],"bs":[["5.1","1.0","1534614057.3"]]},"book-1000","XBT/USD"]"#,
        1_000,
    );
    assert_eq!(
        bench.drained(),
        ["gap connection None None", "trade 42 Sell", "quote 8", "snapshot 1000"]
    );
}
