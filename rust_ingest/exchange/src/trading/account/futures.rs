//! USD-M futures: one wallet, one-way positions, cross margin at a fixed leverage.

use std::collections::BTreeMap;

use super::{DEFAULT_QUOTE, Execution, Settlement};
use crate::fixed::Fixed;
use crate::instrument::Instrument;
use crate::trading::order::{Order, Side};
use crate::trading::rejection::Rejection;

/// The venue's default leverage.
pub const LEVERAGE: i64 = 20;
/// The asset of the wallet.
const WALLET_ASSET: &str = "USDT";

/// A position: positive is long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Base held, with its sign.
    pub quantity: Fixed,
    /// What it cost, without sign.
    pub entry_notional: Fixed,
}

/// The wallet and the positions by symbol.
#[derive(Debug)]
pub struct Futures {
    wallet: Fixed,
    order_margin: Fixed,
    positions: BTreeMap<String, Position>,
}

impl Futures {
    pub(super) fn new(balances: BTreeMap<String, Fixed>) -> Futures {
        let wallet = balances.get(WALLET_ASSET).copied().unwrap_or(DEFAULT_QUOTE);
        Futures {
            wallet,
            order_margin: Fixed(0),
            positions: BTreeMap::new(),
        }
    }

    /// Money in the wallet: deposits, realised profits and losses, fees.
    pub fn wallet(&self) -> Fixed {
        self.wallet
    }

    /// Positions by symbol, those that have been closed too.
    pub fn positions(&self) -> &BTreeMap<String, Position> {
        &self.positions
    }

    /// What is not bound as margin of positions or open orders.
    pub fn available(&self) -> Fixed {
        let positions: i64 = self
            .positions
            .values()
            .map(|position| position.entry_notional.0 / LEVERAGE)
            .sum();
        Fixed(self.wallet.0 - self.order_margin.0 - positions)
    }

    pub(super) fn reserve(&mut self, order: &Order, quote: Fixed) -> Result<Fixed, Rejection> {
        let held = self
            .positions
            .get(&order.symbol)
            .map_or(0, |position| position.quantity.0);
        let reducible = if order.side == Side::Buy { -held } else { held };
        if order.reduce_only && order.quantity.0 > reducible {
            return Err(Rejection::WouldNotReduce);
        }
        // What closes a position needs no margin.
        let margin = if order.quantity.0 <= reducible {
            Fixed(0)
        } else {
            Fixed(quote.0 / LEVERAGE)
        };
        if self.available() < margin {
            return Err(Rejection::InsufficientFunds);
        }
        self.order_margin.0 += margin.0;
        Ok(margin)
    }

    pub(super) fn release(&mut self, amount: Fixed) {
        self.order_margin.0 -= amount.0;
    }

    pub(super) fn settle(&mut self, instrument: &Instrument, execution: Execution) -> Settlement {
        let position = self.positions.entry(instrument.symbol.clone()).or_default();
        let realized_profit = position.fill(execution);
        let commission = execution.quote.times(execution.fee_rate).unwrap_or_default();
        self.wallet.0 += realized_profit.0 - commission.0;
        Settlement {
            commission,
            commission_asset: instrument.quote.clone(),
            realized_profit,
        }
    }
}

impl Position {
    /// Changes the position by a fill; gives the profit on the part that was closed.
    fn fill(&mut self, execution: Execution) -> Fixed {
        let signed = if execution.side == Side::Buy {
            execution.quantity.0
        } else {
            -execution.quantity.0
        };
        let closes = self.quantity.0.signum() == -signed.signum();
        if !closes {
            self.quantity.0 += signed;
            self.entry_notional.0 += execution.quote.0;
            return Fixed(0);
        }
        let closed = execution.quantity.0.min(self.quantity.0.abs());
        let entry = share(self.entry_notional.0, closed, self.quantity.0.abs());
        let exit = share(execution.quote.0, closed, execution.quantity.0);
        let profit = if self.quantity.0 > 0 {
            exit - entry
        } else {
            entry - exit
        };
        self.quantity.0 += signed;
        // What is left of the fill after closing opens a position the other way.
        self.entry_notional.0 += execution.quote.0 - exit - entry;
        Fixed(profit)
    }

    /// The average price of what is held; None without a position.
    pub fn entry_price(&self) -> Option<Fixed> {
        self.entry_notional.over(Fixed(self.quantity.0.abs()))
    }
}

/// `amount * part / whole`, rounded down.
fn share(amount: i64, part: i64, whole: i64) -> i64 {
    (i128::from(amount) * i128::from(part) / i128::from(whole)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::ONE;

    fn fill(position: &mut Position, side: Side, price: i64, quantity: i64) -> i64 {
        let (price, quantity) = (Fixed(price * ONE), Fixed(quantity * ONE));
        let quote = price.times(quantity).unwrap();
        position
            .fill(Execution {
                side,
                quantity,
                quote,
                fee_rate: Fixed(0),
            })
            .0
            / ONE
    }

    #[test]
    fn realises_profit_on_what_is_closed() {
        let mut position = Position::default();
        assert_eq!(fill(&mut position, Side::Buy, 100, 2), 0);
        assert_eq!(fill(&mut position, Side::Buy, 110, 2), 0);
        assert_eq!(position.entry_price(), Some(Fixed(105 * ONE)));
        assert_eq!(fill(&mut position, Side::Sell, 120, 1), 15);
        assert_eq!(position.entry_price(), Some(Fixed(105 * ONE)));
    }

    #[test]
    fn turns_around() {
        let mut position = Position::default();
        fill(&mut position, Side::Sell, 100, 1);
        assert_eq!(fill(&mut position, Side::Buy, 90, 3), 10);
        assert_eq!(
            (position.quantity.0, position.entry_price()),
            (2 * ONE, Some(Fixed(90 * ONE)))
        );
        assert_eq!(fill(&mut position, Side::Sell, 80, 2), -20);
        assert_eq!(position, Position::default());
    }
}
