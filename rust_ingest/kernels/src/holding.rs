//! What one account holds of one instrument, may hold, and thinks it worth.
//!
//! Fills are kept as sums, so that nothing is ever rounded: the position is bought less sold, and profit is sold less
//! bought notional, plus position x mark.

use contracts::{LimitsState, MarkState, Side};

use crate::Refusal;
use crate::scale::Scale;

#[derive(Debug, Clone)]
pub(crate) struct Holding {
    pub scale: Scale,
    pub limits: Option<LimitsState>,
    pub mark: Option<MarkState>,
    pub bought_quantity: i64,
    pub bought_notional: i128,
    pub sold_quantity: i64,
    pub sold_notional: i128,
}

impl Holding {
    pub fn new(scale: Scale) -> Self {
        Self {
            scale,
            limits: None,
            mark: None,
            bought_quantity: 0,
            bought_notional: 0,
            sold_quantity: 0,
            sold_notional: 0,
        }
    }

    /// The signed position.
    pub fn position(&self) -> i128 {
        i128::from(self.bought_quantity) - i128::from(self.sold_quantity)
    }

    /// Whether a fill's sums fit. Quantities bound notionals: these are at most the highest price x quantity, below
    /// 2^126.
    pub fn has_room_for(&self, side: Side, quantity: i64) -> bool {
        let sum = match side {
            Side::Buy => self.bought_quantity,
            Side::Sell => self.sold_quantity,
        };
        sum.checked_add(quantity).is_some()
    }

    /// Counts a fill that `has_room_for` let pass.
    pub fn fill(&mut self, side: Side, quantity: i64, price: i64) {
        let notional = i128::from(quantity) * i128::from(price);
        let (quantities, notionals) = match side {
            Side::Buy => (&mut self.bought_quantity, &mut self.bought_notional),
            Side::Sell => (&mut self.sold_quantity, &mut self.sold_notional),
        };
        *quantities += quantity;
        *notionals += notional;
    }
}

/// The scale of a record whose instrument may be new to the account.
///
/// # Errors
/// `scale_changed`, or `bad_value` for exponents that no instrument has.
pub(crate) fn check_scale(
    known: Option<&Holding>,
    record: Scale,
    venue: &str,
    instrument: &str,
) -> Result<(), Refusal> {
    match known {
        Some(holding) => holding.scale.holds_for(record, venue, instrument),
        None => record.is_possible(),
    }
}
