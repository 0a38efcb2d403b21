//! What every program tells those who operate it: metrics over HTTP, and a log for people or for machines.

mod log;
mod serve;

pub use log::start as start_log;
pub use metrics::{Counter, Histogram, counter, gauge, histogram};
pub use serve::{ServeError, serve};
