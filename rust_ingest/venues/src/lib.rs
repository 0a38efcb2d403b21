//! What venues say, read without any I/O: bytes in, typed messages and verdicts out.
//!
//! Common to all venues: [`fixed`] and [`scan`] read text exactly, [`sequence`] watches ids, [`l2_book`] holds a book.
//! A venue's own folder holds its dialect, with the same file stems in each: `dialect` (where its markets differ),
//! `market` (stream messages), `rest` (snapshot and instruments), `book` (how snapshot and deltas join).

pub mod binance;
pub mod decimal;
pub mod fixed;
pub mod l2_book;
pub mod orders;
pub mod scan;
pub mod sequence;

mod digits;
