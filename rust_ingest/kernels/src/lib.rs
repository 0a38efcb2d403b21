//! The kernels: pure state machines over one partition, twins of `flows/kernels`, equal to the bit.
//!
//! ```
//! use contracts::{Batch, SchemaIds};
//! use kernels::{Partitions, Stage};
//!
//! let mut bars = Stage::new("bars", r#"{"intervals_ns": [1000000000]}"#, SchemaIds::embedded(),
//! Partitions::declared())?; let mut outputs = Batch::default(); bars.process(&Batch::default(), &mut outputs); let
//! state = bars.snapshot(); bars.restore(&state)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! No clock, no randomness, no I/O, and no order that depends on a hash.

mod account;
pub mod aggregate_bars;
mod atr;
mod bar_fault;
mod bar_inputs;
mod bar_windows;
mod bars;
mod book_checksum;
mod book_error;
mod book_measures;
pub mod book_sequence;
mod book_side;
pub mod book_steps;
mod by_instrument;
mod checked;
mod checks;
mod closing;
mod commands;
mod config;
mod day_session;
mod decide;
mod decimal_units;
mod ema;
mod ema_cross;
mod emit;
mod error;
mod excursion;
mod expected_flow;
mod exposure;
mod feature_periods;
mod feature_rules;
mod features;
mod flow_imbalance;
mod flow_toxicity;
mod freshness;
mod holding;
mod kernel;
pub mod l2_book;
mod larger_bars;
mod legs;
mod level_pairs;
mod logged_book;
mod market_making;
pub mod matching;
pub mod named_bars;
mod open_bar;
mod order_flow;
mod orders;
mod overnight_range;
mod own_declaration;
mod own_features;
mod place_clock;
mod price_impact;
mod quote_terms;
mod quotes;
mod quoting;
mod refusal;
mod repeats;
mod reports;
mod risk;
mod rsi;
mod rsi_reversion;
mod running;
mod sampler;
mod sampling;
mod scale;
mod seasonality;
mod seat;
mod sign_window;
mod signals;
mod snapshot;
mod stage;
mod strategy;
pub mod streamed_book;
pub mod synced_book;
mod time_bar;
mod time_buckets;
mod trade_signs;
pub mod trading_engine;
mod trading_sessions;
mod zscore_reversion;

pub use bar_fault::{BarFault, BarRule};
pub use emit::{Emit, Partitions};
pub use error::{ConfigError, RestoreError, StageError};
pub use kernel::{Kernel, Position};
pub use refusal::Refusal;
pub use scale::Scale;
pub use stage::Stage;
pub use strategy::{Intent, Quote, Strategy};
