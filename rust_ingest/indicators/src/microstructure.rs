//! Of trades and quotes.

mod impact;
mod microprice;
mod order_flow;
mod quotes;
mod spreads;
mod trade_sign;
mod vpin;

pub use impact::{Amihud, KyleLambda};
pub use microprice::Microprice;
pub use order_flow::OrderFlowImbalance;
pub use quotes::{QuoteImbalance, WeightedMid};
pub use spreads::{EffectiveSpread, PriceImpact, RealisedSpread, RollSpread};
pub use trade_sign::TradeSignAutocorrelation;
pub use vpin::Vpin;
