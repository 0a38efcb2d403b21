//! What risk makes of signals, marks, reports and commands.

mod run;

use contracts::{
    CheckName, Command, Control, ExecutionReport, Mark, OrderStatus, OrderType, Origin, Record, Side, Signal,
    TimeInForce, Verdict,
};
use run::{Made, PARTITION, Run, SECOND};

fn control(command: Command) -> Control<'static> {
    Control {
        account: "main",
        command,
        operator: "me",
        reason: "why not",
        event_ns: 1,
        log_id: None,
        venue: "",
        instrument: "",
        price_exponent: 0,
        quantity_exponent: 0,
        max_order_quantity: None,
        max_position: None,
        max_order_notional: None,
        max_gross_notional: None,
        max_price_age_ns: None,
        client_order_id: "",
    }
}

fn open() -> Control<'static> {
    Control {
        log_id: Some("abcd1234"),
        ..control(Command::Open)
    }
}

/// Orders up to 10, positions up to 15, 1200 an order, 2000 in all, marks up to a minute old.
fn limits(instrument: &'static str) -> Control<'static> {
    Control {
        venue: "binance",
        instrument,
        price_exponent: -2,
        quantity_exponent: -3,
        max_order_quantity: Some(10),
        max_position: Some(15),
        max_order_notional: Some(1200),
        max_gross_notional: Some(2000),
        max_price_age_ns: Some(60 * SECOND),
        ..control(Command::Limits)
    }
}

fn mark(offset: i64, instrument: &'static str, price: i64) -> Mark<'static> {
    Mark {
        origin: origin(offset),
        account: "main",
        venue: "binance",
        instrument,
        price_exponent: -2,
        quantity_exponent: -3,
        event_ns: SECOND * offset,
        receive_ns: SECOND * offset,
        price,
    }
}

fn signal(offset: i64, side: Side, quantity: i64) -> Signal<'static> {
    Signal {
        origin: origin(offset),
        account: "main",
        strategy: "cross",
        venue: "binance",
        instrument: "BTC-USDT",
        price_exponent: -2,
        quantity_exponent: -3,
        interval_ns: SECOND,
        event_ns: SECOND * offset,
        receive_ns: SECOND * offset,
        side,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::Ioc,
        quantity,
        price: Some(100),
        reference_price: 100,
        strength: 1.0,
        reason: "test",
        series: "",
        stop_price: None,
        target_price: None,
        exit_ns: None,
        post_only: false,
        expires_ns: None,
        half_spread: None,
        skew: None,
        price_step: None,
        bid_price: None,
        ask_price: None,
    }
}

fn report(id: &str, index: i32, status: OrderStatus, last: i64, cumulative: i64) -> ExecutionReport<'_> {
    ExecutionReport {
        origin: Origin { index, ..origin(0) },
        account: "main",
        venue: "binance",
        instrument: "BTC-USDT",
        price_exponent: -2,
        quantity_exponent: -3,
        client_order_id: id,
        venue_order_id: None,
        status,
        side: Side::Buy,
        order_quantity: 10,
        last_quantity: last,
        last_price: (last > 0).then_some(100),
        cumulative_quantity: cumulative,
        fee: 0,
        fee_exponent: 0,
        fee_asset: "",
        trade_id: None,
        reason: "",
        event_ns: 0,
        order_receive_ns: 0,
        sent_ns: 0,
        receive_ns: 0,
    }
}

fn origin(offset: i64) -> Origin {
    Origin {
        partition: 0,
        offset,
        index: 0,
    }
}

/// An account that may trade.
fn desk() -> Run {
    let mut run = Run::new("risk", "{}");
    assert!(run.take(open()).is_empty());
    assert!(run.take(limits("BTC-USDT")).is_empty());
    assert!(run.take(mark(1, "BTC-USDT", 100)).is_empty());
    run
}

/// The checks that failed, and how many outputs there were.
fn judged(made: &Made) -> (Vec<CheckName>, usize) {
    let records = made.records();
    let Record::Decision(decision) = &records[0] else {
        panic!("no decision: {records:?}")
    };
    let failed: Vec<_> = decision
        .checks
        .iter()
        .filter(|check| !check.passed)
        .map(|check| check.name)
        .collect();
    assert_eq!(decision.verdict == Verdict::Accepted, failed.is_empty());
    (failed, records.len())
}

fn order_id(made: &Made) -> String {
    match made.records().get(1) {
        Some(Record::New(order)) => order.client_order_id.to_owned(),
        other => panic!("no order: {other:?}"),
    }
}

