//! Orders of the people who trade here: what may be ordered, what it is filled against, and what it costs.

pub mod account;
pub mod desk;
#[cfg(test)]
mod desk_tests;
pub mod filters;
pub mod ledger;
pub mod liquidity;
pub mod order;
pub mod rejection;
pub mod report;
pub mod resting;
