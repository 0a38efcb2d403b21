//! How far the price swings.

mod atr;
mod bbands;
mod choppiness;
mod close_volatility;
mod donchian;
mod keltner;
mod mass_index;
mod range_volatility;

pub use atr::{Atr, Natr, Trange};
pub use bbands::{Bbands, BbandsPercentB, BbandsWidth};
pub use choppiness::Choppiness;
pub use close_volatility::{HistoricalVolatility, Ulcer};
pub use donchian::Donchian;
pub use keltner::Keltner;
pub use mass_index::MassIndex;
pub use range_volatility::{GarmanKlass, Parkinson, RogersSatchell, YangZhang};
