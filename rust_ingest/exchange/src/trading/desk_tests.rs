//! The desk as a client knows it: orders in, fills and funds out.

use std::collections::BTreeMap;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{RngCore, SeedableRng};

use super::account::Account;
use super::desk::{Desk, Fees};
use super::floor::Liquidity;
use super::history::QueueModel;
use super::order::{Amount, Kind, NewOrder, SelfTrade, Side, Status, TimeInForce};
use super::rejection::Rejection;
use crate::book::message::{Depth, Level};
use crate::clock::NS_PER_MS;
use crate::fixed::{Fixed, ONE};
use crate::instrument::SeenDecimals;
use crate::venue::Venue;

const FEES: Fees = Fees {
    maker: Fixed(20_000),
    taker: Fixed(100_000),
};

fn fixed(text: &str) -> Fixed {
    Fixed::parse(text.as_bytes()).unwrap()
}

fn levels(levels: &[(&str, &str)]) -> Vec<Level> {
    levels
        .iter()
        .map(|(price, quantity)| Level(fixed(price), fixed(quantity)))
        .collect()
}

fn show(desk: &mut Desk, update_id: u64, bids: &[(&str, &str)], asks: &[(&str, &str)]) {
    let depth = Depth {
        first_update_id: update_id,
        previous_update_id: None,
        last_update_id: update_id,
        bids: levels(bids),
        asks: levels(asks),
        publish_ms: 0,
        transaction_ms: 0,
    };
    desk.show_depth(0, depth, || 5);
}

fn desk(venue: Venue) -> Desk {
    let balances = BTreeMap::from([("USDT".to_owned(), fixed("100000")), ("BTC".to_owned(), fixed("2"))]);
    let mut desk = Desk::new(venue, Liquidity::Recorded(QueueModel::Even), FEES, 1, &balances);
    desk.list("BTCUSDT", SeenDecimals::default());
    show(
        &mut desk,
        1,
        &[("60000", "1"), ("59990", "2")],
        &[("60010", "0.5"), ("60020", "1")],
    );
    desk
}

fn limit(side: Side, price: &str, quantity: &str, time_in_force: TimeInForce) -> NewOrder {
    NewOrder {
        account: 0,
        symbol: "BTCUSDT".to_owned(),
        client_order_id: None,
        side,
        kind: Kind::Limit,
        time_in_force,
        price: Some(fixed(price)),
        stop_price: None,
        iceberg: None,
        good_till_ms: None,
        self_trade: SelfTrade::None,
        amount: Amount::Base(fixed(quantity)),
        reduce_only: false,
    }
}

fn market(side: Side, amount: Amount) -> NewOrder {
    NewOrder {
        kind: Kind::Market,
        price: None,
        amount,
        ..limit(side, "1", "1", TimeInForce::Gtc)
    }
}

fn cancel(desk: &mut Desk, id: u64) -> Result<(), Rejection> {
    if id >= desk.ledger().next_order_id() {
        return Err(Rejection::UnknownToCancel);
    }
    desk.cancel(id, "cancel", 2 * NS_PER_MS)
}

fn balance(desk: &Desk, asset: &str) -> (String, String) {
    let Account::Spot(spot) = desk.account(0) else {
        panic!("a spot account")
    };
    let balance = spot.balances()[asset];
    (balance.free.text(8).to_string(), balance.locked.text(8).to_string())
}

fn fills(desk: &Desk, id: u64) -> Vec<(String, String, bool)> {
    let ledger = desk.ledger();
    let fills = ledger.fills_of(ledger.order(id));
    fills
        .map(|fill| {
            (
                fill.price.text(2).to_string(),
                fill.quantity.text(5).to_string(),
                fill.is_maker,
            )
        })
        .collect()
}

