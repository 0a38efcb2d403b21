//! TrueFX-style ticks: `symbol,time,bid,ask`, a line each, by UDP datagram, multicast, or file.

pub mod connection;
pub mod dialect;
pub mod instruments;
pub mod market;
pub mod streams;

mod error;
mod fields;

pub use error::{Fault, ParseError};
