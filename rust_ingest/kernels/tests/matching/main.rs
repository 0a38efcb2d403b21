//! The matching engine's rules, one by one; and what holds after any commands whatever.

mod allocations;
mod auctions;
mod flow;
mod icebergs;
mod invariants;
mod market;
mod memory;
mod orders;
mod phases;
mod random_flows;
mod rebuilt;
mod rejections;
mod replaces;
mod said;
mod self_trades;
mod states;
mod stops;