#[test]
fn an_accepted_signal_makes_a_decision_and_an_order_named_by_its_origin() {
    let mut run = desk();
    let made = run.take(signal(2, Side::Buy, 10));
    assert_eq!(judged(&made), (vec![], 2));
    // Offset 3 of the inbox; the order comes after the decision.
    assert_eq!(order_id(&made), format!("tf-abcd1234-{PARTITION}-3-1"));
    let topics: Vec<_> = made.topics().iter().map(|topic| topic.name).collect();
    assert_eq!(topics, ["risk.decisions", "execution.orders"]);
    let records = made.records();
    let Record::Decision(decision) = &records[0] else {
        unreachable!()
    };
    assert_eq!(
        decision.checks.iter().map(|check| check.name).collect::<Vec<_>>(),
        CheckName::ALL
    );
}

#[test]
fn an_account_without_open_and_limits_trades_nothing() {
    let mut run = Run::new("risk", "{}");
    let made = run.take(signal(1, Side::Buy, 1));
    assert_eq!(judged(&made), (vec![CheckName::Opened, CheckName::LimitsSet], 1));
    run.take(open());
    run.take(limits("BTC-USDT"));
    assert_eq!(
        judged(&run.take(signal(2, Side::Buy, 1))).0,
        [CheckName::StalePrice],
        "no mark"
    );
}

#[test]
fn each_limit_stops_what_passes_it() {
    let mut run = desk();
    assert_eq!(
        judged(&run.take(signal(2, Side::Buy, 11))).0,
        [CheckName::OrderQuantity],
    );
    assert_eq!(
        judged(&run.take(signal(3, Side::Buy, 0))).0,
        [CheckName::QuantityPositive]
    );
    let dear = Signal {
        price: Some(121),
        ..signal(4, Side::Buy, 10)
    };
    assert_eq!(judged(&run.take(dear)).0, [CheckName::OrderNotional]);
    let unpriced = Signal {
        price: None,
        ..signal(5, Side::Buy, 10)
    };
    assert_eq!(judged(&run.take(unpriced)).0, [CheckName::InstrumentTerms]);
    let other_scale = Signal {
        price_exponent: -3,
        ..signal(6, Side::Buy, 10)
    };
    assert_eq!(judged(&run.take(other_scale)).0, [CheckName::InstrumentTerms]);
    assert_eq!(judged(&run.take(signal(62, Side::Buy, 10))).0, [CheckName::StalePrice]);
}

#[test]
fn a_sell_far_below_the_market_is_valued_at_the_mark() {
    let mut run = desk();
    run.take(mark(2, "BTC-USDT", 121));
    let cheap = Signal {
        price: Some(1),
        ..signal(3, Side::Sell, 10)
    };
    assert_eq!(judged(&run.take(cheap)).0, [CheckName::OrderNotional]);
}

#[test]
fn open_orders_count_as_filled_until_they_are_done() {
    let mut run = desk();
    let first = order_id(&run.take(signal(2, Side::Buy, 10)));
    assert_eq!(judged(&run.take(signal(3, Side::Buy, 10))).0, [CheckName::Position]);
    assert_eq!(
        judged(&run.take(signal(4, Side::Sell, 10))).0,
        [],
        "the other direction is free"
    );
    assert!(run.take(report(&first, 0, OrderStatus::Expired, 0, 0)).is_empty());
    assert_eq!(judged(&run.take(signal(5, Side::Buy, 10))).0, []);
}

#[test]
fn a_position_over_its_limit_may_still_shrink() {
    let mut run = desk();
    let id = order_id(&run.take(signal(2, Side::Buy, 10)));
    run.take(report(&id, 0, OrderStatus::Filled, 10, 10));
    run.take(Control {
        max_position: Some(2),
        max_gross_notional: Some(200),
        ..limits("BTC-USDT")
    });
    assert_eq!(
        judged(&run.take(signal(3, Side::Buy, 1))).0,
        [CheckName::Position, CheckName::GrossNotional]
    );
    assert_eq!(judged(&run.take(signal(4, Side::Sell, 8))).0, []);
}

#[test]
fn gross_notional_adds_up_the_account_and_needs_every_mark() {
    let mut run = desk();
    run.take(limits("ETH-USDT"));
    let id = order_id(&run.take(signal(2, Side::Buy, 10)));
    run.take(report(&id, 0, OrderStatus::Filled, 10, 10));
    let ether = |offset, quantity| Signal {
        instrument: "ETH-USDT",
        ..signal(offset, Side::Buy, quantity)
    };
    run.take(mark(3, "ETH-USDT", 100));
    run.take(mark(4, "BTC-USDT", 110));
    assert_eq!(
        judged(&run.take(ether(5, 10))).0,
        [CheckName::GrossNotional],
        "1100 + 1000 > 2000"
    );
    assert_eq!(judged(&run.take(ether(6, 9))).0, []);
}

