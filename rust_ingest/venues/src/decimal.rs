//! Counts of `10^exponent` as decimal text: exact, and without zeros that say nothing.
//!
//! Venues refuse more decimals than they use, zeros included (Binance: -1111), so none is written that can be left out.

use crate::fixed::Scale;

/// `value` units of `scale` as decimal text: 14000000 of 1e-9 is `0.014`.
pub fn decimal(value: i64, scale: Scale) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    let exponent = i32::from(scale.exponent());
    if value == 0 {
        return "0".to_owned();
    }
    if exponent >= 0 {
        return format!("{sign}{digits}{}", "0".repeat(exponent.unsigned_abs() as usize));
    }
    let decimals = exponent.unsigned_abs() as usize;
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::NANO;
    use proptest::prelude::*;

    #[test]
    fn writes_what_venues_take() {
        let scale = |exponent| Scale::new(exponent).unwrap();
        assert_eq!(decimal(14_000_000, NANO), "0.014");
        assert_eq!(decimal(61_837_630_000_000, NANO), "61837.63");
        assert_eq!(decimal(1, scale(-18)), "0.000000000000000001");
        assert_eq!(decimal(42, scale(2)), "4200");
        assert_eq!(decimal(0, NANO), "0");
        assert_eq!(decimal(-1_500, scale(-3)), "-1.5");
    }

    proptest! {
        #[test]
        fn reads_back_as_itself(value: i64, exponent in -18_i8..=18) {
            let scale = Scale::new(exponent).unwrap();
            let text = decimal(value, scale);
            prop_assert_eq!(scale.parse(&text), Ok(value), "{}", text);
            prop_assert!(!text.contains('.') || !text.ends_with('0'), "{}", text);
        }
    }
}
