//! A venue's request limits, kept from our side: wait when it says so, and leave the last of the minute to orders.

use std::collections::HashMap;

use venues::binance::trading::market::Market;

use crate::desk::Gate;
use crate::moment::Moment;

/// Without a Retry-After it is an order limit, counted over ten seconds.
const WAIT_MS: u64 = 2_000;
const MINUTE_NS: i64 = 60_000_000_000;

#[derive(Default)]
pub(crate) struct Limits {
    venues: HashMap<String, Limit>,
}

struct Limit {
    /// Requests under way, and how many may be: each waits for its own venue alone.
    under_way: usize,
    under_way_max: usize,
    /// Weight a minute, beyond which only orders and cancels are sent: four fifths of what the venue grants.
    weight_max: u32,
    /// For all requests, and for those that can wait; in steady ns.
    closed_until_ns: i64,
    spared_until_ns: i64,
}

impl Limits {
    /// `REQUEST_WEIGHT` of `exchangeInfo`: 6,000 a minute on spot, 2,400 on futures.
    pub fn add(&mut self, venue: &str, market: Market, under_way_max: usize) {
        let weight_max = match market {
            Market::Spot => 4_800,
            Market::UsdM => 1_920,
        };
        let limit = Limit {
            under_way: 0,
            under_way_max,
            weight_max,
            closed_until_ns: 0,
            spared_until_ns: 0,
        };
        self.venues.insert(venue.to_owned(), limit);
    }

    /// A request is under way.
    pub fn began(&mut self, venue: &str) {
        if let Some(limit) = self.venues.get_mut(venue) {
            limit.under_way += 1;
        }
    }

    /// It was answered, or given up.
    pub fn ended(&mut self, venue: &str) {
        if let Some(limit) = self.venues.get_mut(venue) {
            limit.under_way -= 1;
        }
    }

    /// The venue asks to wait.
    pub fn wait(&mut self, venue: &str, wait_ms: Option<u64>, now: Moment) {
        if let Some(limit) = self.venues.get_mut(venue) {
            let wait_ns = i64::try_from(wait_ms.unwrap_or(WAIT_MS))
                .unwrap_or(i64::MAX)
                .saturating_mul(1_000_000);
            limit.closed_until_ns = limit.closed_until_ns.max(now.steady_ns.saturating_add(wait_ns));
        }
    }

    /// The venue says how much of this minute's weight is used.
    pub fn used(&mut self, venue: &str, weight: u32, now: Moment) {
        if let Some(limit) = self.venues.get_mut(venue)
            && weight > limit.weight_max
        {
            // The venue counts by the minutes of the clock.
            limit.spared_until_ns = now.steady_ns + MINUTE_NS - now.wall_ns.rem_euclid(MINUTE_NS);
        }
    }
}

impl Gate for Limits {
    fn closed_until(&self, venue: &str, is_urgent: bool, now: Moment) -> Option<i64> {
        let limit = self.venues.get(venue)?;
        let spared = if is_urgent { 0 } else { limit.spared_until_ns };
        let until_ns = limit.closed_until_ns.max(spared);
        (until_ns > now.steady_ns).then_some(until_ns)
    }

    fn is_full(&self, venue: &str) -> bool {
        let limit = self.venues.get(venue);
        limit.is_some_and(|limit| limit.under_way >= limit.under_way_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment {
            wall_ns: 1_700_000_000_000_000_000 + seconds * 1_000_000_000,
            steady_ns: seconds * 1_000_000_000,
        }
    }

    #[test]
    fn waits_as_long_as_the_venue_says() {
        let mut limits = Limits::default();
        limits.add("binance", Market::Spot, 64);
        limits.wait("binance", Some(7_000), at(1));
        assert_eq!(limits.closed_until("binance", true, at(2)), Some(at(8).steady_ns));
        assert_eq!(limits.closed_until("binance", true, at(8)), None);
    }

    #[test]
    fn a_slow_venue_fills_its_own_room_alone() {
        let mut limits = Limits::default();
        limits.add("binance", Market::Spot, 2);
        limits.add("binance_usdm", Market::UsdM, 2);
        limits.began("binance");
        assert!(!limits.is_full("binance"));
        limits.began("binance");
        assert!(limits.is_full("binance"));
        assert!(!limits.is_full("binance_usdm"));
        limits.ended("binance");
        assert!(!limits.is_full("binance"));
    }

    #[test]
    fn the_last_weight_of_a_minute_is_for_orders() {
        let mut limits = Limits::default();
        limits.add("binance", Market::Spot, 64);
        limits.used("binance", 4_801, at(1));
        assert_eq!(limits.closed_until("binance", true, at(1)), None);
        // 1,700,000,000 s is 20 s into a minute.
        assert_eq!(limits.closed_until("binance", false, at(1)), Some(at(40).steady_ns));
        limits.used("binance", 4_800, at(41));
        assert_eq!(limits.closed_until("binance", false, at(41)), None);
    }
}
