//! Each venue has room for so many requests, and who waits for one holds up no other.

use std::collections::BTreeMap;
use std::time::Duration;

use contracts::{ExecutionReport, New, Origin, TimeInForce};
use venues::binance::trading::market::Market;
use venues::orders::Answer;

use super::simulation::limit_order;
use crate::desk::{Age, Desk};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::order::Reports;
use crate::rules::Rules;

struct Unread;

impl Reports for Unread {
    fn report(&mut self, _: &ExecutionReport<'_>) {}
}

const NOW: Moment = Moment {
    wall_ns: 1_700_000_000_000_000_000,
    steady_ns: 1_000_000_000,
};

/// A desk with these orders, in this order, and room for two requests at each venue.
fn desk(venues: &[&str]) -> (Desk, Limits) {
    let rules = Rules::new(Duration::from_secs(10), Duration::from_secs(3), Duration::from_secs(2));
    let markets = [("binance", Market::Spot), ("binance_usdm", Market::UsdM)];
    let mut limits = Limits::default();
    for (name, market) in markets {
        limits.add(name, market, 2);
    }
    let named = markets.map(|(name, market)| (name.to_owned(), market));
    let mut desk = Desk::new(rules, BTreeMap::from(named));
    for (offset, venue) in (0..).zip(venues) {
        let origin = Origin {
            partition: 0,
            offset,
            index: 0,
        };
        let id = format!("tf-0badcafe-0-{offset}-0");
        let instrument = if *venue == "binance" {
            "BTC-USDT"
        } else {
            "BTC-USDT-PERP"
        };
        let order = New {
            venue,
            instrument,
            ..limit_order(origin, &id, TimeInForce::Gtc, NOW.wall_ns)
        };
        let taken = desk.take_new(origin, &order, NOW.wall_ns, Age::Fresh, NOW, &mut Unread);
        taken.unwrap();
    }
    (desk, limits)
}

#[test]
fn an_order_waits_for_room_at_its_own_venue_alone_and_in_its_turn() {
    let (spot, futures) = ("binance", "binance_usdm");
    let (mut desk, mut limits) = desk(&[spot, spot, spot, spot, futures, spot]);
    let sent = |limits: &mut Limits, desk: &mut Desk| {
        let mut all = Vec::new();
        while let Some(errand) = desk.next(NOW, limits, &mut Unread) {
            limits.began(&errand.venue);
            all.push(errand);
        }
        all
    };
    let first = sent(&mut limits, &mut desk);
    assert_eq!(first.iter().map(|one| one.position.1).collect::<Vec<_>>(), [0, 1, 4]);
    assert!(sent(&mut limits, &mut desk).is_empty());

    // An answer of the other venue makes no room here.
    let answer = |desk: &mut Desk, limits: &mut Limits, index: usize| {
        limits.ended(&first[index].venue);
        let refused = Answer::Refused("-2010: Account has insufficient balance for requested action.".to_owned());
        desk.answer(&first[index], refused, NOW, NOW, &mut Unread);
    };
    answer(&mut desk, &mut limits, 2);
    assert!(sent(&mut limits, &mut desk).is_empty());
    answer(&mut desk, &mut limits, 0);
    let next = sent(&mut limits, &mut desk);
    assert_eq!(next.iter().map(|one| one.position.1).collect::<Vec<_>>(), [2]);
    answer(&mut desk, &mut limits, 1);
    let next = sent(&mut limits, &mut desk);
    assert_eq!(next.iter().map(|one| one.position.1).collect::<Vec<_>>(), [3]);
    assert_eq!(desk.open(), 3, "two under way, and one that waits");
}
