//! How fast the price goes.

mod ao;
mod apo;
mod bop;
mod cci;
mod coppock;
mod dpo;
mod fisher;
mod kst;
mod roc;
mod rsi;
mod stoch;
mod trix;
mod tsi;
mod ultosc;

pub use ao::Ao;
pub use apo::{Apo, Ppo};
pub use bop::Bop;
pub use cci::Cci;
pub use coppock::Coppock;
pub use dpo::Dpo;
pub use fisher::Fisher;
pub use kst::Kst;
pub use roc::{Mom, Roc, Rocp, Rocr, Rocr100};
pub use rsi::{Cmo, Rsi};
pub use stoch::{Stoch, Stochf, Stochrsi, Willr};
pub use trix::Trix;
pub use tsi::Tsi;
pub use ultosc::Ultosc;
