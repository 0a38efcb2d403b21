//! Markets that orders are sent to.

use crate::binance::dialect::Dialect;
use crate::dialect::Dialect as _;

/// COIN-M is none of them: its quantities count contracts, while those of orders, of their limits and of positions are of the
/// base currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Market {
    Spot,
    UsdM,
}

impl Market {
    pub const ALL: [Self; 2] = [Self::Spot, Self::UsdM];

    /// By what records call it.
    pub fn of_venue(venue: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|market| market.dialect().venue() == venue)
    }

    /// The service that shows it.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Spot => Dialect::Spot,
            Self::UsdM => Dialect::UsdM,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_contracts_is_no_market() {
        assert_eq!(Market::of_venue("binance"), Some(Market::Spot));
        assert_eq!(Market::of_venue("binance_usdm"), Some(Market::UsdM));
        assert_eq!(Market::of_venue("binance_coinm"), None);
    }
}
