//! A spread in tenths of a basis point of the mid, exact but for one rounding.

/// Tenths of a basis point in two wholes: `(ask - bid) / ((ask + bid) / 2)` times 100,000 is `(ask - bid) * TWICE / (ask + bid)`.
const TWICE: u32 = 200_000;

/// `|ask - bid| / mid * 100,000` of two prices in the same unit, rounded to the nearest, halves up.
///
/// None where it is above 65,535 (65.535 % of the mid) or, for different prices, the mid is not positive.
#[inline]
pub fn spread(bid: i64, ask: i64) -> Option<u16> {
    let distance = ask.abs_diff(bid);
    if distance == 0 {
        return Some(0);
    }
    let sum = i128::from(bid) + i128::from(ask);
    let sum = u128::try_from(sum).ok().filter(|sum| *sum > 0)?;
    // 64-bit division is several times as fast, and nearly always enough.
    match (distance.checked_mul(u64::from(TWICE) * 2), u64::try_from(sum).ok()) {
        (Some(scaled), Some(sum)) if sum < 1 << 62 && scaled < 1 << 63 => {
            u16::try_from((scaled + sum) / (sum * 2)).ok()
        }
        _ => rounded(u128::from(distance), sum),
    }
}

/// The same of prices in binary floating point, taken as the exact numbers that they are. None also if one is not finite.
#[inline]
pub fn spread_of_floats(bid: f64, ask: f64) -> Option<u16> {
    if bid == ask {
        return bid.is_finite().then_some(0);
    }
    let sum = bid + ask;
    let near = (ask - bid).abs() * f64::from(TWICE) / sum;
    if !(sum > 0.0 && sum.is_finite() && near < 65_536.0) {
        return None;
    }
    // `near` is off by less than 2^-34: only this close to a half can that change the rounding.
    if (near.fract() - 0.5).abs() > 1e-9 {
        return u16::try_from((near + 0.5) as u64).ok();
    }
    let ((bid, bid_exponent), (ask, ask_exponent)) = (parts(bid), parts(ask));
    // The ratio of the prices is below 2 here, so that their exponents differ by one at most.
    let least = bid_exponent.min(ask_exponent);
    let bid = i128::from(bid) << (bid_exponent - least);
    let ask = i128::from(ask) << (ask_exponent - least);
    rounded((ask - bid).unsigned_abs(), u128::try_from(bid + ask).ok()?)
}

fn rounded(distance: u128, sum: u128) -> Option<u16> {
    // Both are below 2^65, so that nothing here wraps.
    let scaled = distance * u128::from(TWICE) * 2;
    u16::try_from((scaled + sum) / (sum * 2)).ok()
}

/// Mantissa and exponent: `mantissa * 2^exponent` is the number, which is finite.
fn parts(value: f64) -> (i64, i32) {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (mantissa, exponent) = match exponent {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, exponent - 1075),
    };
    (if value < 0.0 { -mantissa } else { mantissa }, exponent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_128_bits(bid: i64, ask: i64) -> Option<u16> {
        let (bid, ask) = (i128::from(bid), i128::from(ask));
        if bid == ask {
            return Some(0);
        }
        let sum = bid + ask;
        (sum > 0)
            .then(|| ((ask - bid).abs() * 400_000 + sum) / (2 * sum))
            .and_then(|found| u16::try_from(found).ok())
    }

    #[test]
    fn known_spreads() {
        // 0.02 of 100 is 2 bps: 20 tenths.
        assert_eq!(spread(9_999, 10_001), Some(20));
        assert_eq!(spread(10_001, 9_999), Some(20));
        assert_eq!(spread(5, 5), Some(0));
        assert_eq!(spread(-5, -5), Some(0));
        assert_eq!(spread(-5, 5), None);
        assert_eq!(spread(1, 2), None, "66.7 % of the mid");
        assert_eq!(spread(i64::MAX - 1, i64::MAX), Some(0));
        // 1 / 40,000 of the mid is 2.5 tenths: halves go up.
        assert_eq!(spread(79_999, 80_001), Some(3));
        assert_eq!(spread_of_floats(79_999.0, 80_001.0), Some(3));
        assert_eq!(spread_of_floats(f64::NAN, 1.0), None);
        assert_eq!(spread_of_floats(f64::INFINITY, f64::INFINITY), None);
        assert_eq!(spread_of_floats(-2.0, 1.0), None);
        assert_eq!(spread_of_floats(f64::MAX, f64::MAX * 0.9), None);
        assert_eq!(spread_of_floats(1.0, 1.0 + f64::EPSILON), Some(0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fast_and_wide_division_agree(bid in any::<i64>(), width in -1_000_000i64..1_000_000, shift in 0u32..63) {
            let bid = bid >> shift;
            let ask = bid.saturating_add(width);
            prop_assert_eq!(spread(bid, ask), by_128_bits(bid, ask));
        }

        #[test]
        fn whole_floats_have_the_spread_of_integers(bid in 1i64..1 << 50, width in -1_000_000i64..1_000_000) {
            let ask = bid + width;
            prop_assert_eq!(spread_of_floats(bid as f64, ask as f64), by_128_bits(bid, ask));
        }

        #[test]
        fn exact_halves_are_found(tenths in 0i64..60_000, scale in 1i64..1_000) {
            // (2 t + 1) / 400,000 of the sum: a half exactly.
            let sum = 400_000 * scale;
            let distance = (2 * tenths + 1) * scale;
            prop_assume!((sum - distance) % 2 == 0);
            let (bid, ask) = ((sum - distance) / 2, (sum + distance) / 2);
            prop_assert_eq!(spread(bid, ask), Some((tenths + 1) as u16));
            prop_assert_eq!(spread_of_floats(bid as f64 / 1024.0, ask as f64 / 1024.0), Some((tenths + 1) as u16));
        }
    }
}
