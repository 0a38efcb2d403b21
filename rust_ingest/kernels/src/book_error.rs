//! Values that no order book has, and questions that it cannot answer.

use thiserror::Error;

/// Twin of `flows.errors.BookError`, with the same words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BookError {
    #[error("depth {depth} is not between 1 and {max}; leave it out for a whole book", max = i32::MAX)]
    Depth { depth: i64 },
    #[error("quantity {quantity} at price {price} is not between 0 and {max}", max = i64::MAX)]
    Quantity { price: i64, quantity: i64 },
    #[error("quantity {quantity} is not between 1 and {max}; ask for what can be traded", max = i64::MAX)]
    Sweep { quantity: i64 },
    #[error("the columns have {}, {} and {} rows; give each row all three", lengths.0, lengths.1, lengths.2)]
    Columns { lengths: (usize, usize, usize) },
    #[error("{field}: 1e{exponent} and {decimals} decimals are too far apart; at most 18 places lie between")]
    Apart {
        field: &'static str,
        exponent: i32,
        decimals: i32,
    },
    #[error("{field} {units}e{exponent} has more than {decimals} decimals; the venue writes {decimals}")]
    TooFine {
        field: &'static str,
        units: i64,
        exponent: i32,
        decimals: i32,
    },
    #[error("1e{exponent} is no instrument's unit; exponents lie between -18 and 18")]
    Exponent { exponent: i32 },
}
