//! Orders of the people who trade here: what may be ordered, what it is matched with, and what it costs.

pub mod account;
mod booking;
mod changing;
#[cfg(test)]
mod conservation_tests;
pub mod desk;
#[cfg(test)]
mod desk_tests;
pub mod engine;
pub mod engine_words;
pub mod filters;
pub mod floor;
pub mod history;
#[cfg(test)]
mod history_tests;
pub mod ledger;
pub mod order;
pub mod rejection;
pub mod report;
mod shown;
mod sizing;
pub mod tape;

use crate::fixed::Fixed;

/// `amount * part / whole`, rounded up, so that what is freed pays for what is filled.
fn share(amount: Fixed, part: Fixed, whole: Fixed) -> Fixed {
    let product = i128::from(amount.0) * i128::from(part.0);
    Fixed((product + i128::from(whole.0) - 1).div_euclid(i128::from(whole.0)) as i64)
}
