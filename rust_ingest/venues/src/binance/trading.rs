//! Orders at Binance, spot and USD-M (`market`): requests, signatures, answers, and what an answer proves.
//!
//! No I/O: [`request`] makes what is sent, [`answer`] reads what came back.

pub mod answer;
pub mod market;
pub mod request;
pub mod sign;
pub mod ticket;

mod fee;
mod reply;
mod verdict;
