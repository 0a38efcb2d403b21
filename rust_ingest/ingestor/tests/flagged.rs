//! Crossed, locked and out-of-order events of every venue: each becomes its record, which says so.

mod support;

use contracts::Record;
use contracts::tick_flags::{CROSSED, LOCKED, OUT_OF_ORDER};
use support::expected::bench;

/// The flags of the records that these frames become.
fn flags(venue: &str, symbol: &str, frames: &[&str]) -> Vec<i32> {
    let mut bench = bench(venue, symbol, (-9, -9));
    let mut flags = Vec::new();
    for frame in frames {
        bench.frame(frame, 77);
        bench.drain(|record| flags.push(flags_of(record)));
    }
    flags
}

fn flags_of(record: &Record<'_>) -> i32 {
    match record {
        Record::Trade(record) => record.flags,
        Record::Quote(record) => record.flags,
        Record::BookDelta(record) => record.flags,
        Record::BookSnapshot(record) => record.flags,
        other => panic!("{other:?}"),
    }
}

#[test]
fn binance() {
    let quote = |id: i64, bid: &str, at: i64| {
        format!(
            r#"{{"stream":"btcusdt@bookTicker","data":{{"e":"bookTicker","u":{id},"s":"BTCUSDT","b":"{bid}","B":"1.0","a":"3.0","A":"1.0","T":{at},"E":{at}}}}}"#
        )
    };
    let quotes = [
        quote(1, "2.0", 20),
        quote(2, "3.0", 20),
        quote(3, "3.5", 19),
        quote(4, "2.0", 21),
    ];
    let frames: Vec<&str> = quotes.iter().map(String::as_str).collect();
    assert_eq!(
        flags("binance_usdm", "BTCUSDT", &frames),
        [0, LOCKED, CROSSED | OUT_OF_ORDER, 0]
    );
    // Spot's tell no time.
    let spot = quotes.map(|quote| quote.split(",\"T\"").next().unwrap().to_owned() + "}}");
    let frames: Vec<&str> = spot.iter().map(String::as_str).collect();
    assert_eq!(flags("binance", "BTCUSDT", &frames), [0, LOCKED, CROSSED, 0]);
    let trade = |id: i64, at: i64| {
        format!(
            r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":30,"s":"BTCUSDT","t":{id},"p":"2.0","q":"1.0","T":{at},"m":true,"M":true}}}}"#
        )
    };
    let trades = [trade(1, 10), trade(2, 9), trade(3, 9), trade(4, 10)];
    let frames: Vec<&str> = trades.iter().map(String::as_str).collect();
    assert_eq!(flags("binance", "BTCUSDT", &frames), [0, OUT_OF_ORDER, OUT_OF_ORDER, 0]);
    // Numbered below the last one: a gap named it, and it comes only now.
    let mut late = bench("binance", "BTCUSDT", (-9, -9));
    for id in [1, 4, 2] {
        late.frame(trade(id, 10), 77);
    }
    let mut found = Vec::new();
    late.drain(|record| found.extend(matches!(record, Record::Trade(_)).then(|| flags_of(record))));
    assert_eq!(found, [0, 0, OUT_OF_ORDER]);
}

#[test]
fn coinbase() {
    let ticker = |bid: &str, second: i64| {
        format!(
            r#"{{"type":"ticker","sequence":1,"product_id":"BTC-USD","price":"2","best_bid":"{bid}","best_bid_size":"1","best_ask":"3","best_ask_size":"1","side":"buy","time":"2022-10-19T23:28:{second}.061769Z","trade_id":1,"last_size":"1"}}"#
        )
    };
    let tickers = [ticker("3", 20), ticker("4", 19), ticker("2", 20), ticker("", 20)];
    let frames: Vec<&str> = tickers.iter().map(String::as_str).collect();
    assert_eq!(
        flags("coinbase", "BTC-USD", &frames),
        [LOCKED, CROSSED | OUT_OF_ORDER, 0, 0]
    );
    let book = [
        r#"{"type":"snapshot","product_id":"BTC-USD","bids":[["101","2"]],"asks":[["102","3"]]}"#,
        r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","102","1"]],"time":"2022-08-04T15:25:05.010758Z"}"#,
        r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","103","1"]],"time":"2022-08-04T15:25:05.010758Z"}"#,
        r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","103","0"],["buy","102","0"]],"time":"2022-08-04T15:25:04.010758Z"}"#,
        r#"{"type":"snapshot","product_id":"BTC-USD","bids":[["102","2"]],"asks":[["102","3"]]}"#,
    ];
    assert_eq!(
        flags("coinbase", "BTC-USD", &book),
        [0, LOCKED, CROSSED, OUT_OF_ORDER, LOCKED]
    );
}

#[test]
fn okx() {
    let quote = |bid: &str, at: i64| {
        format!(
            r#"{{"arg":{{"channel":"bbo-tbt","instId":"BTC-USDT"}},"data":[{{"asks":[["3","1","0","1"]],"bids":[["{bid}","1","0","1"]],"ts":"{at}","seqId":{at}}}]}}"#
        )
    };
    let quotes = [quote("3", 20), quote("4", 19), quote("2", 20)];
    let frames: Vec<&str> = quotes.iter().map(String::as_str).collect();
    assert_eq!(flags("okx", "BTC-USDT", &frames), [LOCKED, CROSSED | OUT_OF_ORDER, 0]);
}

#[test]
fn kraken() {
    let spread = |bid: &str, at: &str| format!(r#"[0,["{bid}","3.0","{at}","1.0","1.0"],"spread","XBT/USD"]"#);
    let quotes = [
        spread("3.0", "20.000001"),
        spread("4.0", "20.000000"),
        spread("2.0", "20.000001"),
    ];
    let frames: Vec<&str> = quotes.iter().map(String::as_str).collect();
    assert_eq!(flags("kraken", "XBT/USD", &frames), [LOCKED, CROSSED | OUT_OF_ORDER, 0]);
}
