//! Of any series.

mod correl;
mod extremes;
mod median;
mod shape;
mod stddev;

pub use correl::{Beta, Correl};
pub use extremes::{Max, Min};
pub use median::Median;
pub use shape::{Kurtosis, Skew};
pub use stddev::{Stddev, Var, Zscore};
