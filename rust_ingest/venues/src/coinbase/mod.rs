//! Coinbase: the Exchange feed and Advanced Trade. Two forms of the same market; where they differ, [`dialect`] says so.
//!
//! [`frame`] reads whatever a connection receives into the messages of [`market`] and [`status`].

pub mod connection;
pub mod dialect;
pub mod frame;
pub mod instruments;
pub mod market;
pub mod status;
pub mod streams;

mod envelope;
mod error;
mod fields;

pub use error::ParseError;
