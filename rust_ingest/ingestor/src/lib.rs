//! The ingestor: what venues say, in the order they say it, into `market.ticks`.
//!
//! [`session`] is the whole of the work and does no I/O: frames in, records out. [`feed`] drives it with a socket, timers,
//! snapshots by REST and the producer. Clock and randomness are read in `feed` alone and handed in.

pub mod capture;
pub mod check;
pub mod claim;
pub mod cli;
mod contest;
pub mod derive;
pub mod error;
pub mod feed;
pub mod held;
mod listing;
pub mod live;
mod metrics;
pub mod outbox;
pub mod overlap;
pub mod partitions;
pub mod publisher;
pub mod resume;
pub mod run;
pub mod session;
pub mod stage;
pub mod status;
pub mod ticks;
