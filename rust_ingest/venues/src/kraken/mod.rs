//! Kraken spot: WebSocket v1 and v2. Messages of both become the same types; where they differ, [`dialect`] says so.

pub mod connection;
pub mod dialect;
pub mod envelope;
pub mod instruments;
pub mod market;
pub mod status;
pub mod streams;

mod error;
mod fields;

pub use error::ParseError;
