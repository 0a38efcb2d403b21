//! Binance: spot, USD-M and COIN-M futures. One dialect; where the markets differ, [`dialect`] says so.

pub mod connection;
pub mod dialect;
pub mod envelope;
pub mod instruments;
pub mod market;
pub mod rest;
pub mod status;
pub mod streams;
pub mod trading;

mod error;
mod fields;

pub use error::ParseError;
