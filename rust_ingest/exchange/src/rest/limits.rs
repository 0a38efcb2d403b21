//! The venue's rate limits: request weight by address, orders by account, and what follows when they are broken.
//!
//! Binance, "LIMITS": "A 429 will be returned when either rate limit is violated", with `Retry-After`; "repeatedly
//! violating rate limits and/or failing to back off after receiving 429s will result in an automated IP ban (HTTP
//! status 418)"; "IP bans are tracked and scale in duration for repeat offenders, from 2 minutes to 3 days".

use std::collections::HashMap;
use std::net::IpAddr;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue, RETRY_AFTER};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use crate::venue::Venue;

/// The venue does not say how often "repeatedly" is: here, so many refused requests in one minute.
const VIOLATIONS_UNTIL_BAN: u64 = 20;
const BAN_MS_MIN: u64 = 2 * 60 * 1_000;
const BAN_MS_MAX: u64 = 3 * 24 * 60 * 60 * 1_000;
const MINUTE_MS: u64 = 60_000;

/// A limit on something in windows of so many ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Length of a window, ms; windows begin at its multiples.
    pub window_ms: u64,
    /// The most in one window; None counts without end.
    pub most: Option<u64>,
    /// How the header and the refusals name it: `10S` and `10 SECOND`.
    names: (&'static str, &'static str),
}

/// The limits of a venue.
#[derive(Clone, Debug)]
pub struct Limits {
    weight: Limit,
    orders: [Limit; 2],
}

impl Limits {
    /// The venue's own limits in force, or only counted.
    pub fn of(venue: Venue, are_in_force: bool) -> Limits {
        let limit = |window_ms, most, names| Limit {
            window_ms,
            most: are_in_force.then_some(most),
            names,
        };
        let minute = ("1M", "1 MINUTE");
        let (weight, long) = match venue {
            Venue::Spot => (6_000, limit(24 * 60 * MINUTE_MS, 200_000, ("1D", "1 DAY"))),
            Venue::UsdM => (2_400, limit(MINUTE_MS, 1_200, minute)),
        };
        let short = if venue == Venue::Spot { 100 } else { 300 };
        Limits {
            weight: limit(MINUTE_MS, weight, minute),
            orders: [limit(10_000, short, ("10S", "10 SECOND")), long],
        }
    }

    /// As `exchangeInfo` tells them; none if they are only counted.
    pub fn told(&self) -> Vec<Value> {
        let kinds = [
            ("REQUEST_WEIGHT", self.weight),
            ("ORDERS", self.orders[0]),
            ("ORDERS", self.orders[1]),
        ];
        let told = |(kind, limit): (&str, Limit)| {
            let (number, interval) = limit.names.1.split_once(' ')?;
            let number: u64 = number.parse().ok()?;
            Some(json!({"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit.most?}))
        };
        kinds.into_iter().filter_map(told).collect()
    }
}

/// What was used in the present window.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    window: u64,
    count: u64,
}

impl Used {
    /// Adds to the window of now; gives the sum.
    fn add(&mut self, limit: Limit, count: u64, now_ms: u64) -> u64 {
        let window = now_ms / limit.window_ms;
        if self.window != window {
            *self = Used { window, count: 0 };
        }
        self.count += count;
        self.count
    }
}

#[derive(Debug, Default)]
struct Address {
    weight: Used,
    violations: Used,
    bans: u32,
    banned_until_ms: u64,
}

#[derive(Debug, Default)]
struct State {
    addresses: HashMap<IpAddr, Address>,
    orders: Vec<[Used; 2]>,
}

/// What a request has used, for its answer's headers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    weight: u64,
    orders: Option<[u64; 2]>,
}

/// Counts requests and orders.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    state: Mutex<State>,
}

/// A request that came too often: the refusal and when to come again.
#[derive(Clone, Debug)]
pub struct TooMany {
    /// 429, or 418 for a ban.
    pub refusal: Refusal,
    /// `Retry-After`, s.
    pub retry_after_s: u64,
}

impl TooMany {
    /// As an HTTP answer.
    pub fn answer(&self) -> Answer {
        let mut answer = self.refusal.answer();
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(self.retry_after_s));
        answer
    }
}