#[test]
fn a_limit_order_walks_the_levels_and_rests_with_what_is_left() {
    let mut desk = desk(Venue::Spot);
    let order = desk
        .place(limit(Side::Buy, "60010", "0.8", TimeInForce::Gtc), 1)
        .unwrap();
    assert_eq!((order.status, order.executed), (Status::PartiallyFilled, fixed("0.5")));
    assert_eq!(fills(&desk, 1), [("60010.00".to_owned(), "0.50000".to_owned(), false)]);
    // 0.5 bought for 30,005 less 0.1 % of the base; 0.3 at 60,010 still locked.
    assert_eq!(
        balance(&desk, "USDT"),
        ("51992.00000000".to_owned(), "18003.00000000".to_owned())
    );
    assert_eq!(
        balance(&desk, "BTC"),
        ("2.49950000".to_owned(), "0.00000000".to_owned())
    );
    cancel(&mut desk, 1).unwrap();
    assert_eq!(
        balance(&desk, "USDT"),
        ("69995.00000000".to_owned(), "0.00000000".to_owned())
    );
    assert_eq!(cancel(&mut desk, 1).unwrap_err(), Rejection::UnknownToCancel);
}

#[test]
fn a_resting_order_fills_at_its_own_price_when_the_book_comes_to_it() {
    let mut desk = desk(Venue::Spot);
    desk.place(limit(Side::Buy, "59995", "0.4", TimeInForce::Gtc), 1)
        .unwrap();
    show(&mut desk, 2, &[], &[("59993", "0.1")]);
    assert_eq!(fills(&desk, 1), [("59995.00".to_owned(), "0.10000".to_owned(), true)]);
    show(&mut desk, 3, &[("60000", "0")], &[]);
    assert_eq!(fills(&desk, 1).len(), 1, "the same shown quantity is not taken twice");
    show(&mut desk, 4, &[], &[("59993", "5")]);
    assert_eq!(desk.ledger().order(1).status, Status::Filled);
    assert_eq!(balance(&desk, "USDT").1, "0.00000000");
}

