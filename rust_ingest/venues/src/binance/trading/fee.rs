//! A fee's decimal text as an exact count.

use crate::fixed::{FixedError, NANO, Scale};
use crate::orders::Fee;

/// Counted in 1e-9, or in finer or coarser units where only those hold it exactly.
pub(super) fn fee(text: &str, asset: &str) -> Result<Fee, FixedError> {
    let finer = (-18..=-10).rev();
    let coarser = -8..=18;
    let exact = |exponent: i8| Some((Scale::new(exponent)?.parse(text).ok()?, i32::from(exponent)));
    let (amount, exponent) = match NANO.parse(text) {
        Ok(amount) => (amount, i32::from(NANO.exponent())),
        Err(FixedError::TooFine { .. }) => finer.into_iter().find_map(exact).ok_or(NANO.parse(text).unwrap_err())?,
        Err(error) => coarser.into_iter().find_map(exact).ok_or(error)?,
    };
    Ok(Fee {
        amount,
        exponent,
        asset: asset.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_in_the_unit_that_holds_it() {
        let read = |text| fee(text, "BNB").map(|fee| (fee.amount, fee.exponent));
        assert_eq!(read("0.00001234"), Ok((12_340, -9)));
        assert_eq!(read("-0.00000010"), Ok((-100, -9)));
        assert_eq!(read("0"), Ok((0, -9)));
        assert_eq!(read("0.0000000001"), Ok((1, -10)));
        assert_eq!(read("92233720368.5"), Ok((9_223_372_036_850_000_000, -8)));
        assert!(read("0.0000000000000000001").is_err());
        assert!(read("1e5").is_err());
    }
}
