//! OKX: spot, perpetual and dated futures by API v5. One form of messages for all of them.
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