#[test]
fn a_resting_order_fills_with_a_trade_at_or_through_its_price_up_to_its_quantity() {
    let mut desk = desk(Venue::Spot);
    let trade = |price: &str, quantity: &str| {
        format!(r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","t":1,"p":"{price}","q":"{quantity}"}}}}"#)
            .into_bytes()
    };
    desk.place(limit(Side::Sell, "60015", "0.3", TimeInForce::Gtc), 1)
        .unwrap();
    desk.place(limit(Side::Sell, "60015", "0.3", TimeInForce::Gtc), 1)
        .unwrap();
    desk.show_trade(0, &trade("60014.99", "9"), || 5);
    assert_eq!(fills(&desk, 1).len(), 0);
    desk.show_trade(0, &trade("60015", "0.4"), || 5);
    assert_eq!(desk.ledger().order(1).executed, fixed("0.3"), "the earlier order first");
    assert_eq!(desk.ledger().order(2).executed, fixed("0.1"));
    desk.show_trade(0, &trade("60030", "1"), || 5);
    assert_eq!(fills(&desk, 2)[1], ("60015.00".to_owned(), "0.20000".to_owned(), true));
}

#[test]
fn ioc_expires_and_fok_is_all_or_nothing() {
    let mut desk = desk(Venue::Spot);
    let ioc = desk
        .place(limit(Side::Buy, "60010", "0.8", TimeInForce::Ioc), 1)
        .unwrap();
    assert_eq!((ioc.status, ioc.executed), (Status::Expired, fixed("0.5")));
    assert_eq!(balance(&desk, "USDT").1, "0.00000000");
    let fok = desk.place(limit(Side::Sell, "59990", "3.00001", TimeInForce::Fok), 1);
    assert_eq!(fok.unwrap_err(), Rejection::InsufficientFunds);
    let fok = desk
        .place(limit(Side::Sell, "60000", "1.00001", TimeInForce::Fok), 1)
        .unwrap();
    assert_eq!((fok.status, fok.executed), (Status::Expired, Fixed(0)));
    let fok = desk
        .place(limit(Side::Sell, "59990", "1.5", TimeInForce::Fok), 1)
        .unwrap();
    assert_eq!(fok.status, Status::Filled);
    let mut futures = self::desk(Venue::UsdM);
    let fok = futures.place(limit(Side::Sell, "60000", "1.001", TimeInForce::Fok), 1);
    assert_eq!(fok.unwrap_err(), Rejection::CannotFill);
    assert_eq!(futures.ledger().orders().len(), 0);
}

#[test]
fn a_market_order_by_quote_buys_whole_steps_for_it() {
    let mut desk = desk(Venue::Spot);
    let order = desk.place(market(Side::Buy, Amount::Quote(fixed("42000"))), 1).unwrap();
    // 0.5 at 60,010 is 30,005; 11,995 more at 60,020 is 0.19985 in steps of 0.00001.
    assert_eq!((order.status, order.executed), (Status::Filled, fixed("0.69985")));
    let order = desk.place(market(Side::Sell, Amount::Base(fixed("2.5"))), 1).unwrap();
    assert_eq!((order.status, order.executed), (Status::Filled, fixed("2.5")));
}

#[test]
fn refuses_and_changes_nothing() {
    let mut desk = desk(Venue::Spot);
    let named = |mut order: NewOrder, id: &str| {
        order.client_order_id = Some(id.to_owned());
        order
    };
    let gtc = TimeInForce::Gtc;
    let maker = |order: NewOrder| NewOrder {
        kind: Kind::LimitMaker,
        ..order
    };
    desk.place(named(limit(Side::Buy, "60010", "0.1", gtc), "once"), 1)
        .unwrap();
    let before = (
        balance(&desk, "USDT"),
        balance(&desk, "BTC"),
        desk.ledger().orders().len(),
    );
    let cases = [
        (
            named(limit(Side::Buy, "60010", "0.1", gtc), "once"),
            Rejection::Duplicate("once".to_owned()),
        ),
        (
            named(limit(Side::Buy, "60010", "0.1", gtc), "a b"),
            Rejection::IllegalClientOrderId,
        ),
        (limit(Side::Buy, "60010.001", "0.1", gtc), Rejection::Price),
        (limit(Side::Buy, "0", "0.1", gtc), Rejection::Price),
        (limit(Side::Buy, "60010", "0.000001", gtc), Rejection::Quantity),
        (limit(Side::Buy, "60010", "0.100001", gtc), Rejection::Quantity),
        (limit(Side::Buy, "60010", "90000000", gtc), Rejection::Quantity),
        (
            limit(Side::Buy, "60010", "0.00001", gtc),
            Rejection::Notional(Fixed(5 * ONE)),
        ),
        (limit(Side::Buy, "60010", "2", gtc), Rejection::InsufficientFunds),
        (limit(Side::Sell, "60010", "3", gtc), Rejection::InsufficientFunds),
        (maker(limit(Side::Buy, "60010", "0.1", gtc)), Rejection::WouldTake),
        (
            NewOrder {
                symbol: "ETHUSDT".to_owned(),
                ..limit(Side::Buy, "1", "1", gtc)
            },
            Rejection::UnknownSymbol,
        ),
    ];
    for (order, rejection) in cases {
        assert_eq!(desk.place(order, 2).unwrap_err(), rejection);
        assert_eq!(
            (
                balance(&desk, "USDT"),
                balance(&desk, "BTC"),
                desk.ledger().orders().len()
            ),
            before
        );
    }
}

#[test]
fn an_absurd_level_is_no_way_to_break_the_desk() {
    let mut desk = desk(Venue::Spot);
    desk.place(limit(Side::Buy, "59000", "0.1", TimeInForce::Gtc), 1)
        .unwrap();
    show(&mut desk, 2, &[("90000000000", "9000")], &[]);
    let sell = limit(Side::Sell, "60000", "1.5", TimeInForce::Gtc);
    desk.place(sell, 1).unwrap();
    assert_eq!(fills(&desk, 2), [("60000.00".to_owned(), "1.00000".to_owned(), false)]);
}

#[test]
fn futures_keep_positions_and_margin() {
    let mut desk = desk(Venue::UsdM);
    let reduce = |order: NewOrder| NewOrder {
        reduce_only: true,
        ..order
    };
    let order = reduce(limit(Side::Sell, "60000", "0.1", TimeInForce::Ioc));
    assert_eq!(desk.place(order, 1).unwrap_err(), Rejection::WouldNotReduce);
    desk.place(market(Side::Buy, Amount::Base(fixed("0.5"))), 1).unwrap();
    desk.place(reduce(market(Side::Sell, Amount::Base(fixed("0.5")))), 1)
        .unwrap();
    let Account::Futures(futures) = desk.account(0) else {
        panic!("a futures account")
    };
    // Bought at 60,010, sold at 60,000: 5 lost, and 0.1 % of both notionals paid.
    assert_eq!(futures.wallet(), fixed("99934.995"));
    assert_eq!(futures.available(), futures.wallet());
    let order = limit(Side::Buy, "59000", "40", TimeInForce::Gtc);
    assert_eq!(desk.place(order, 1).unwrap_err(), Rejection::InsufficientFunds);
}

#[test]
fn random_orders_conserve_what_is_there() {
    let mut desk = desk(Venue::Spot);
    let mut random = Pcg64Mcg::seed_from_u64(9);
    let mut below = move |end: u64| random.next_u64() % end;
    for update_id in 2..4_000 {
        let bid = format!("{}", 59_900 + below(100));
        let ask = format!("{}", 60_001 + below(100));
        let quantity = format!("0.{:04}", below(3_000));
        show(&mut desk, update_id, &[(&bid, &quantity)], &[(&ask, &quantity)]);
        let side = if below(2) == 0 { Side::Buy } else { Side::Sell };
        let tif = [TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok][below(3) as usize];
        let order = limit(
            side,
            &format!("{}", 59_950 + below(100)),
            &format!("0.{:04}", 1 + below(900)),
            tif,
        );
        // Refusals for want of funds are part of the run.
        let _ = desk.place(order, update_id);
        let id = 1 + below(desk.ledger().orders().len() as u64 + 1);
        if below(3) == 0 {
            let _ = cancel(&mut desk, id);
        }
    }
    let (mut usdt, mut btc, mut locked) = (fixed("100000").0, fixed("2").0, [0, 0]);
    for fill in desk.ledger().fills() {
        let is_buy = desk.ledger().order(fill.order_id).side == Side::Buy;
        let sign = if is_buy { 1 } else { -1 };
        btc += sign * fill.quantity.0 - if is_buy { fill.commission.0 } else { 0 };
        usdt -= sign * fill.quote.0 + if is_buy { 0 } else { fill.commission.0 };
    }
    for order in desk.ledger().orders() {
        let sum: i64 = desk.ledger().fills_of(order).map(|fill| fill.quantity.0).sum();
        assert_eq!(sum, order.executed.0);
        assert!(order.executed <= order.quantity);
        assert_eq!(order.status == Status::Filled, order.remaining().0 == 0);
        assert!(order.status.is_open() || order.locked.0 == 0);
        locked[usize::from(order.side == Side::Sell)] += order.locked.0;
    }
    let Account::Spot(spot) = desk.account(0) else {
        panic!("a spot account")
    };
    for (asset, total, locked) in [("USDT", usdt, locked[0]), ("BTC", btc, locked[1])] {
        let balance = spot.balances()[asset];
        assert_eq!(
            (balance.free.0 + balance.locked.0, balance.locked.0),
            (total, locked),
            "{asset}"
        );
        assert!(balance.free.0 >= 0);
    }
    assert!(desk.ledger().fills().len() > 500);
}
