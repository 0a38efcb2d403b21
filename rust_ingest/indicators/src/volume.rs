//! With how much trading.

mod ad;
mod force;
mod kvo;
mod mfi;
mod obv;
mod volume_index;
mod vwap;

pub use ad::{Ad, Adosc, Cmf};
pub use force::{Eom, Force};
pub use kvo::Kvo;
pub use mfi::Mfi;
pub use obv::Obv;
pub use volume_index::{Nvi, Pvi, Pvt};
pub use vwap::{AnchoredVwap, Vwap};
