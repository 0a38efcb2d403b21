//! Each kind of message of Kraken, in both versions, field by field in the record that it becomes.

mod support;

use contracts::{BookSnapshot, Quote, Record, Side, Trade};
use support::expected::{becomes, bench, level, ns, quote, snapshot, trade};

#[test]
fn kraken_v1() {
    let mut bench = bench("kraken", "XBT/USD", (-5, -8));
    let (venue, instrument) = ("kraken", "XBT/USD");
    let event_ns = 1_534_614_057_321_597_000;
    let sold = Trade {
        price_exponent: -5,
        quantity_exponent: -8,
        event_ns,
        publish_ns: event_ns,
        trade_id: 1,
        price: 554_120_000,
        quantity: 15_850_568,
        aggressor: Side::Sell,
        trade_type: "limit",
        ..trade(venue, instrument)
    };
    let bought = Trade {
        event_ns: event_ns + 3_401_000,
        publish_ns: event_ns + 3_401_000,
        trade_id: 2,
        price: 606_000_000,
        quantity: 2_455_000,
        aggressor: Side::Buy,
        trade_type: "market",
        ..sold
    };
    becomes(
        &mut bench,
        r#"[0,[["5541.20000","0.15850568","1534614057.321597","s","l",""],["6060.00000","0.02455000","1534614057.324998","b","m",""]],"trade","XBT/USD"]"#,
        // The venue numbers no trades: they are counted.
        &[Record::Trade(sold), Record::Trade(bought)],
    );
    becomes(
        &mut bench,
        r#"[0,["5698.40000","5700.00000","1534614057.321597","1.01234567","0.98765432"],"spread","XBT/USD"]"#,
        &[Record::Quote(Quote {
            price_exponent: -5,
            quantity_exponent: -8,
            event_ns: Some(event_ns),
            update_id: 1,
            bid_price: 569_840_000,
            bid_quantity: 101_234_567,
            ask_price: 570_000_000,
            ask_quantity: 98_765_432,
            ..quote(venue, instrument)
        })],
    );
    becomes(
        &mut bench,
        r#"[0,{"as":[["5541.30000","2.50700000","1534614057.321597"]],"bs":[["5541.20000","1.52900000","1534614057.321597"]]},"book-1000","XBT/USD"]"#,
        &[Record::BookSnapshot(BookSnapshot {
            price_exponent: -5,
            quantity_exponent: -8,
            event_ns: Some(event_ns),
            bids: vec![level(554_120_000, 152_900_000)],
            asks: vec![level(554_130_000, 250_700_000)],
            depth_max: Some(1_000),
            ..snapshot(venue, instrument)
        })],
    );
    for frame in [
        r#"{"event":"heartbeat"}"#,
        r#"{"connectionID":17,"event":"systemStatus","status":"online","version":"1.8.3"}"#,
        r#"{"channelID":992,"channelName":"trade","event":"subscriptionStatus","pair":"XBT/USD","status":"subscribed","subscription":{"name":"trade"}}"#,
    ] {
        becomes(&mut bench, frame, &[]);
    }
    let refused = r#"{"errorMessage":"Currency pair not supported","event":"subscriptionStatus","pair":"XBT/USD","status":"error","subscription":{"name":"trade"}}"#;
    bench.frame(refused, 1);
    assert_eq!(bench.drained(), [format!("dead kraken refused {refused}")]);
}

#[test]
fn kraken_v2() {
    let mut bench = bench("kraken_v2", "MATIC/USD", (-5, -8));
    let (venue, instrument) = ("kraken", "MATIC/USD");
    let event_ns = ns("2023-09-25T07:48:36.925533Z");
    let told = |kind: &str, id: i64| {
        format!(
            r#"{{"channel":"trade","type":"{kind}","data":[{{"symbol":"MATIC/USD","side":"sell","price":0.5147,"qty":6423.46326,"ord_type":"limit","trade_id":{id},"timestamp":"2023-09-25T07:48:36.925533Z"}}]}}"#
        )
    };
    let sold = |trade_id| {
        Record::Trade(Trade {
            price_exponent: -5,
            quantity_exponent: -8,
            event_ns,
            publish_ns: event_ns,
            trade_id,
            price: 51_470,
            quantity: 642_346_326_000,
            aggressor: Side::Sell,
            trade_type: "limit",
            ..trade(venue, instrument)
        })
    };
    becomes(&mut bench, &told("update", 7), &[sold(7)]);
    // The last trades once more, after a reconnect: what the log has is not written twice.
    becomes(&mut bench, &told("snapshot", 7), &[]);
    becomes(&mut bench, &told("snapshot", 8), &[sold(8)]);
    let ticker = |more: &str| {
        format!(
            r#"{{"channel":"ticker","type":"update","data":[{{"symbol":"MATIC/USD","bid":0.10025,"bid_qty":740.0,"ask":0.10036,"ask_qty":1361.44813783,"last":0.10035{more}}}]}}"#
        )
    };
    let best = |update_id, told_ns: Option<i64>| {
        Record::Quote(Quote {
            price_exponent: -5,
            quantity_exponent: -8,
            event_ns: told_ns,
            publish_ns: told_ns,
            update_id,
            bid_price: 10_025,
            bid_quantity: 74_000_000_000,
            ask_price: 10_036,
            ask_quantity: 136_144_813_783,
            ..quote(venue, instrument)
        })
    };
    becomes(&mut bench, &ticker(""), &[best(1, None)]);
    let told = ns("2026-11-23T08:00:00.123456Z");
    becomes(
        &mut bench,
        &ticker(r#","timestamp":"2026-11-23T08:00:00.123456Z""#),
        &[best(2, Some(told))],
    );
}
