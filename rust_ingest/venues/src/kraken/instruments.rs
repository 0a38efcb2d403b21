//! What Kraken lists, and its terms of trading: REST `AssetPairs`, for v2 too.

mod pairs;

pub use pairs::{listing_path, listings, listings_of};

use super::dialect::Dialect;
use crate::dialect;
use crate::fixed::{FixedError, Scale};
use crate::l2_book::KrakenDecimals;
use crate::scan::{ScanError, Scanner};
pub use crate::terms::TermsError;
use crate::terms::{Class, Terms, Written, notional};

/// Asks there reach 9,999,999,997, which 64 bits hold in units of 1e-8 but not of 1e-9.
const PRICE_DECIMALS_MIN: i32 = 8;

/// A pair as it is listed, its decimals still text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The venue's own name: `XBT/USD` in v1, `BTC/USD` in v2.
    pub symbol: String,
    /// How many decimals prices and quantities have. v2 writes as many; v1 writes more, and its messages say how many.
    pub decimals: KrakenDecimals,
    pub tick_size: String,
    pub lot_size: String,
    pub min_quantity: String,
    /// `costmin`, which the venue has had since 2022.
    pub min_notional: Option<String>,
    /// `online`, `cancel_only`, `post_only`, `limit_only`, `reduce_only` ...; none in old listings.
    pub status: Option<String>,
}

impl Listing {
    /// Base and quote in everybody's words: `BTC` for `XBT`, `DOGE` for `XDG`.
    ///
    /// # Errors
    /// The symbol is not made of two.
    pub fn pair(&self) -> Result<(&str, &str), TermsError> {
        match self.symbol.split_once('/') {
            Some((base, quote)) if !base.is_empty() && !quote.is_empty() => Ok((asset(base), asset(quote))),
            _ => Err(TermsError::NoPair {
                symbol: self.symbol.clone(),
                example: "BTC/USD",
            }),
        }
    }

    /// The terms in units of the scales, exactly.
    ///
    /// # Errors
    /// A term is no whole count of units.
    pub fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        let (base, quote) = self.pair()?;
        let min_notional = match &self.min_notional {
            Some(text) => notional(self.units("costmin", text, price)?, price, quantity)
                .map_err(|source| self.written("costmin", text).misfit(source))?,
            None => 0,
        };
        Ok(Terms {
            symbol: self.symbol.clone(),
            instrument: format!("{base}-{quote}"),
            base: base.to_owned(),
            quote: quote.to_owned(),
            class: Class::Spot,
            tick_size: self.units("tick_size", &self.tick_size, price)?,
            lot_size: self.units("lot_size", &self.lot_size, quantity)?,
            min_quantity: self.units("ordermin", &self.min_quantity, quantity)?,
            // The venue names no largest order.
            max_quantity: i64::MAX,
            min_notional,
            contract: None,
        })
    }

    fn units(&self, field: &'static str, text: &str, scale: Scale) -> Result<i64, TermsError> {
        let mut scanner = Scanner::new(text);
        let units = scanner.number(scale).and_then(|units| scanner.end().map(|()| units));
        units.map_err(|error| {
            self.written(field, text).misfit(match error {
                ScanError::Fixed { source, .. } => source,
                _ => FixedError::NotADecimal,
            })
        })
    }

    fn written<'a>(&'a self, field: &'static str, text: &'a str) -> Written<'a> {
        Written {
            symbol: &self.symbol,
            field,
            text,
        }
    }
}

/// A symbol of either version as v2 has it: `BTC/USD` for `XBT/USD`.
pub(super) fn one_name(symbol: &str) -> String {
    let pair = symbol.split_once('/');
    pair.map_or_else(
        || symbol.to_owned(),
        |(base, quote)| format!("{}/{}", asset(base), asset(quote)),
    )
}

/// Kraken's own words for two assets; all others, without their old classes `X` and `Z`, are as everywhere
/// ("Assets", "altname").
fn asset(name: &str) -> &str {
    match name {
        "XBT" => "BTC",
        "XDG" => "DOGE",
        other => other,
    }
}

/// The smallest step of so many decimals: `0.001` for 3.
fn step(decimals: i32) -> String {
    match usize::try_from(decimals) {
        Ok(decimals @ 1..) => format!("0.{}1", "0".repeat(decimals - 1)),
        _ => "1".to_owned(),
    }
}

/// A pair by the names and with the decimals of one version of the API.
pub(super) struct Listed {
    pub dialect: Dialect,
    pub listing: Listing,
}

impl dialect::Listing for Listed {
    fn symbol(&self) -> &str {
        &self.listing.symbol
    }

    fn instrument(&self) -> Result<String, TermsError> {
        let (base, quote) = self.listing.pair()?;
        Ok(format!("{base}-{quote}"))
    }

    fn exponents(&self) -> (i8, i8) {
        let KrakenDecimals { price, quantity } = self.listing.decimals;
        let exponent = |decimals: i32| i8::try_from(-decimals).unwrap_or(-9);
        (exponent(price.max(PRICE_DECIMALS_MIN)), exponent(quantity))
    }

    fn decimals(&self) -> Option<KrakenDecimals> {
        // v1 writes more than the list says, and its messages say how many.
        (self.dialect == Dialect::V2).then_some(self.listing.decimals)
    }

    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        self.listing.terms(price, quantity)
    }
}

#[cfg(test)]
mod tests;
