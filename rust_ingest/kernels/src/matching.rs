//! The matching engine of one symbol: strict price-time priority by the rules of `docs/matching.md`.
//!
//! ```
//! use kernels::matching::{Command, MatchingEngine, Rules, Side};
//!
//! let mut engine = MatchingEngine::new(Rules { tick_size: 5, ..Rules::default() })?;
//! let mut events = Vec::new();
//! engine.apply(&Command::limit(1, Side::Sell, 10_005, 3), &mut events)?;
//! engine.apply(&Command::limit(2, Side::Buy, 10_010, 1), &mut events)?;
//! assert_eq!(events.last().map(|event| (event.other, event.price, event.quantity)), Some((1, 10_005, 1)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An order is one slot of a slab; a price's queue is a list through the slab; prices stand in pages under bitmaps;
//! a hash index finds an order by its id. So every operation on a live order takes constant time, and once these have grown
//! to what a book needs, nothing is allocated.

mod auction;
mod book;
mod cancel;
mod codes;
mod command;
mod directory;
mod engine;
mod enter;
mod event;
mod expiry;
mod fill_or_kill;
mod id_index;
mod journal;
mod ladder;
mod level;
mod new_order;
mod order;
mod phase;
mod rejection;
mod replace;
mod rules;
mod slab;
mod state;
mod step;
mod stops;
mod take;
mod view;

pub use codes::{Action, Kind, Phase, SelfTrade, Side, TimeInForce};
pub use command::Command;
pub use engine::MatchingEngine;
pub use event::{Event, EventKind, PLACE_KEPT, Reason, STOP, UNCROSSING};
pub use rejection::Rejection;
pub use rules::{BadRules, Rules};
pub use state::BadState;
pub use view::{Depth, OrderView};
