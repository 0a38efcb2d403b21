//! What indicators are made of: windows, and sums over them that cost the same whatever their length.
//!
//! Each takes values one by one, or a block of them: a column (`indicator::BLOCK`). Both do the same operations in the same
//! order for each number, and leave the same behind.

mod average;
mod cascade;
mod channel;
mod count;
mod extremes;
mod last;
mod latest;
mod leap;
mod lines;
mod moments;
mod pairs;
mod quads;
mod run;
mod sliding;
mod sum;
mod window;

pub(crate) use average::{Average, Beside};
pub(crate) use cascade::Cascade;
pub(crate) use channel::Channel;
pub(crate) use count::Count;
pub(crate) use extremes::{Highest, Lowest};
pub(crate) use last::Last;
pub(crate) use latest::LatestHighest;
pub(crate) use leap::{Leap, Leaps, STRIDE};
pub(crate) use lines::{Line, Weighted};
pub(crate) use moments::Moments;
pub(crate) use pairs::{Pairs, Together};
pub(crate) use quads::Quads;
pub(crate) use sum::{Sum, Sums};
pub(crate) use window::Window;