impl Meter {
    /// A meter at zero.
    pub fn new(limits: Limits) -> Meter {
        Meter {
            limits,
            state: Mutex::default(),
        }
    }

    /// The limits that it counts towards.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts a request of `weight`.
    ///
    /// # Errors
    /// The address is banned, or has used up its minute.
    pub fn charge(&self, address: IpAddr, weight: u64, now_ms: u64) -> Result<Told, TooMany> {
        let mut state = self.state.lock();
        let address = state.addresses.entry(address).or_default();
        if now_ms < address.banned_until_ms {
            return Err(banned(address.banned_until_ms, now_ms));
        }
        let limit = self.limits.weight;
        let weight = address.weight.add(limit, weight, now_ms);
        match limit.most.filter(|most| weight > *most) {
            None => Ok(Told { weight, orders: None }),
            Some(most) => Err(address.violate(limit, weight_words(most, limit.names.1), now_ms)),
        }
    }

    /// Counts an order of an account.
    ///
    /// # Errors
    /// The account has sent too many.
    pub fn count_order(&self, account: usize, told: &mut Told, now_ms: u64) -> Result<(), TooMany> {
        let mut state = self.state.lock();
        if state.orders.len() <= account {
            state.orders.resize(account + 1, Default::default());
        }
        let mut counts = [0; 2];
        for (index, limit) in self.limits.orders.into_iter().enumerate() {
            counts[index] = state.orders[account][index].add(limit, 1, now_ms);
            if let Some(most) = limit.most.filter(|most| counts[index] > *most) {
                let interval = limit.names.1;
                let message = format!("Too many new orders; current limit is {most} orders per {interval}.");
                return Err(too_many(
                    StatusCode::TOO_MANY_REQUESTS,
                    -1015,
                    message,
                    left_s(limit, now_ms),
                ));
            }
        }
        told.orders = Some(counts);
        Ok(())
    }

    /// Counts of an account's orders, as `GET rateLimit/order` tells them.
    pub fn order_counts(&self, account: usize, now_ms: u64) -> Value {
        let mut state = self.state.lock();
        let used = state.orders.get_mut(account);
        let mut used = used.map_or_else(Default::default, |used| *used);
        let told = self.limits.orders.iter().zip(&mut used).map(|(limit, used)| {
            let (number, interval) = limit.names.1.split_once(' ').unwrap_or(("1", limit.names.1));
            let number: u64 = number.parse().unwrap_or(1);
            let count = used.add(*limit, 0, now_ms);
            json!({"rateLimitType": "ORDERS", "interval": interval, "intervalNum": number, "limit": limit.most, "count": count})
        });
        told.collect()
    }

    /// Bans all addresses that have ever asked, for so long.
    pub fn ban_all(&self, duration_ms: u64, now_ms: u64) {
        for address in self.state.lock().addresses.values_mut() {
            address.banned_until_ms = now_ms + duration_ms;
        }
    }

    /// Puts what a request has used into the headers of its answer, where there are limits: a careful client would keep
    /// from its side those that it knows of the venue, in a market that may be played at many times its speed.
    pub fn head(&self, venue: Venue, answer: &mut Answer, told: Told) {
        if self.limits.weight.most.is_none() {
            return;
        }
        let headers = answer.headers_mut();
        headers.insert("x-mbx-used-weight-1m", HeaderValue::from(told.weight));
        if venue == Venue::Spot {
            headers.insert("x-mbx-used-weight", HeaderValue::from(told.weight));
        }
        let long = match venue {
            Venue::Spot => HeaderName::from_static("x-mbx-order-count-1d"),
            Venue::UsdM => HeaderName::from_static("x-mbx-order-count-1m"),
        };
        if let Some([short_count, long_count]) = told.orders {
            headers.insert("x-mbx-order-count-10s", HeaderValue::from(short_count));
            headers.insert(long, HeaderValue::from(long_count));
        }
    }

    /// A refusal for want of rate that a fault asked for.
    pub fn refuse_on_demand(&self, now_ms: u64) -> TooMany {
        let limit = self.limits.weight;
        let most = limit.most.unwrap_or(0);
        let message = weight_words(most, limit.names.1);
        too_many(StatusCode::TOO_MANY_REQUESTS, -1003, message, left_s(limit, now_ms))
    }
}

