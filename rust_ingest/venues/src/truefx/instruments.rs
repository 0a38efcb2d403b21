//! Names of currency pairs. TrueFX publishes no terms of trading: it is prices alone.

use crate::terms::{Class, Terms};

/// A name that is no pair of currencies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{symbol:?} is no pair of currencies; write it like EUR/USD")]
pub struct NoPair {
    pub symbol: String,
}

/// What records of `EUR/USD`, or `EURUSD`, bear: `EUR-USD`, with nothing known of steps and sizes but the units.
///
/// # Errors
/// The name is no pair.
pub fn terms(symbol: &str) -> Result<Terms, NoPair> {
    let is_currency = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let pair = symbol.split_once('/').or_else(|| symbol.split_at_checked(3));
    match pair {
        Some((base, quote)) if is_currency(base) && is_currency(quote) => Ok(Terms {
            symbol: symbol.to_owned(),
            instrument: format!("{base}-{quote}"),
            base: base.to_owned(),
            quote: quote.to_owned(),
            class: Class::Spot,
            tick_size: 1,
            lot_size: 1,
            min_quantity: 1,
            max_quantity: i64::MAX,
            min_notional: 0,
        }),
        _ => Err(NoPair {
            symbol: symbol.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_one_instrument() {
        let slash = terms("EUR/USD").unwrap();
        let plain = terms("EURUSD").unwrap();
        assert_eq!((slash.symbol.as_str(), plain.symbol.as_str()), ("EUR/USD", "EURUSD"));
        for terms in [slash, plain] {
            let names = (terms.instrument.as_str(), terms.base.as_str(), terms.quote.as_str());
            assert_eq!(names, ("EUR-USD", "EUR", "USD"));
        }
        for symbol in ["", "EUR", "EURUSDX", "eur/usd", "EUR/", "EUR/USD/X", "€URUSD"] {
            let error = terms(symbol).unwrap_err().to_string();
            assert!(error.ends_with("write it like EUR/USD"), "{error}");
        }
    }
}
