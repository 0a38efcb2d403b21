//! The bits of `flags` in a Trade, a Quote and the book's records; tick files have the same.

/// The best bid is above the best ask.
pub const CROSSED: i32 = 2;
/// The best bid equals the best ask.
pub const LOCKED: i32 = 4;
/// Dated before an earlier record of the same instrument and kind.
pub const OUT_OF_ORDER: i32 = 8;

/// What holds of two best prices; nothing where one is missing.
#[inline]
pub fn of_prices(bid: Option<i64>, ask: Option<i64>) -> i32 {
    match bid.zip(ask) {
        Some((bid, ask)) if bid > ask => CROSSED,
        Some((bid, ask)) if bid == ask => LOCKED,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_crossed_or_locked_or_neither() {
        assert_eq!(of_prices(Some(3), Some(2)), CROSSED);
        assert_eq!(of_prices(Some(2), Some(2)), LOCKED);
        assert_eq!(of_prices(Some(1), Some(2)), 0);
        assert_eq!(of_prices(None, Some(2)), 0);
        assert_eq!(of_prices(Some(1), None), 0);
    }
}