impl Address {
    /// Writes down a violation: a 429, or, after too many of them, a ban.
    fn violate(&mut self, limit: Limit, message: String, now_ms: u64) -> TooMany {
        if self.violations.add(limit, 1, now_ms) <= VIOLATIONS_UNTIL_BAN {
            return too_many(StatusCode::TOO_MANY_REQUESTS, -1003, message, left_s(limit, now_ms));
        }
        let duration_ms = BAN_MS_MIN.saturating_mul(1 << self.bans.min(20)).min(BAN_MS_MAX);
        self.bans += 1;
        self.banned_until_ms = now_ms + duration_ms;
        banned(self.banned_until_ms, now_ms)
    }
}

fn weight_words(most: u64, interval: &str) -> String {
    format!(
        "Too much request weight used; current limit is {most} request weight per {interval}. Please use WebSocket \
         Streams for live updates to avoid polling the API."
    )
}

fn banned(until_ms: u64, now_ms: u64) -> TooMany {
    let message = format!(
        "Way too much request weight used; IP banned until {until_ms}. Please use WebSocket Streams for live updates \
         to avoid bans."
    );
    let left_s = (until_ms - now_ms).div_ceil(1_000);
    too_many(StatusCode::IM_A_TEAPOT, -1003, message, left_s)
}

fn too_many(status: StatusCode, code: i32, message: String, retry_after_s: u64) -> TooMany {
    TooMany {
        refusal: Refusal::new(status, code, message),
        retry_after_s,
    }
}

/// Seconds until the limit's next window.
fn left_s(limit: Limit, now_ms: u64) -> u64 {
    (limit.window_ms - now_ms % limit.window_ms).div_ceil(1_000)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const NOW_MS: u64 = 1_700_000_000_000 / MINUTE_MS * MINUTE_MS;

    #[test]
    fn refuses_with_429_until_the_minute_is_over_and_bans_who_goes_on() {
        let meter = Meter::new(Limits::of(Venue::UsdM, true));
        assert_eq!(meter.charge(HERE, 2_400, NOW_MS).unwrap().weight, 2_400);
        let refused = meter.charge(HERE, 1, NOW_MS + 20_000).unwrap_err();
        assert_eq!((refused.refusal.status.as_u16(), refused.retry_after_s), (429, 40));
        assert!(meter.charge(HERE, 1, NOW_MS + MINUTE_MS).is_ok());
        meter.charge(HERE, 2_400, NOW_MS + MINUTE_MS).unwrap_err();
        let statuses: Vec<u16> = (0..21)
            .map(|_| {
                meter
                    .charge(HERE, 1, NOW_MS + MINUTE_MS)
                    .unwrap_err()
                    .refusal
                    .status
                    .as_u16()
            })
            .collect();
        assert_eq!((statuses[18], statuses[19], statuses[20]), (429, 418, 418));
        assert!(meter.charge(HERE, 1, NOW_MS + 3 * MINUTE_MS - 1).is_err());
        assert!(meter.charge(HERE, 1, NOW_MS + 3 * MINUTE_MS).is_ok());
    }

    #[test]
    fn counts_orders_by_account() {
        let meter = Meter::new(Limits::of(Venue::Spot, true));
        let mut told = Told::default();
        for _ in 0..100 {
            meter.count_order(1, &mut told, NOW_MS).unwrap();
        }
        let refused = meter.count_order(1, &mut told, NOW_MS + 1).unwrap_err();
        assert_eq!((refused.refusal.code, refused.retry_after_s), (-1015, 10));
        meter.count_order(0, &mut told, NOW_MS).unwrap();
        meter.count_order(1, &mut told, NOW_MS + 10_000).unwrap();
        assert_eq!(told.orders, Some([1, 101]));
    }

    #[test]
    fn only_counts_when_not_in_force() {
        let meter = Meter::new(Limits::of(Venue::Spot, false));
        assert_eq!(meter.charge(HERE, 1_000_000, NOW_MS).unwrap().weight, 1_000_000);
        assert!(meter.limits().told().is_empty());
    }
}