#[test]
fn a_repeated_report_counts_once_even_after_the_end() {
    let mut run = desk();
    let id = order_id(&run.take(signal(2, Side::Buy, 10)));
    run.take(report(&id, 0, OrderStatus::PartiallyFilled, 4, 4));
    run.take(report(&id, 1, OrderStatus::Filled, 6, 10));
    let once = run.kernel_state();
    assert!(run.take(report(&id, 0, OrderStatus::PartiallyFilled, 4, 4)).is_empty());
    assert!(run.take(report(&id, 1, OrderStatus::Filled, 6, 10)).is_empty());
    assert_eq!(run.kernel_state(), once);
    assert_eq!(
        judged(&run.take(signal(3, Side::Buy, 6))).0,
        [CheckName::Position],
        "holds 10 of 15"
    );
}

#[test]
fn a_fill_of_an_unknown_order_counts_and_is_told() {
    let mut run = desk();
    let made = run.take(report("tf-elder999-0-1-1", 3, OrderStatus::PartiallyFilled, 8, 8));
    assert_eq!(made.refusal(), "unknown_order");
    assert_eq!(
        judged(&run.take(signal(2, Side::Buy, 6))).0,
        [CheckName::Position],
        "8, and 2 may come"
    );
    let made = run.take(control(Command::Kill));
    assert!(matches!(made.only(), Record::Cancel(cancel) if cancel.client_order_id == "tf-elder999-0-1-1"));
}

#[test]
fn a_lost_report_does_not_lose_the_fill() {
    let mut run = desk();
    let id = order_id(&run.take(signal(2, Side::Buy, 10)));
    let made = run.take(report(&id, 1, OrderStatus::Filled, 3, 10));
    assert_eq!(made.refusal(), "fill_mismatch");
    assert_eq!(
        judged(&run.take(signal(3, Side::Buy, 6))).0,
        [CheckName::Position],
        "holds 10"
    );
}

#[test]
fn kill_cancels_in_order_and_stops_until_resumed() {
    let mut run = desk();
    let ids = [2, 3].map(|offset| order_id(&run.take(signal(offset, Side::Buy, 5))));
    let made = run.take(control(Command::Kill));
    let cancelled: Vec<_> = made
        .records()
        .iter()
        .map(|record| match record {
            Record::Cancel(cancel) => cancel.client_order_id.to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(cancelled, ids);
    assert_eq!(judged(&run.take(signal(4, Side::Buy, 1))).0, [CheckName::KillSwitch]);
    run.take(control(Command::Resume));
    assert_eq!(judged(&run.take(signal(5, Side::Buy, 1))).0, []);
}

#[test]
fn cancel_cancels_one_open_order_and_no_other() {
    let mut run = desk();
    let [id, _] = [2, 3].map(|offset| order_id(&run.take(signal(offset, Side::Buy, 5))));
    fn cancel(client_order_id: &str) -> Control<'_> {
        Control {
            client_order_id,
            ..control(Command::Cancel)
        }
    }
    let made = run.take(cancel(&id));
    let Record::Cancel(cancelled) = made.only() else {
        panic!("no cancel");
    };
    assert_eq!((cancelled.client_order_id, cancelled.reason), (&*id, "why not"));
    for unknown in ["", "tf-abcd1234-0-99-1"] {
        assert_eq!(run.take(cancel(unknown)).refusal(), "bad_control");
    }
}

#[test]
fn a_repeated_signal_makes_no_second_order() {
    let mut run = desk();
    assert_eq!(judged(&run.take(signal(2, Side::Buy, 1))).1, 2);
    assert!(run.take(signal(2, Side::Buy, 1)).is_empty());
}

#[test]
fn a_log_is_named_once() {
    let mut run = desk();
    assert!(run.take(open()).is_empty(), "the same name again is no harm");
    let other = Control {
        log_id: Some("efgh5678"),
        ..open()
    };
    assert_eq!(run.take(other).refusal(), "log_id_changed");
    let malformed = Control {
        log_id: Some("abc-1234"),
        ..open()
    };
    assert_eq!(run.take(malformed).refusal(), "bad_control");
}

#[test]
fn a_limit_left_out_lets_nothing_through() {
    let mut run = desk();
    run.take(Control {
        max_order_quantity: None,
        max_price_age_ns: None,
        ..limits("BTC-USDT")
    });
    assert_eq!(
        judged(&run.take(signal(2, Side::Buy, 1))).0,
        [CheckName::OrderQuantity, CheckName::StalePrice]
    );
}
