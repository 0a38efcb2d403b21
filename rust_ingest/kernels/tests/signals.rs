//! What signals makes of features.

mod run;

use contracts::{FeatureVector, OrderType, Origin, Record, Side, TimeInForce};
use run::{PARTITION, Run, SECOND};

const CROSS: &str = r#"{"strategies": [
    {"name": "cross", "kind": "ema_cross", "account": "main", "venue": "binance", "instrument": "*",
     "interval_ns": 1000000000, "quantity": "0.004"}]}"#;
const REVERSION: &str = r#"{"strategies": [
    {"name": "reversion", "kind": "rsi_reversion", "account": "main", "venue": "binance", "instrument": "BTC-USDT",
     "interval_ns": 1000000000, "quantity": "0.004"}]}"#;

fn features(offset: i64) -> FeatureVector<'static> {
    FeatureVector {
        origin: Origin {
            partition: PARTITION,
            offset,
            index: 0,
        },
        venue: "binance",
        instrument: "BTC-USDT",
        price_exponent: -2,
        quantity_exponent: -3,
        interval_ns: SECOND,
        close_ns: SECOND * offset,
        receive_ns: SECOND * offset + 5,
        close: 10_000,
        bid_price: Some(9_999),
        ask_price: Some(10_001),
        simple_return: None,
        realised_volatility: None,
        spread_bps: None,
        order_flow_imbalance: None,
        trade_imbalance: None,
        ema_fast: None,
        ema_slow: None,
        rsi: None,
        series: "",
        open: None,
        high: None,
        low: None,
        return_short: None,
        return_medium: None,
        return_long: None,
        microprice: None,
        kyle_lambda: None,
        vpin: None,
        seasonal_volume: None,
        seasonal_volatility: None,
        sign_autocorrelation: None,
        bid_depth_slope: None,
        ask_depth_slope: None,
        depth_levels: 0,
        configuration: "",
        own: Vec::new(),
    }
}

/// (kind, side, price) of each output.
fn summary(run: &mut Run, vector: FeatureVector<'_>) -> Vec<(&'static str, Option<Side>, Option<i64>)> {
    let made = run.take(vector);
    let records = made.records();
    let one = |record: &Record<'_>| match record {
        Record::Mark(mark) => ("mark", None, Some(mark.price)),
        Record::Signal(signal) => {
            assert_eq!(
                (signal.order_type, signal.time_in_force),
                (OrderType::Limit, TimeInForce::Ioc)
            );
            assert_eq!(signal.quantity, 4);
            ("signal", Some(signal.side), signal.price)
        }
        other => panic!("{other:?}"),
    };
    records.iter().map(one).collect()
}

const MARK: (&str, Option<Side>, Option<i64>) = ("mark", None, Some(10_000));

#[test]
fn each_cross_takes_the_far_touch_after_the_mark() {
    let mut run = Run::new("signals", CROSS);
    let averages = |offset, fast, slow| FeatureVector {
        ema_fast: Some(fast),
        ema_slow: Some(slow),
        ..features(offset)
    };
    assert_eq!(summary(&mut run, features(1)), [MARK], "not warm");
    assert_eq!(
        summary(&mut run, averages(2, 99.0, 100.0)),
        [MARK],
        "the first relation is no cross"
    );
    assert_eq!(
        summary(&mut run, averages(3, 100.0, 100.0)),
        [MARK],
        "touching is no cross"
    );
    let buy = ("signal", Some(Side::Buy), Some(10_001));
    assert_eq!(summary(&mut run, averages(4, 101.0, 100.0)), [MARK, buy]);
    assert_eq!(summary(&mut run, averages(5, 102.0, 100.0)), [MARK]);
    let sell = ("signal", Some(Side::Sell), Some(9_999));
    assert_eq!(summary(&mut run, averages(6, 99.0, 100.0)), [MARK, sell]);
    let no_ask = FeatureVector {
        ask_price: None,
        ..averages(7, 101.0, 100.0)
    };
    assert_eq!(summary(&mut run, no_ask), [MARK], "no price, no order");
}

#[test]
fn relative_strength_acts_on_crossing_its_levels() {
    let mut run = Run::new("signals", REVERSION);
    let sides: Vec<_> = [50.0, 30.0, 29.9, 20.0, 70.0, 70.1, 90.0, 10.0]
        .into_iter()
        .zip(1..)
        .map(|(rsi, offset)| {
            let vector = FeatureVector {
                rsi: Some(rsi),
                ..features(offset)
            };
            summary(&mut run, vector).get(1).and_then(|made| made.1)
        })
        .collect();
    let (buy, sell) = (Some(Side::Buy), Some(Side::Sell));
    assert_eq!(sides, [None, None, buy, None, None, sell, None, buy]);
}

#[test]
fn a_repeat_makes_nothing() {
    let mut run = Run::new("signals", CROSS);
    assert_eq!(summary(&mut run, features(1)), [MARK]);
    assert_eq!(summary(&mut run, features(1)), []);
    assert_eq!(summary(&mut run, features(0)), []);
}

#[test]
fn a_quantity_that_is_no_whole_count_mutes_its_strategy_there() {
    let mut run = Run::new("signals", CROSS);
    let coarse = |offset| FeatureVector {
        quantity_exponent: -2,
        instrument: "PEPE-USDT",
        ..features(offset)
    };
    let made = run.take(coarse(1));
    let records = made.records();
    let [Record::Mark(_), Record::DeadLetter(letter)] = &records[..] else {
        panic!("not muted: {records:?}");
    };
    assert_eq!(letter.reason, "muted");
    assert!(
        letter
            .detail
            .ends_with("its quantity 0.004 is no 64-bit count of 10^-2")
    );
    assert_eq!(summary(&mut run, coarse(2)).len(), 1, "the mark alone");
    assert_eq!(summary(&mut run, features(3)), [MARK], "another instrument goes on");
}

#[test]
fn vectors_of_others_make_nothing() {
    let mut run = Run::new("signals", REVERSION);
    for vector in [
        FeatureVector {
            instrument: "ETH-USDT",
            ..features(1)
        },
        FeatureVector {
            venue: "binance_usdm",
            ..features(2)
        },
        FeatureVector {
            interval_ns: 5 * SECOND,
            ..features(3)
        },
    ] {
        assert_eq!(summary(&mut run, vector), []);
    }
}
