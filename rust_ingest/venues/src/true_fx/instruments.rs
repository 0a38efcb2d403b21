//! Names of currency pairs. TrueFX publishes no terms of trading: it is prices alone.

use crate::dialect;
use crate::fixed::Scale;
use crate::terms::{Class, Terms, TermsError};

/// A pair of currencies, by its name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    symbol: String,
    base: String,
    quote: String,
}

impl Listing {
    /// Of `EUR/USD`, or `EURUSD`.
    ///
    /// # Errors
    /// The name is no pair.
    pub fn of(symbol: &str) -> Result<Self, TermsError> {
        let is_currency = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        let pair = symbol.split_once('/').or_else(|| symbol.split_at_checked(3));
        match pair {
            Some((base, quote)) if is_currency(base) && is_currency(quote) => Ok(Self {
                symbol: symbol.to_owned(),
                base: base.to_owned(),
                quote: quote.to_owned(),
            }),
            _ => Err(TermsError::NoPair {
                symbol: symbol.to_owned(),
                example: "EUR/USD",
            }),
        }
    }

    /// `EUR/USD`, however it was written.
    pub fn slashed(&self) -> String {
        format!("{}/{}", self.base, self.quote)
    }
}

impl dialect::Listing for Listing {
    fn symbol(&self) -> &str {
        &self.symbol
    }

    /// `EUR-USD`.
    fn instrument(&self) -> Result<String, TermsError> {
        Ok(format!("{}-{}", self.base, self.quote))
    }

    /// Nothing is known of steps and sizes but the units.
    fn terms(&self, _price: Scale, _quantity: Scale) -> Result<Terms, TermsError> {
        Ok(Terms {
            symbol: self.symbol.clone(),
            instrument: self.instrument()?,
            base: self.base.clone(),
            quote: self.quote.clone(),
            class: Class::Spot,
            tick_size: 1,
            lot_size: 1,
            min_quantity: 1,
            max_quantity: i64::MAX,
            min_notional: 0,
            contract: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Listing as _;

    #[test]
    fn both_forms_are_one_instrument() {
        for symbol in ["EUR/USD", "EURUSD"] {
            let listing = Listing::of(symbol).unwrap();
            assert_eq!(
                (listing.symbol(), listing.instrument().unwrap().as_str()),
                (symbol, "EUR-USD")
            );
        }
        for symbol in ["", "EUR", "EURUSDX", "eur/usd", "EUR/", "EUR/USD/X", "€URUSD"] {
            let error = Listing::of(symbol).unwrap_err().to_string();
            assert!(error.ends_with("written like EUR/USD"), "{error}");
        }
    }
}
