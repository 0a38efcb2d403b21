//! Ticks from prices as they come: counts of a power of ten, or binary floating point.

use std::cmp::Ordering;

use super::flags::{CROSSED, LOCKED, ONE_SIDED, SATURATED};
use super::{Tick, spread, spread_of_floats};

/// What a tick says, before prices are in their 32 bits. `P` is `i64` (counts of `10^price_exponent`) or `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote<P> {
    /// Nanoseconds since 1970, UTC, by the source's clock. Not after 1970: becomes 1 ns, and saturated.
    pub timestamp_ns: i64,
    pub symbol_id: u32,
    /// One of [`source`](super::source).
    pub source: u8,
    pub bid: Option<P>,
    pub ask: Option<P>,
    /// 0 if the source says nothing of it.
    pub volume: P,
}

impl Tick {
    /// A tick from 64-bit counts of `10^price_exponent` and `10^volume_exponent`, as the log holds them.
    ///
    /// Spread and flags are worked out from the counts; prices are the nearest `f64`, then the nearest `f32`.
    #[inline]
    pub fn from_fixed(quote: &Quote<i64>, price_exponent: i8, volume_exponent: i8) -> Tick {
        let mut flags = 0;
        let spread = match (quote.bid, quote.ask) {
            (Some(bid), Some(ask)) => sided(bid.cmp(&ask), spread(bid, ask), &mut flags),
            _ => one_sided(&mut flags),
        };
        let mut price =
            |count: Option<i64>| count.map_or(f32::NAN, |count| single(scaled(count, price_exponent), &mut flags));
        let (bid, ask) = (price(quote.bid), price(quote.ask));
        let volume = volume(scaled(quote.volume, volume_exponent), &mut flags);
        assembled(quote, bid, ask, volume, spread, flags)
    }

    /// A tick from floating point; a price that is NaN is none. What is infinite saturates.
    #[inline]
    pub fn from_floats(quote: &Quote<f64>) -> Tick {
        let mut flags = 0;
        let there = |price: Option<f64>| price.filter(|price| !price.is_nan());
        let spread = match (there(quote.bid), there(quote.ask)) {
            (Some(bid), Some(ask)) => sided(compared(bid, ask), spread_of_floats(bid, ask), &mut flags),
            _ => one_sided(&mut flags),
        };
        let mut price = |price: Option<f64>| there(price).map_or(f32::NAN, |price| single(price, &mut flags));
        let (bid, ask) = (price(quote.bid), price(quote.ask));
        let volume = volume(quote.volume, &mut flags);
        assembled(quote, bid, ask, volume, spread, flags)
    }
}

#[inline]
fn assembled<P>(quote: &Quote<P>, bid: f32, ask: f32, volume: f32, spread: u16, mut flags: u8) -> Tick {
    let timestamp_ns = u64::try_from(quote.timestamp_ns)
        .ok()
        .filter(|at| *at > 0)
        .unwrap_or_else(|| {
            flags |= SATURATED;
            1
        });
    Tick {
        timestamp_ns,
        symbol_id: quote.symbol_id,
        bid,
        ask,
        volume,
        source: quote.source,
        flags,
        spread,
        sequence: 0,
    }
}

#[inline]
fn sided(order: Ordering, spread: Option<u16>, flags: &mut u8) -> u16 {
    match order {
        Ordering::Less => {}
        Ordering::Equal => *flags |= LOCKED,
        Ordering::Greater => *flags |= CROSSED,
    }
    spread.unwrap_or_else(|| {
        *flags |= SATURATED;
        u16::MAX
    })
}

