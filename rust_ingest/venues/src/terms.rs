//! Terms of trading, in words that all venues share.

use serde::{Deserialize, Serialize};

use crate::fixed::{FixedError, NANO, Scale};

/// What is traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Class {
    Spot,
    Perpetual,
    /// A future with a delivery date.
    Dated,
}

/// Terms in units of the instrument's own exponents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The venue's own name: `BTCUSDT`.
    pub symbol: String,
    /// The normalised instrument: `BTC-USDT`, `BTC-USDT-PERP`, `BTC-USDT-250328`.
    pub instrument: String,
    pub base: String,
    pub quote: String,
    pub class: Class,
    pub tick_size: i64,
    pub lot_size: i64,
    pub min_quantity: i64,
    pub max_quantity: i64,
    /// In units of `10^(price exponent + quantity exponent)`.
    pub min_notional: i128,
    /// None where quantities are of the base currency.
    #[serde(default)]
    pub contract: Option<Contract>,
}

/// What quantities count where they are not of the base currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The base (linear) or the quote currency (inverse).
    pub currency: String,
    /// So much of it one contract is, in units of `10^CONTRACT_EXPONENT`.
    pub size: i64,
}

/// Of contract sizes.
pub const CONTRACT_EXPONENT: i8 = NANO.exponent();

/// A contract of 1.
const CONTRACT_ONE: i64 = 1_000_000_000;

/// Why there are no terms of an instrument.
#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    #[error("the list of instruments is not what {venue} documents: {source}")]
    Json {
        venue: &'static str,
        source: serde_json::Error,
    },
    #[error("{venue} refuses the list of instruments: {message}")]
    Refused { venue: &'static str, message: String },
    #[error("{symbol} is not listed there; symbols are written like {example}")]
    NotListed { symbol: String, example: &'static str },
    #[error("{symbol} has no streams of its own: the venue sends those of {other}, under that name; ask for {other}")]
    SameAs { symbol: String, other: String },
    #[error("{symbol} is of type {kind}, which is not read; choose {choice}")]
    OtherKind {
        symbol: String,
        kind: String,
        choice: &'static str,
    },
    #[error("{symbol} names no base and quote; symbols are written like {example}")]
    NoPair { symbol: String, example: &'static str },
    #[error(
        "{symbol}: one contract is an amount of {currency}, which is neither {base} nor {quote}, so that a record cannot \
         tell what it is worth; choose another instrument"
    )]
    ContractCurrency {
        symbol: String,
        currency: String,
        base: String,
        quote: String,
    },
    #[error(
        "{symbol}: {field}: one contract is {size}, which is no amount from 0.000000001 to 9223372036.854775807; choose \
         another instrument"
    )]
    ContractSize {
        symbol: String,
        field: &'static str,
        size: String,
    },
    #[error("{symbol}: the list of instruments has no {field}")]
    NoTerm { symbol: String, field: &'static str },
    #[error("{symbol}: {field} = {text:?}: {source}; choose exponents with --exponents {symbol}=<price>,<quantity>")]
    Term {
        symbol: String,
        field: &'static str,
        text: String,
        source: FixedError,
    },
}

/// A term as the venue writes it, for what cannot be read of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a> {
    pub symbol: &'a str,
    pub field: &'static str,
    pub text: &'a str,
}

impl Written<'_> {
    /// The term in units of `scale`, exactly.
    pub fn units(self, scale: Scale) -> Result<i64, TermsError> {
        scale.parse(self.text).map_err(|source| self.misfit(source))
    }

    /// A sum of the quote currency, in units of `10^(price exponent + quantity exponent)`.
    pub fn notional(self, price: Scale, quantity: Scale) -> Result<i128, TermsError> {
        notional(self.units(price)?, price, quantity).map_err(|source| self.misfit(source))
    }

    /// One contract, which is `multiplier` times as much of `currency`. None where that is one unit of the base: such
    /// quantities are of the base currency.
    pub fn contract(
        self,
        multiplier: &str,
        currency: &str,
        (base, quote): (&str, &str),
    ) -> Result<Option<Contract>, TermsError> {
        if currency != base && currency != quote {
            return Err(TermsError::ContractCurrency {
                symbol: self.symbol.to_owned(),
                currency: currency.to_owned(),
                base: base.to_owned(),
                quote: quote.to_owned(),
            });
        }
        let size = contract_size(self.text, multiplier).ok_or_else(|| TermsError::ContractSize {
            symbol: self.symbol.to_owned(),
            field: self.field,
            size: format!("{multiplier} x {:?} {currency}", self.text),
        })?;
        let is_one_base = currency == base && size == CONTRACT_ONE;
        Ok((!is_one_base).then(|| Contract {
            currency: currency.to_owned(),
            size,
        }))
    }

    pub fn misfit(self, source: FixedError) -> TermsError {
        TermsError::Term {
            symbol: self.symbol.to_owned(),
            field: self.field,
            text: self.text.to_owned(),
            source,
        }
    }
}

/// The entry of each of `symbols`, in their order.
pub(crate) fn find_each<L: Clone>(
    all: &[L],
    symbols: &[&str],
    name: impl Fn(&L) -> &str,
    example: &'static str,
) -> Result<Vec<L>, TermsError> {
    let find = |symbol: &&str| {
        let listing = all.iter().find(|listing| name(listing) == *symbol);
        listing.cloned().ok_or_else(|| TermsError::NotListed {
            symbol: (*symbol).to_owned(),
            example,
        })
    };
    symbols.iter().map(find).collect()
}

/// A sum of the quote currency that is counted in units of `price`, in units of
/// `10^(price exponent + quantity exponent)`.
pub(crate) fn notional(units: i64, price: Scale, quantity: Scale) -> Result<i128, FixedError> {
    let exponent = quantity.exponent();
    let power = 10_i128.pow(u32::from(exponent.unsigned_abs()));
    let units = i128::from(units);
    if exponent <= 0 {
        return Ok(units * power);
    }
    match units % power {
        0 => Ok(units / power),
        _ => Err(FixedError::TooFine {
            exponent: price.exponent() + exponent,
        }),
    }
}

/// The product of two decimals in units of `10^CONTRACT_EXPONENT`; none if it is not positive, or no whole count.
fn contract_size(value: &str, multiplier: &str) -> Option<i64> {
    let count = |text| NANO.parse(text).ok().filter(|count| *count > 0).map(i128::from);
    let product = count(value)? * count(multiplier)?;
    let one = i128::from(CONTRACT_ONE);
    (product % one == 0).then_some(product / one)?.try_into().ok()
}
