//! Each kind of message of COIN-M, Coinbase, OANDA, OKX and TrueFX, field by field in the record that it becomes.

mod support;

use contracts::tick_flags::{CROSSED, OUT_OF_ORDER};
use contracts::{BookDelta, BookSnapshot, Quote, Record, Side, Trade};
use ingestor::session::News;
use support::expected::{becomes, bench, delta, level, ns, quote, snapshot, trade};

#[test]
fn binance_coin_m() {
    let mut bench = bench("binance_coinm", "BTCUSD_PERP", (-9, -9));
    let (venue, instrument) = ("binance_coinm", "BTCUSD_PERP");
    let times = (Some(1_723_161_257_432_000_000), Some(1_723_161_257_440_000_000));
    becomes(
        &mut bench,
        r#"{"stream":"btcusd_perp@trade","data":{"e":"trade","E":1723161257687,"T":1723161257679,"s":"BTCUSD_PERP","t":849714402,"p":"61804.8","q":"4","X":"MARKET","m":false}}"#,
        // Four contracts.
        &[Record::Trade(Trade {
            event_ns: 1_723_161_257_679_000_000,
            publish_ns: 1_723_161_257_687_000_000,
            trade_id: 849_714_402,
            price: 61_804_800_000_000,
            quantity: 4_000_000_000,
            aggressor: Side::Buy,
            trade_type: "MARKET",
            ..trade(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"{"stream":"btcusd_perp@bookTicker","data":{"u":1007198632021,"e":"bookTicker","s":"BTCUSD_PERP","ps":"BTCUSD","b":"61804.7","B":"35","a":"61804.8","A":"1645","T":1723161257432,"E":1723161257440}}"#,
        &[Record::Quote(Quote {
            event_ns: times.0,
            publish_ns: times.1,
            update_id: 1_007_198_632_021,
            bid_price: 61_804_700_000_000,
            bid_quantity: 35_000_000_000,
            ask_price: 61_804_800_000_000,
            ask_quantity: 1_645_000_000_000,
            ..quote(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"{"stream":"btcusd_perp@depth@0ms","data":{"e":"depthUpdate","E":1723161257440,"T":1723161257432,"s":"BTCUSD_PERP","ps":"BTCUSD","U":7,"u":9,"pu":5,"b":[["61773.6","1001"]],"a":[["61801.4","0"]]}}"#,
        // Its snapshot comes by REST.
        &[Record::BookDelta(BookDelta {
            event_ns: times.0,
            publish_ns: times.1,
            first_update_id: 7,
            final_update_id: 9,
            previous_update_id: Some(5),
            bids: vec![level(61_773_600_000_000, 1_001_000_000_000)],
            asks: vec![level(61_801_400_000_000, 0)],
            ..delta(venue, instrument)
        })],
    );
}

#[test]
fn coinbase_exchange() {
    let mut bench = bench("coinbase", "BTC-USD", (-9, -9));
    let (venue, instrument) = ("coinbase", "BTC-USD");
    let event_ns = ns("2014-11-07T08:19:27.028459Z");
    becomes(
        &mut bench,
        r#"{"type":"match","trade_id":10,"side":"sell","size":"5.23512","price":"400.23","product_id":"BTC-USD","sequence":50,"time":"2014-11-07T08:19:27.028459Z"}"#,
        // The maker sold, so the taker bought. The feed does not say when it sent the message.
        &[Record::Trade(Trade {
            event_ns,
            publish_ns: event_ns,
            trade_id: 10,
            price: 400_230_000_000,
            quantity: 5_235_120_000,
            ..trade(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"{"type":"ticker","sequence":37475248783,"product_id":"BTC-USD","price":"1285.22","best_bid":"1285.04","best_bid_size":"0.46688654","best_ask":"1285.27","side":"buy","time":"2022-10-19T23:28:22.061769Z","trade_id":370843401,"last_size":"11.4396987"}"#,
        &[Record::Quote(Quote {
            event_ns: Some(ns("2022-10-19T23:28:22.061769Z")),
            update_id: 37_475_248_783,
            bid_price: 1_285_040_000_000,
            bid_quantity: 466_886_540,
            ask_price: 1_285_270_000_000,
            // Told by newer tickers only.
            ask_quantity: 0,
            ..quote(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"{"type":"snapshot","product_id":"BTC-USD","bids":[["101.5","2"]],"asks":[["102.5","3"]]}"#,
        &[Record::BookSnapshot(BookSnapshot {
            bids: vec![level(101_500_000_000, 2_000_000_000)],
            asks: vec![level(102_500_000_000, 3_000_000_000)],
            ..snapshot(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","101.5","0"],["buy","101","4"]],"time":"2022-08-04T15:25:05.010758Z"}"#,
        &[Record::BookDelta(BookDelta {
            event_ns: Some(ns("2022-08-04T15:25:05.010758Z")),
            bids: vec![level(101_500_000_000, 0), level(101_000_000_000, 4_000_000_000)],
            bid_price: Some(101_000_000_000),
            bid_quantity: Some(4_000_000_000),
            ask_price: Some(102_500_000_000),
            ask_quantity: Some(3_000_000_000),
            ..delta(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"{"type":"ticker","sequence":1,"product_id":"BTC-USD","price":"0","best_bid":"1.5","best_bid_size":"2","best_ask":""}"#,
        // A side without orders is 0.
        &[Record::Quote(Quote {
            update_id: 1,
            bid_price: 1_500_000_000,
            bid_quantity: 2_000_000_000,
            ..quote(venue, instrument)
        })],
    );
    let quiet = [
        r#"{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07T08:19:28.464459Z"}"#,
        r#"{"type":"subscriptions","channels":[{"name":"level2_batch","product_ids":["BTC-USD"]}]}"#,
    ];
    for frame in quiet {
        becomes(&mut bench, frame, &[]);
    }
    bench.frame(
        r#"{"type":"error","message":"Failed to subscribe","reason":"too many"}"#,
        1,
    );
    assert_eq!(
        bench.drained(),
        [r#"dead coinbase refused {"type":"error","message":"Failed to subscribe","reason":"too many"}"#]
    );
}

#[test]
fn coinbase_advanced_trade() {
    let mut bench = bench("coinbase_advanced", "BTC-USD", (-9, -9));
    let (venue, instrument) = ("coinbase_advanced", "BTC-USD");
    let frame = |number: i64, channel: &str, event: &str| {
        format!(
            r#"{{"channel":"{channel}","client_id":"","timestamp":"2023-02-09T20:32:50.7Z","sequence_num":{number},"events":[{event}]}}"#
        )
    };
    let publish_ns = ns("2023-02-09T20:32:50.7Z");
    let event_ns = ns("2023-02-09T20:32:50.5Z");
    let trades = r#"{"type":"update","trades":[{"trade_id":"12","product_id":"BTC-USD","price":"1260.02","size":"0.3","side":"SELL","time":"2023-02-09T20:32:50.5Z"},{"trade_id":"11","product_id":"BTC-USD","price":"1260.01","size":"0.2","side":"BUY","time":"2023-02-09T20:32:50.5Z"}]}"#;
    let sold = Trade {
        event_ns,
        publish_ns,
        trade_id: 11,
        price: 1_260_010_000_000,
        quantity: 200_000_000,
        aggressor: Side::Sell,
        ..trade(venue, instrument)
    };
    let bought = Trade {
        trade_id: 12,
        price: 1_260_020_000_000,
        quantity: 300_000_000,
        aggressor: Side::Buy,
        ..sold
    };
    let both = [Record::Trade(sold), Record::Trade(bought)];
    becomes(&mut bench, &frame(0, "market_trades", trades), &both);
    let ticker = r#"{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"21.9","best_bid":"21.5","best_bid_quantity":"8","best_ask":"21.7","best_ask_quantity":"9"}]}"#;
    becomes(
        &mut bench,
        &frame(1, "ticker", ticker),
        &[Record::Quote(Quote {
            publish_ns: Some(publish_ns),
            update_id: 1,
            bid_price: 21_500_000_000,
            bid_quantity: 8_000_000_000,
            ask_price: 21_700_000_000,
            ask_quantity: 9_000_000_000,
            ..quote(venue, instrument)
        })],
    );
    let whole = r#"{"type":"snapshot","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"21.5","new_quantity":"8"}]}"#;
    becomes(
        &mut bench,
        &frame(2, "l2_data", whole),
        &[Record::BookSnapshot(BookSnapshot {
            publish_ns: Some(publish_ns),
            bids: vec![level(21_500_000_000, 8_000_000_000)],
            ..snapshot(venue, instrument)
        })],
    );
    let changes = r#"{"type":"update","product_id":"BTC-USD","updates":[{"side":"offer","event_time":"2023-02-09T20:32:50.5Z","price_level":"21.7","new_quantity":"1"}]}"#;
    becomes(
        &mut bench,
        &frame(3, "l2_data", changes),
        &[Record::BookDelta(BookDelta {
            event_ns: Some(event_ns),
            publish_ns: Some(publish_ns),
            asks: vec![level(21_700_000_000, 1_000_000_000)],
            bid_price: Some(21_500_000_000),
            bid_quantity: Some(8_000_000_000),
            ask_price: Some(21_700_000_000),
            ask_quantity: Some(1_000_000_000),
            ..delta(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        &frame(4, "heartbeats", r#"{"heartbeat_counter":"3049"}"#),
        &[],
    );
}

#[test]
fn okx() {
    let mut bench = bench("okx", "BTC-USDT", (-9, -9));
    let (venue, instrument) = ("okx", "BTC-USDT");
    let event_ns = 1_630_048_897_897_000_000;
    becomes(
        &mut bench,
        r#"{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3","source":"0","seqId":1234}]}"#,
        &[Record::Trade(Trade {
            event_ns,
            publish_ns: event_ns,
            trade_id: 130_639_474,
            price: 42_219_900_000_000,
            quantity: 120_603_060,
            ..trade(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"{"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["8476.98","415","0","13"]],"bids":[["8476.97","256","0","12"]],"ts":"1630048897897","seqId":363996337}]}"#,
        &[Record::Quote(Quote {
            event_ns: Some(event_ns),
            update_id: 363_996_337,
            bid_price: 8_476_970_000_000,
            bid_quantity: 256_000_000_000,
            ask_price: 8_476_980_000_000,
            ask_quantity: 415_000_000_000,
            ..quote(venue, instrument)
        })],
    );
    let book = |action: &str, bids: &str, previous: i64, last: i64| {
        format!(
            r#"{{"arg":{{"channel":"books","instId":"BTC-USDT"}},"action":"{action}","data":[{{"asks":[],"bids":[{bids}],"ts":"1630048897897","checksum":0,"prevSeqId":{previous},"seqId":{last}}}]}}"#
        )
    };
    becomes(
        &mut bench,
        &book("snapshot", r#"["8476.97","256","0","12"]"#, -1, 50),
        &[Record::BookSnapshot(BookSnapshot {
            event_ns: Some(event_ns),
            final_update_id: 50,
            bids: vec![level(8_476_970_000_000, 256_000_000_000)],
            ..snapshot(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        &book("update", r#"["8476.98","1","0","1"]"#, 50, 57),
        &[Record::BookDelta(BookDelta {
            event_ns: Some(event_ns),
            first_update_id: 57,
            final_update_id: 57,
            previous_update_id: Some(50),
            bids: vec![level(8_476_980_000_000, 1_000_000_000)],
            bid_price: Some(8_476_980_000_000),
            bid_quantity: Some(1_000_000_000),
            ..delta(venue, instrument)
        })],
    );
    for frame in [
        r#"{"event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"a"}"#,
        r#"{"event":"notice","code":"64000","msg":"Something else","connId":"a"}"#,
        "pong",
    ] {
        becomes(&mut bench, frame, &[]);
    }
    bench.frame(
        r#"{"event":"error","code":"60012","msg":"Invalid request","connId":"a"}"#,
        1,
    );
    assert_eq!(
        bench.drained(),
        [r#"dead okx refused {"event":"error","code":"60012","msg":"Invalid request","connId":"a"}"#]
    );
}

#[test]
fn oanda() {
    let mut bench = bench("oanda", "EUR_USD", (-9, -9));
    let (venue, instrument) = ("oanda", "EUR_USD");
    let event_ns = Some(ns("2016-06-22T18:41:36.201836422Z"));
    let quantity = 10_000_000_000_000_000;
    let whole = |number, bids, asks| {
        Record::BookSnapshot(BookSnapshot {
            event_ns,
            final_update_id: number,
            bids,
            asks,
            ..snapshot(venue, instrument)
        })
    };
    becomes(
        &mut bench,
        r#"{"type":"PRICE","time":"2016-06-22T18:41:36.201836422Z","bids":[{"price":"1.11997","liquidity":10000000},{"price":"1.11995","liquidity":10000000}],"asks":[{"price":"1.12015","liquidity":10000000}],"closeoutBid":"1.11993","closeoutAsk":"1.12019","status":"tradeable","tradeable":true,"instrument":"EUR_USD"}"#,
        &[
            Record::Quote(Quote {
                event_ns,
                update_id: 1,
                bid_price: 1_119_970_000,
                bid_quantity: quantity,
                ask_price: 1_120_150_000,
                ask_quantity: quantity,
                ..quote(venue, instrument)
            }),
            whole(
                1,
                vec![level(1_119_970_000, quantity), level(1_119_950_000, quantity)],
                vec![level(1_120_150_000, quantity)],
            ),
        ],
    );
    becomes(
        &mut bench,
        r#"{"type":"PRICE","time":"2016-06-22T18:41:36.201836422Z","bids":[],"asks":[{"price":"1.12015","liquidity":10000000}],"tradeable":false,"instrument":"EUR_USD"}"#,
        // A side without prices is 0.
        &[
            Record::Quote(Quote {
                event_ns,
                update_id: 2,
                ask_price: 1_120_150_000,
                ask_quantity: quantity,
                ..quote(venue, instrument)
            }),
            whole(2, Vec::new(), vec![level(1_120_150_000, quantity)]),
        ],
    );
    for line in [
        r#"{"type":"HEARTBEAT","lastTransactionID":"6","time":"2016-06-22T18:41:41.000000000Z"}"#,
        "",
    ] {
        becomes(&mut bench, line, &[]);
    }
    let refusal = r#"{"errorMessage":"Insufficient authorization to perform request.","errorCode":"1"}"#;
    let foreign = r#"{"type":"PRICE","time":"2016-06-22T18:41:36Z","bids":[],"asks":[],"instrument":"USD_CAD"}"#;
    bench.frame(refusal, 1);
    bench.frame(foreign, 1);
    let expected = [
        format!("dead oanda refused {refusal}"),
        format!("dead oanda unknown_stream {foreign}"),
    ];
    assert_eq!(bench.drained(), expected);
}

#[test]
fn truefx() {
    let mut bench = bench("truefx", "EUR/USD", (-9, -9));
    let said = |update_id, event_ns, bid_price, ask_price| {
        Record::Quote(Quote {
            event_ns: Some(event_ns),
            update_id,
            bid_price,
            ask_price,
            ..quote("truefx", "EUR/USD")
        })
    };
    let event_ns = ns("2014-05-01T00:00:00.034Z");
    let (low, high) = (1_386_660_000, 1_386_710_000);
    for (number, line) in (1..).zip([
        "EUR/USD,20140501 00:00:00.034,1.38666,1.38671",
        "EURUSD,1398902400034,1.38666,1.38671",
        "EUR/USD,2014-05-01T00:00:00.034Z,1.38666,1.38671",
    ]) {
        becomes(&mut bench, line, &[said(number, event_ns, low, high)]);
    }
    // Crossed, and dated before what came earlier: kept.
    let earlier = Record::Quote(Quote {
        event_ns: Some(ns("2014-05-01T00:00:00Z")),
        update_id: 4,
        bid_price: high,
        ask_price: low,
        flags: CROSSED | OUT_OF_ORDER,
        ..quote("truefx", "EUR/USD")
    });
    becomes(&mut bench, "EUR/USD,1398902400000,1.38671,1.38666", &[earlier]);
    becomes(&mut bench, "", &[]);
    for line in [
        "USD/JPY,1398902400000,1,2",
        "EUR/USD,1398902400000,1",
        "EUR/USD,1398902400000,-1,2",
    ] {
        bench.frame(line, 1);
    }
    assert_eq!(
        bench.drained(),
        [
            "dead truefx unknown_stream USD/JPY,1398902400000,1,2",
            "dead truefx parse EUR/USD,1398902400000,1",
            "dead truefx parse EUR/USD,1398902400000,-1,2",
        ]
    );
}

#[test]
fn a_refusal_is_a_dead_letter_that_says_so() {
    for (venue, symbol, frame) in [
        (
            "binance_usdm",
            "BTCUSDT",
            r#"{"error":{"code":2,"msg":"Invalid request: unknown stream"},"id":1}"#,
        ),
        (
            "okx",
            "BTC-USDT",
            r#"{"event":"error","code":"60012","msg":"Invalid request","connId":"a"}"#,
        ),
    ] {
        let mut bench = bench(venue, symbol, (-9, -9));
        bench.frame(frame, 1);
        assert_eq!(bench.drained(), [format!("dead {venue} refused {frame}")]);
    }
}

/// A venue that says ahead that it will close a connection is left, by no record and once.
#[test]
fn a_close_that_is_announced() {
    for (venue, symbol, frame) in [
        (
            "okx",
            "BTC-USDT",
            r#"{"event":"notice","code":"64008","msg":"The connection will soon be closed","connId":"a"}"#,
        ),
        (
            "binance",
            "BTCUSDT",
            r#"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}"#,
        ),
    ] {
        let mut bench = bench(venue, symbol, (-9, -9));
        assert_eq!(bench.session.closing(0), None);
        becomes(&mut bench, frame, &[]);
        assert!(bench.session.closing(0).is_some(), "{venue}");
        assert_eq!(bench.session.closing(0), None);
        // Of a connection that is gone anyway it means nothing.
        becomes(&mut bench, frame, &[]);
        bench.opened(1);
        assert_eq!(bench.session.closing(0), None);
    }
}

#[test]
fn what_a_venue_says_of_itself_is_told_once_and_is_no_record() {
    let coinbase = |status: &str, message: &str| {
        format!(
            r#"{{"type":"status","products":[{{"id":"BTC-USD","status":"{status}","status_message":"{message}"}},{{"id":"ETH-USD","status":"offline"}}]}}"#
        )
    };
    let price = |is_tradeable: bool| {
        format!(
            r#"{{"type":"PRICE","time":"2016-06-22T18:41:36Z","bids":[],"asks":[],"tradeable":{is_tradeable},"instrument":"EUR_USD"}}"#
        )
    };
    let okx = r#"{"arg":{"channel":"status"},"data":[{"title":"Upgrade","state":"ongoing","begin":"1610019546","end":"1610023146"}]}"#;
    let cases: [(&str, &str, Vec<String>, &[&str]); 6] = [
        (
            "coinbase",
            "BTC-USD",
            vec![
                coinbase("online", ""),
                coinbase("online", ""),
                coinbase("delisted", "for good"),
            ],
            &["BTC-USD: online", "BTC-USD: delisted: for good"],
        ),
        (
            "coinbase_advanced",
            "BTC-USD",
            vec![
                r#"{"channel":"status","timestamp":"2023-02-09T20:29:49Z","sequence_num":0,"events":[{"type":"snapshot","products":[{"id":"BTC-USD","status":"online","status_message":""}]}]}"#
                    .to_owned(),
            ],
            &["BTC-USD: online"],
        ),
        (
            "kraken",
            "XBT/USD",
            vec![r#"{"event":"systemStatus","status":"cancel_only","version":"1.8.3"}"#.to_owned()],
            &["cancel_only"],
        ),
        (
            "kraken_v2",
            "BTC/USD",
            vec![r#"{"channel":"status","type":"update","data":[{"system":"maintenance","version":"2.0.0"}]}"#.to_owned()],
            &["maintenance"],
        ),
        (
            "okx",
            "BTC-USDT",
            vec![
                okx.to_owned(),
                okx.to_owned(),
                r#"{"event":"notice","code":"64007","msg":"Operation failed"}"#.to_owned(),
            ],
            &[
                "Upgrade: ongoing, from 1610019546000000 ns to 1610023146000000 ns",
                "okx 64007: Operation failed",
            ],
        ),
        (
            "oanda",
            "EUR_USD",
            vec![price(true), price(true), price(false), price(true)],
            &["EUR_USD: tradeable", "EUR_USD: not tradeable", "EUR_USD: tradeable"],
        ),
    ];
    for (venue, symbol, frames, expected) in cases {
        let mut bench = bench(venue, symbol, (-9, -9));
        let mut told = Vec::new();
        for frame in frames {
            bench.frame(frame, 7);
            for News { instrument, message } in bench.session.news(0) {
                let of = instrument.map(|index| format!("{}: ", bench.session.instruments()[index].symbol().name));
                told.push(of.unwrap_or_default() + &message);
            }
        }
        assert_eq!(told, expected, "{venue}");
        assert_eq!(bench.session.status_changes(), expected.len() as u64);
        let newest = bench
            .session
            .instrument_status(0)
            .or(bench.session.venue_status())
            .unwrap();
        assert!(expected.last().unwrap().ends_with(&newest.message) && newest.receive_ns == 7);
        let is_of_market = |record: &String| record.starts_with("quote") || record.starts_with("snapshot");
        assert!(
            bench.drained().iter().all(is_of_market),
            "{venue}: no record and no dead letter"
        );
    }
}
