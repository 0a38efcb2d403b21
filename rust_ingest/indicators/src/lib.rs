//! Technical indicators: one row of inputs at a time or whole slices, with the same numbers to the bit.
//!
//! ```
//! use indicators::Indicator;
//! use indicators::momentum::Rsi;
//!
//! let mut rsi = Rsi::new(2)?;
//! assert_eq!([10.0, 11.0, 10.5, 11.5].map(|close| rsi.update([close])), [
//!     None,
//!     None,
//!     Some([100.0 * (0.5 / (0.5 + 0.25))]),
//!     Some([100.0 * (0.75 / (0.75 + 0.125))]),
//! ]);
//! # Ok::<(), indicators::ParameterError>(())
//! ```
//!
//! `docs/indicators.md` lists all with definition and source. The twin in Python, `flows/indicators`, has the same stems
//! and does the same operations in the same order. Names, inputs and ranges come from `flows/indicators/table`.

mod checked;
mod columns;
mod error;
mod generated;
mod indicator;
mod memory;
mod number;
mod parts;
mod registry;

pub mod microstructure;
pub mod momentum;
pub mod statistics;
pub mod trend;
pub mod volatility;
pub mod volume;

pub use checked::{Checked, Stream};
pub use error::{Fault, InputError, ParameterError};
pub use indicator::{Indicator, Single};
pub use memory::{BadMemory, Memory, Numbers};
pub use registry::{Entry, Family, Input, Parameter, Rule, WIDEST, all, named};
