//! OANDA v20: the price stream, a line of JSON each over HTTP, of practice and live accounts.

pub mod connection;
pub mod dialect;
pub mod envelope;
pub mod instruments;
pub mod market;
pub mod streams;

mod error;
mod fields;

pub use error::ParseError;
