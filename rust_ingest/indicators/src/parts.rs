//! What indicators are made of: windows, and sums over them that cost the same whatever their length.

mod extremes;
mod last;
mod lines;
mod moments;
mod pairs;
mod sum;
mod window;

pub(crate) use extremes::{Highest, LatestHighest, Lowest};
pub(crate) use last::Last;
pub(crate) use lines::Line;
pub(crate) use moments::Moments;
pub(crate) use pairs::Pairs;
pub(crate) use sum::Sum;
pub(crate) use window::Window;
