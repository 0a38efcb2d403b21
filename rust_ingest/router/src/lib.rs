//! `execution.orders` -> the venue's REST -> `risk.inbox`.
//!
//! An order is sent only if the log and the venue both say that it never was. [`order`] decides that for one order and
//! [`desk`] for all of them, without any I/O; the rest brings them records, answers and the time.

pub mod cli;
pub mod desk;
pub mod error;
pub mod moment;
pub mod order;
pub mod rules;
pub mod run;

mod clock;
mod intake;
mod journal;
mod lease;
mod limits;
mod metrics;
mod progress;
mod recovery;
mod refusal;
mod setup;
mod told;
mod topics;
mod venue;
