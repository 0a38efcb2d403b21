//! The form in which a run stands in the frame log: another one is another version, and logs of former versions are read.

mod support;

use std::fs;
use std::path::PathBuf;

use ingestor::capture::{Beginning, Begun, Confirmed, LogName, Place, Resumed};
use ingestor::session::merge::HOLD_NS_MAX;
use ingestor::session::{Input, LastIds, Session};
use journal::inputs::{VERSION, VERSION_OLDEST};
use serde_json::{Map, Value};
use support::{Bench, bitcoin, depth, feeds, quote, snapshot, trade};
use venues::binance::dialect::Dialect;
use venues::fixed::NANO;
use venues::symbols::Symbol;
use venues::venue::Venue;

fn golden(version: u32) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("run_{version}.json"))
}

fn one(venue: &str, symbol: &str) -> Bench {
    let venue = Venue::of_name(venue).unwrap();
    Bench::of(venue, feeds(venue, &[Symbol::new(symbol, NANO, NANO)]))
}

/// A book in step, a hole among the trades, and a connection that is lost.
fn binance() -> Bench {
    let mut bench = Bench::connected(Dialect::Spot);
    bench.frame(depth(1, 2, "1.5"), 1);
    bench.snapshot(&snapshot(1), 2).unwrap();
    for frame in [trade(7), trade(12), quote(3), depth(3, 4, "0.5")] {
        bench.frame(frame, 3);
    }
    bench.closed("cut");
    bench
}

/// What waits for the other side.
fn binance_redundant() -> Bench {
    let mut bench = Bench::connected(Dialect::Spot);
    bench.session = Session::new(Venue::Binance(Dialect::Spot), vec![bitcoin(Dialect::Spot)])
        .redundant()
        .unwrap();
    for connection in [0, 1] {
        bench.take(Input::Opened { connection }, 1);
    }
    bench.frame(trade(7), 2);
    bench.frame(trade(9), 2);
    bench.take(Input::Time, HOLD_NS_MAX);
    bench
}

fn coinbase_advanced() -> Bench {
    let mut bench = one("coinbase_advanced", "BTC-USD");
    let level = |price: &str| {
        format!(r#"{{"side":"bid","event_time":"2023-02-09T20:32:50Z","price_level":"{price}","new_quantity":"1"}}"#)
    };
    for (number, kind) in [(0, "snapshot"), (1, "update"), (3, "update")] {
        let frame = format!(
            r#"{{"channel":"l2_data","client_id":"","timestamp":"2023-02-09T20:32:50Z","sequence_num":{number},"events":[{{"type":"{kind}","product_id":"BTC-USD","updates":[{}]}}]}}"#,
            level("5")
        );
        bench.frame(frame, 5);
    }
    bench
}

fn okx() -> Bench {
    let mut bench = one("okx", "BTC-USDT");
    for (action, previous, last) in [("snapshot", -1, 10), ("update", 10, 12)] {
        let frame = format!(
            r#"{{"arg":{{"channel":"books","instId":"BTC-USDT"}},"action":"{action}","data":[{{"asks":[["20","2","0","1"]],"bids":[["{last}","1","0","1"]],"ts":"1","checksum":0,"prevSeqId":{previous},"seqId":{last}}}]}}"#
        );
        bench.frame(frame, 5);
    }
    bench
}

fn kraken() -> Bench {
    let mut bench = one("kraken", "XBT/USD");
    bench.frame(
        r#"[0,{"as":[["5541.30000","2.50700000","1534614057.321597"]],"bs":[["5541.20000","1.52900000","1534614057.321597"]]},"book-1000","XBT/USD"]"#,
        5,
    );
    bench.frame(
        r#"[0,["5698.40000","5700.00000","1534614057.321597","1.01234567","0.98765432"],"spread","XBT/USD"]"#,
        6,
    );
    bench
}

fn truefx() -> Bench {
    let mut bench = one("truefx", "EUR/USD");
    bench.frame("EUR/USD,20140501 00:00:00.034,1.3866,1.38667", 5);
    bench
}

/// As it stands where a run goes on, with everything that can be said.
fn beginning() -> Value {
    let begun = Begun {
        listed: bitcoin(Dialect::CoinM).listed().clone(),
        resumed: Some(Resumed {
            last: LastIds {
                trade: Some(7),
                quote: Some(8),
                book: None,
            },
            reason: "started again".to_owned(),
        }),
    };
    let places = vec![Place {
        topic: "market.ticks".to_owned(),
        partition: 3,
        from_offset: 9,
        acknowledged: Some((400, 2)),
    }];
    let log = LogName {
        cluster: "cluster".to_owned(),
        topic_prefix: "test.".to_owned(),
    };
    let made = Beginning::new(
        77,
        Venue::Binance(Dialect::CoinM),
        vec![begun],
        4,
        places.clone(),
        false,
    )
    .written_to(log);
    let gone_on = made.going_on(11, Confirmed { before: 400, places });
    serde_json::from_slice(&gone_on.to_json()).unwrap()
}

fn benches() -> [(&'static str, Bench); 6] {
    [
        ("binance", binance()),
        ("binance_redundant", binance_redundant()),
        ("coinbase_advanced", coinbase_advanced()),
        ("okx", okx()),
        ("kraken", kraken()),
        ("truefx", truefx()),
    ]
}

fn form() -> Value {
    let mut form = Map::from_iter([("beginning".to_owned(), beginning())]);
    for (name, bench) in benches() {
        form.insert(name.to_owned(), serde_json::to_value(bench.session.memory()).unwrap());
    }
    Value::Object(form)
}

#[test]
fn another_form_is_another_version() {
    let (path, form) = (golden(VERSION), form());
    let written = fs::read_to_string(&path).map(|text| serde_json::from_str::<Value>(&text).unwrap());
    assert!(
        written.is_ok_and(|written| written == form),
        "what a run is written as is not what {} says. A log that was written before must be read as what it was: raise VERSION in \
         journal/src/inputs/beginning.rs, let the older form be read, and put into a file of the new version:\n{form:#}",
        path.display()
    );
}

#[test]
fn what_an_older_version_wrote_is_gone_on_with() {
    // The first one wrote no memory: tests/capture.rs reads its beginning.
    for version in VERSION_OLDEST + 1..=VERSION {
        let written: Value = serde_json::from_str(&fs::read_to_string(golden(version)).unwrap()).unwrap();
        assert_eq!(written["beginning"]["version"], version);
        Beginning::read(written["beginning"].to_string().as_bytes()).unwrap();
        for (name, bench) in benches() {
            let memory = written[name].to_string();
            let redundant = bench.session.sides() == 2;
            let mut other = match bench.session.dialect() {
                Venue::Binance(dialect) => Session::new(Venue::Binance(dialect), vec![bitcoin(dialect)]),
                venue => {
                    let symbols: Vec<Symbol> = bench
                        .session
                        .instruments()
                        .iter()
                        .map(|feed| feed.symbol().clone())
                        .collect();
                    Session::new(venue, feeds(venue, &symbols))
                }
            };
            if redundant {
                other = other.redundant().unwrap();
            }
            other.remember(serde_json::from_str(&memory).unwrap()).unwrap();
            assert_eq!(other.frames(), bench.session.frames(), "{name} of version {version}");
        }
    }
}
