//! The market data side: which message goes to whom, and the WebSocket sessions that carry it.

pub mod audience;
pub mod client;
pub mod frame;
pub mod hub;
pub mod request;
pub mod session;
pub mod stream;
