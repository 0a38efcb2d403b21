//! The funds of the one who trades here.

mod futures;
mod spot;

use std::collections::BTreeMap;

pub use futures::{Futures, LEVERAGE};
pub use spot::Spot;

use super::order::{Order, Side};
use super::rejection::Rejection;
use crate::fixed::{Fixed, ONE};
use crate::instrument::Instrument;
use crate::venue::Venue;

/// What of a fill concerns funds.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    /// Which way.
    pub side: Side,
    /// Quantity.
    pub quantity: Fixed,
    /// Price times quantity, rounded down to 1e-8.
    pub quote: Fixed,
    /// Fee per one of what is charged.
    pub fee_rate: Fixed,
}

/// What a fill did to the funds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The fee, rounded down to the venue's eight decimals.
    pub commission: Fixed,
    /// The asset in which it was paid.
    pub commission_asset: String,
    /// Profit or loss on a position that became smaller; zero on spot.
    pub realized_profit: Fixed,
}

/// An account in the form of its venue.
#[derive(Debug)]
pub enum Account {
    /// Balances of assets.
    Spot(Spot),
    /// A wallet and positions.
    Futures(Futures),
}

impl Account {
    /// An account with `balances`; assets that they do not name have the venue's default.
    pub fn new(venue: Venue, balances: BTreeMap<String, Fixed>) -> Account {
        match venue {
            Venue::Spot => Account::Spot(Spot::new(balances)),
            Venue::UsdM => Account::Futures(Futures::new(balances)),
        }
    }

    /// Gives a newly listed instrument's assets their default balances.
    pub fn open(&mut self, instrument: &Instrument) {
        if let Account::Spot(spot) = self {
            spot.open(instrument);
        }
    }

    /// Sets aside what an order may need: `quote` is the most that it can cost.
    ///
    /// # Errors
    /// There is not so much, or a reduce-only order would not reduce.
    pub fn reserve(&mut self, order: &Order, instrument: &Instrument, quote: Fixed) -> Result<Fixed, Rejection> {
        match self {
            Account::Spot(spot) => spot.reserve(order, instrument, quote),
            Account::Futures(futures) => futures.reserve(order, quote),
        }
    }

    /// Gives back `amount` of what was set aside for an order.
    pub fn release(&mut self, order: &Order, instrument: &Instrument, amount: Fixed) {
        match self {
            Account::Spot(spot) => spot.release(order, instrument, amount),
            Account::Futures(futures) => futures.release(amount),
        }
    }

    /// Sets aside again what had been given back, when an order stays as it was.
    pub fn lock_again(&mut self, order: &Order, instrument: &Instrument, amount: Fixed) {
        self.release(order, instrument, Fixed(-amount.0));
    }

    /// Exchanges the assets, or changes the position, and charges the fee.
    pub fn settle(&mut self, instrument: &Instrument, execution: Execution) -> Settlement {
        match self {
            Account::Spot(spot) => spot.settle(instrument, execution),
            Account::Futures(futures) => futures.settle(instrument, execution),
        }
    }
}

/// What a client has to begin with, of the quote asset.
const DEFAULT_QUOTE: Fixed = Fixed(10_000_000 * ONE);
/// And of each other asset.
const DEFAULT_BASE: Fixed = Fixed(10_000 * ONE);
