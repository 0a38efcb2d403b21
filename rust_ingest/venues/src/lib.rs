//! What venues say, read without any I/O: bytes in, typed messages and verdicts out.
//!
//! Common to all venues: [`fixed`] and [`scan`] read text exactly, [`sequence`] watches ids. Books are kernels, as the
//! features see them too: [`l2_book`], [`synced_book`].
//! A venue's own folder holds its dialect, with the same file stems in each: `dialect` (where its services differ),
//! `market` (stream messages), `instruments` (terms), `rest` (snapshot), and `connection`, which says all of it in the
//! words of [`update`] and [`dialect`], so that [`venue`] speaks to any of them. `build.rs` finds the folders: no line here names one.

pub mod decimal;
pub mod dialect;
pub mod fixed;
pub mod limits;
pub mod lines;
pub mod orders;
pub mod proven_book;
pub mod scan;
pub mod sequence;
pub mod spread;
pub mod symbols;
pub mod terms;
pub mod times;
pub mod update;
pub mod venue;
pub mod venue_book;

mod digits;
mod exponents;
mod field;
mod levels;
mod look_up;

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

pub use kernels::{book_sequence, book_steps, l2_book, streamed_book, synced_book};
