//! Spot: balances, free and locked.

use std::collections::BTreeMap;

use super::{DEFAULT_BASE, DEFAULT_QUOTE, Execution, Settlement};
use crate::fixed::Fixed;
use crate::instrument::Instrument;
use crate::trading::order::{Order, Side};
use crate::trading::rejection::Rejection;

/// What one has of an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Can be used.
    pub free: Fixed,
    /// Set aside for open orders.
    pub locked: Fixed,
}

/// Balances by asset.
#[derive(Debug)]
pub struct Spot {
    balances: BTreeMap<String, Balance>,
}

impl Spot {
    pub(super) fn new(balances: BTreeMap<String, Fixed>) -> Spot {
        let balance = |(asset, free)| (asset, Balance { free, locked: Fixed(0) });
        Spot {
            balances: balances.into_iter().map(balance).collect(),
        }
    }

    pub(super) fn open(&mut self, instrument: &Instrument) {
        for (asset, free) in [(&instrument.base, DEFAULT_BASE), (&instrument.quote, DEFAULT_QUOTE)] {
            self.balances
                .entry(asset.clone())
                .or_insert(Balance { free, locked: Fixed(0) });
        }
    }

    /// All balances by asset.
    pub fn balances(&self) -> &BTreeMap<String, Balance> {
        &self.balances
    }

    fn balance(&mut self, asset: &str) -> &mut Balance {
        self.balances.entry(asset.to_owned()).or_default()
    }

    pub(super) fn reserve(&mut self, order: &Order, instrument: &Instrument, quote: Fixed) -> Result<Fixed, Rejection> {
        let (asset, amount) = match order.side {
            Side::Buy => (&instrument.quote, quote),
            Side::Sell => (&instrument.base, order.quantity),
        };
        let balance = self.balance(asset);
        if balance.free < amount {
            return Err(Rejection::InsufficientFunds);
        }
        balance.free.0 -= amount.0;
        balance.locked.0 += amount.0;
        Ok(amount)
    }

    pub(super) fn release(&mut self, order: &Order, instrument: &Instrument, amount: Fixed) {
        let asset = if order.side == Side::Buy {
            &instrument.quote
        } else {
            &instrument.base
        };
        let balance = self.balance(asset);
        balance.locked.0 -= amount.0;
        balance.free.0 += amount.0;
    }

    /// "Commission is paid in the asset that is received."
    pub(super) fn settle(&mut self, instrument: &Instrument, execution: Execution) -> Settlement {
        let Execution {
            side,
            quantity,
            quote,
            fee_rate,
            ..
        } = execution;
        let (given_asset, given, got_asset, got) = match side {
            Side::Buy => (&instrument.quote, quote, &instrument.base, quantity),
            Side::Sell => (&instrument.base, quantity, &instrument.quote, quote),
        };
        let commission = got.times(fee_rate).unwrap_or_default();
        self.balance(given_asset).free.0 -= given.0;
        self.balance(got_asset).free.0 += got.0 - commission.0;
        Settlement {
            commission,
            commission_asset: got_asset.clone(),
            realized_profit: Fixed(0),
        }
    }
}