/// As numbers compare: `-0.0` is `0.0`. Neither is NaN.
#[inline]
fn compared(bid: f64, ask: f64) -> Ordering {
    if bid < ask {
        Ordering::Less
    } else if bid > ask {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

fn one_sided(flags: &mut u8) -> u16 {
    *flags |= ONE_SIDED;
    0
}

/// The nearest `f32`. What is too large is the largest, and what is not zero never becomes it.
#[inline]
fn single(value: f64, flags: &mut u8) -> f32 {
    let near = value as f32;
    if near.is_infinite() {
        *flags |= SATURATED;
        return f32::MAX.copysign(near);
    }
    if near == 0.0 && value != 0.0 {
        *flags |= SATURATED;
        return f32::from_bits(1).copysign(near);
    }
    near
}

#[inline]
fn volume(value: f64, flags: &mut u8) -> f32 {
    if value >= 0.0 {
        return single(value, flags);
    }
    *flags |= SATURATED;
    0.0
}

/// Powers of ten that `f64` holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// `count * 10^exponent`; the nearest `f64` for counts below 2^53 and exponents to 22.
#[inline]
fn scaled(count: i64, exponent: i8) -> f64 {
    let count = count as f64;
    match (TENS.get(usize::from(exponent.unsigned_abs())), exponent < 0) {
        (Some(ten), true) => count / ten,
        (Some(ten), false) => count * ten,
        (None, _) => count * 10f64.powi(i32::from(exponent)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fixed(bid: Option<i64>, ask: Option<i64>) -> Quote<i64> {
        Quote {
            timestamp_ns: 5,
            symbol_id: 1,
            source: 2,
            bid,
            ask,
            volume: 0,
        }
    }

    fn floats(bid: f64, ask: f64, volume: f64) -> Tick {
        Tick::from_floats(&Quote {
            timestamp_ns: 5,
            symbol_id: 1,
            source: 2,
            bid: Some(bid),
            ask: Some(ask),
            volume,
        })
    }

    #[test]
    fn both_forms_say_the_same() {
        let counted = Tick::from_fixed(&fixed(Some(138_727), Some(138_729)), -5, 0);
        assert_eq!(counted, floats(1.38727, 1.38729, 0.0));
        assert_eq!(
            (counted.bid, counted.ask, counted.spread, counted.flags),
            (1.38727, 1.38729, 1, 0)
        );
    }

    #[test]
    fn locked_and_crossed_are_told_by_the_prices_as_they_came() {
        assert_eq!(Tick::from_fixed(&fixed(Some(5), Some(5)), 0, 0).flags, LOCKED);
        assert_eq!(Tick::from_fixed(&fixed(Some(7_000), Some(6_999)), 0, 0).flags, CROSSED);
        // In 32 bits these are one price; the flag still knows.
        let near = Tick::from_fixed(&fixed(Some(1_000_000_001), Some(1_000_000_000)), -9, 0);
        assert_eq!((near.bid == near.ask, near.flags), (true, CROSSED));
        assert_eq!(floats(0.0, -0.0, 0.0).flags, LOCKED);
    }

    #[test]
    fn a_missing_side_is_nan() {
        let tick = Tick::from_fixed(&fixed(None, Some(3)), 0, 0);
        assert!(tick.bid.is_nan() && tick.ask == 3.0);
        assert_eq!((tick.flags, tick.spread), (ONE_SIDED, 0));
        assert_eq!(floats(1.0, f64::NAN, 0.0).flags, ONE_SIDED);
    }

    #[test]
    fn what_does_not_fit_saturates_with_the_flag() {
        let wide = floats(1.0, 3.0, 0.0);
        assert_eq!((wide.spread, wide.flags), (u16::MAX, SATURATED));
        assert_eq!(
            (floats(1e300, 1e300, 0.0).bid, floats(1e300, 1e300, 0.0).flags),
            (f32::MAX, SATURATED | LOCKED)
        );
        assert_eq!(floats(f64::NEG_INFINITY, 1.0, 0.0).bid, f32::MIN);
        assert_eq!(floats(1e-60, 1e-60, 0.0).bid, f32::from_bits(1));
        for volume in [-1.0, f64::NAN] {
            let tick = floats(1.0, 1.0, volume);
            assert_eq!((tick.volume, tick.flags), (0.0, SATURATED | LOCKED));
        }
        assert_eq!(floats(1.0, 1.0, f64::MAX).volume, f32::MAX);
        let early = Tick::from_floats(&Quote {
            timestamp_ns: -3,
            symbol_id: 1,
            source: 1,
            bid: Some(1.0),
            ask: Some(1.0),
            volume: 0.0,
        });
        assert_eq!((early.timestamp_ns, early.flags), (1, SATURATED | LOCKED));
    }

    /// What holds of every tick, whatever it was made from.
    fn check(tick: Tick, bid: Option<f64>, ask: Option<f64>) -> Result<(), TestCaseError> {
        prop_assert!(tick.timestamp_ns > 0);
        prop_assert!(tick.volume.is_finite() && tick.volume >= 0.0);
        prop_assert_eq!((tick.bid.is_nan(), tick.ask.is_nan()), (bid.is_none(), ask.is_none()));
        prop_assert!(!tick.bid.is_infinite() && !tick.ask.is_infinite());
        prop_assert_eq!(tick.flags & ONE_SIDED != 0, bid.is_none() || ask.is_none());
        let too_large = |price: Option<f64>| price.is_some_and(|price| price.abs() > f64::from(f32::MAX) * 1.01);
        prop_assert!(tick.flags & SATURATED != 0 || !(too_large(bid) || too_large(ask)));
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(7),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn any_floats_make_a_tick(timestamp_ns: i64, bid in any::<f64>(), ask: Option<f64>, volume in any::<f64>()) {
            let tick = Tick::from_floats(&Quote { timestamp_ns, symbol_id: 1, source: 2, bid: Some(bid), ask, volume });
            let there = |price: f64| Some(price).filter(|price| !price.is_nan());
            check(tick, there(bid), ask.and_then(there))?;
            if let Some(ask) = ask {
                prop_assert_eq!((tick.flags & CROSSED != 0, tick.flags & LOCKED != 0), (bid > ask, bid == ask));
            }
        }

        #[test]
        fn any_counts_make_a_tick(timestamp_ns: i64, bid: i64, ask: Option<i64>, volume: i64, exponent: i8) {
            let quote = Quote { timestamp_ns, symbol_id: 1, source: 2, bid: Some(bid), ask, volume };
            let tick = Tick::from_fixed(&quote, exponent, exponent);
            check(tick, Some(scaled(bid, exponent)), ask.map(|ask| scaled(ask, exponent)))?;
            if let Some(ask) = ask {
                prop_assert_eq!((tick.flags & CROSSED != 0, tick.flags & LOCKED != 0), (bid > ask, bid == ask));
                prop_assert_eq!(spread(bid, ask).unwrap_or(u16::MAX), tick.spread);
            }
        }
    }
}
