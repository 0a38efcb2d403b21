//! Whatever is ordered, cancelled, changed and shown: nothing is made of nothing, and nothing is lost.

use std::collections::BTreeMap;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{RngCore, SeedableRng};

use super::account::Account;
use super::desk::{Desk, Fees};
use super::floor::Liquidity;
use super::history::QueueModel;
use super::order::{Amount, Kind, NewOrder, Order, SelfTrade, Side, Status, TimeInForce};
use crate::book::message::{Depth, Level};
use crate::clock::NS_PER_MS;
use crate::fixed::{Fixed, ONE};
use crate::instrument::SeenDecimals;
use crate::venue::Venue;

const FEES: Fees = Fees {
    maker: Fixed(20_000),
    taker: Fixed(100_000),
};
const BALANCE: Fixed = Fixed(40_000_000 * ONE);
const STEPS: u64 = 6_000;

struct Run {
    desk: Desk,
    random: Pcg64Mcg,
    venue: Venue,
    now_ns: u64,
}

impl Run {
    fn new(venue: Venue, liquidity: Liquidity, seed: u64) -> Run {
        let balances = ["USDT", "BTC"].map(|asset| (asset.to_owned(), BALANCE));
        let mut desk = Desk::new(venue, liquidity, FEES, 2, &BTreeMap::from(balances));
        desk.list("BTCUSDT", SeenDecimals::default());
        Run {
            desk,
            random: Pcg64Mcg::seed_from_u64(seed),
            venue,
            now_ns: 1,
        }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.random.next_u64() % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A price on the tick of both venues, near 60,000.
    fn price(&mut self) -> Fixed {
        Fixed((59_950 + self.below(100) as i64) * ONE)
    }

    fn quantity(&mut self) -> Fixed {
        Fixed((1 + self.below(900) as i64) * ONE / 1_000)
    }

    fn order(&mut self) -> NewOrder {
        let is_spot = self.venue == Venue::Spot;
        let kinds = [
            Kind::Limit,
            Kind::Limit,
            Kind::Limit,
            Kind::Market,
            Kind::Stop,
            Kind::StopLimit,
        ];
        let kind = if is_spot && self.below(8) == 0 {
            Kind::LimitMaker
        } else {
            self.pick(&kinds)
        };
        let time_in_force = match kind {
            Kind::Limit if is_spot => {
                self.pick(&[TimeInForce::Gtc, TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok])
            }
            Kind::Limit => self.pick(&[TimeInForce::Gtc, TimeInForce::Gtx, TimeInForce::Ioc, TimeInForce::Gtd]),
            _ => TimeInForce::Gtc,
        };
        let quantity = self.quantity();
        let shows_less = is_spot && kind == Kind::Limit && time_in_force == TimeInForce::Gtc && self.below(4) == 0;
        let modes = [
            SelfTrade::None,
            SelfTrade::ExpireTaker,
            SelfTrade::ExpireMaker,
            SelfTrade::ExpireBoth,
            SelfTrade::Decrement,
        ];
        NewOrder {
            account: self.below(2) as usize,
            symbol: "BTCUSDT".to_owned(),
            client_order_id: None,
            side: self.pick(&[Side::Buy, Side::Sell]),
            kind,
            time_in_force,
            price: (!matches!(kind, Kind::Market | Kind::Stop)).then(|| self.price()),
            stop_price: matches!(kind, Kind::Stop | Kind::StopLimit).then(|| self.price()),
            iceberg: shows_less.then_some(Fixed((quantity.0 / 3).max(ONE / 1_000) / (ONE / 1_000) * (ONE / 1_000))),
            good_till_ms: (time_in_force == TimeInForce::Gtd).then_some(self.now_ns / NS_PER_MS + 50),
            self_trade: self.pick(&modes),
            amount: if is_spot && kind == Kind::Market && self.below(2) == 0 {
                Amount::Quote(Fixed(20_000 * ONE))
            } else {
                Amount::Base(quantity)
            },
            reduce_only: !is_spot && self.below(10) == 0,
        }
    }

    fn show(&mut self, update_id: u64) {
        let level = |price: Fixed, quantity: Fixed| vec![Level(price, quantity)];
        let (bid, ask) = (self.price(), self.price());
        let (held, offered) = (self.quantity(), self.quantity());
        let depth = Depth {
            first_update_id: update_id,
            previous_update_id: None,
            last_update_id: update_id,
            bids: level(bid, if self.below(4) == 0 { Fixed(0) } else { held }),
            asks: level(ask, if self.below(4) == 0 { Fixed(0) } else { offered }),
            publish_ms: 0,
            transaction_ms: 0,
        };
        let now_ns = self.now_ns;
        self.desk.show_depth(0, depth, || now_ns);
        if self.below(3) == 0 {
            let (price, quantity) = (self.price().text(2), self.quantity().text(3));
            let is_maker = self.below(2) == 0;
            let body = format!(r#"{{"stream":"x","data":{{"p":"{price}","q":"{quantity}","m":{is_maker}}}}}"#);
            self.desk.show_trade(0, body.as_bytes(), || now_ns);
        }
    }

    fn change(&mut self) {
        let id = 1 + self.below(self.desk.ledger().next_order_id());
        if id >= self.desk.ledger().next_order_id() || !self.desk.ledger().order(id).status.is_open() {
            return;
        }
        let (price, quantity, now_ns) = (self.price(), self.quantity(), self.now_ns);
        // Refusals are part of the run.
        let _ = match (self.below(2), self.venue) {
            (0, _) => self.desk.cancel(id, "cancel", now_ns),
            (_, Venue::Spot) => self.desk.amend(id, quantity, format!("amended-{now_ns}"), now_ns),
            (_, Venue::UsdM) => self.desk.modify(id, price, quantity, now_ns),
        };
    }

    fn go(&mut self) {
        for step in 0..STEPS {
            self.now_ns += NS_PER_MS;
            if self.desk.listings.liquidity() != Liquidity::Live {
                self.show(step + 1);
            }
            let order = self.order();
            let _ = self.desk.place(order, self.now_ns);
            self.change();
            self.desk.pass_time(self.now_ns);
            if step % 500 == 0 {
                self.check();
            }
        }
        self.check();
    }

    fn check(&self) {
        let ledger = self.desk.ledger();
        for order in ledger.orders() {
            let filled: i64 = ledger.fills_of(order).map(|fill| fill.quantity.0).sum();
            assert_eq!(filled, order.executed.0, "{order:?}");
            assert!(order.remaining().0 >= 0, "{order:?}");
            assert_eq!(
                order.status == Status::Filled,
                order.status != Status::ExpiredInMatch && order.remaining().0 == 0
            );
            assert!(order.status.is_open() || order.locked.0 == 0, "{order:?}");
            // A modified order's fills of before may be beyond its limit of now.
            let is_within = |price: Fixed| match (order.side, order.price) {
                (Side::Buy, Some(limit)) => price <= limit,
                (Side::Sell, Some(limit)) => price >= limit,
                (_, None) => true,
            };
            let are_within = ledger.fills_of(order).all(|fill| is_within(fill.price));
            assert!(are_within || self.venue == Venue::UsdM, "{order:?}");
            let open = self.desk.listings.get(0).floor.engine.open_quantity(order.id);
            assert_eq!(open, order.status.is_open().then_some(order.remaining()), "{order:?}");
        }
        (0..2).for_each(|account| self.check_account(account));
    }

    fn check_account(&self, account: usize) {
        let ledger = self.desk.ledger();
        let locked = |side: Side| -> i64 {
            let own = ledger
                .orders()
                .iter()
                .filter(|order| order.account == account && order.side == side);
            own.map(|order| order.locked.0).sum()
        };
        let Account::Spot(spot) = self.desk.account(account) else {
            return;
        };
        let (mut base, mut quote) = (BALANCE.0, BALANCE.0);
        for fill in ledger.fills() {
            let order = ledger.order(fill.order_id);
            if order.account != account {
                continue;
            }
            match order.side {
                Side::Buy => {
                    base += fill.quantity.0 - fill.commission.0;
                    quote -= fill.quote.0;
                }
                Side::Sell => {
                    base -= fill.quantity.0;
                    quote += fill.quote.0 - fill.commission.0;
                }
            }
        }
        for (asset, total, locked) in [("BTC", base, locked(Side::Sell)), ("USDT", quote, locked(Side::Buy))] {
            let balance = spot.balances()[asset];
            assert_eq!(
                (balance.free.0 + balance.locked.0, balance.locked.0),
                (total, locked),
                "{asset}"
            );
            assert!(balance.free.0 >= 0, "{asset}");
        }
    }
}

#[test]
fn spot_conserves_against_a_recording() {
    for (seed, model) in [(1, QueueModel::Even), (2, QueueModel::Cautious)] {
        let mut run = Run::new(Venue::Spot, Liquidity::Recorded(model), seed);
        run.go();
        assert!(run.desk.ledger().fills().len() > 2_000);
    }
}

#[test]
fn accounts_alone_give_each_other_what_they_get() {
    let mut run = Run::new(Venue::Spot, Liquidity::Live, 3);
    run.go();
    let ledger = run.desk.ledger();
    assert!(ledger.fills().len() > 2_000);
    let count = |is_meant: fn(&Order) -> bool| ledger.orders().iter().filter(|order| is_meant(order)).count();
    // The run would prove little if none of these happened.
    assert!(count(|order| order.status == Status::ExpiredInMatch) > 20);
    assert!(count(|order| order.stop_price.is_some() && order.executed.0 > 0) > 20);
    assert!(count(|order| order.iceberg.is_some() && order.fills.len() > 1) > 20);
    assert!(count(|order| order.client_order_id.starts_with("amended")) > 20);
    let bought = |side: Side| -> i64 {
        let of_side = |fill: &&super::order::Fill| ledger.order(fill.order_id).side == side;
        ledger.fills().iter().filter(of_side).map(|fill| fill.quantity.0).sum()
    };
    assert_eq!(bought(Side::Buy), bought(Side::Sell));
    let tape = &run.desk.listings.get(0).tape;
    for side in [Side::Buy, Side::Sell] {
        let engine: Vec<_> = run.desk.listings.get(0).floor.engine.offers(side.opposite()).collect();
        let told: Vec<_> = tape.levels(side).collect();
        assert_eq!(
            engine
                .iter()
                .map(|offer| (offer.price, offer.quantity))
                .collect::<Vec<_>>(),
            told
        );
    }
}

#[test]
fn futures_orders_add_up_however_they_are_modified() {
    let mut run = Run::new(Venue::UsdM, Liquidity::Recorded(QueueModel::Even), 4);
    run.go();
    let positions: i64 = (0..2)
        .map(|account| match run.desk.account(account) {
            Account::Futures(futures) => futures.positions()["BTCUSDT"].quantity.0,
            Account::Spot(_) => unreachable!("futures"),
        })
        .sum();
    let ledger = run.desk.ledger();
    let signed = |fill: &super::order::Fill| match ledger.order(fill.order_id).side {
        Side::Buy => fill.quantity.0,
        Side::Sell => -fill.quantity.0,
    };
    assert_eq!(positions, ledger.fills().iter().map(signed).sum::<i64>());
}
