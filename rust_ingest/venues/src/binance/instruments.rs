//! `exchangeInfo`: what the venue lists, and its terms of trading.

use serde::Deserialize;

use super::dialect::Dialect;
use crate::fixed::{FixedError, Scale};
use crate::terms::notional;
pub use crate::terms::{Class, Terms};

#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    #[error("exchangeInfo is not what Binance documents: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{symbol} is not listed there; symbols are written like BTCUSDT")]
    NotListed { symbol: String },
    #[error("{symbol}: exchangeInfo has no {filter}.{field}")]
    NoTerm {
        symbol: String,
        filter: &'static str,
        field: &'static str,
    },
    #[error("{symbol}: {field} = {text:?}: {source}; choose exponents with --exponents {symbol}=<price>,<quantity>")]
    Term {
        symbol: String,
        field: &'static str,
        text: String,
        source: FixedError,
    },
}

/// Path and query that list `symbols`. Futures have no such filter and always list all.
pub fn listing_path(dialect: Dialect, symbols: &[&str]) -> String {
    let path = format!("{}/exchangeInfo", dialect.rest_prefix());
    match (dialect, symbols) {
        (Dialect::UsdM, _) | (_, []) => path,
        (Dialect::Spot, [symbol]) => format!("{path}?symbol={symbol}"),
        (Dialect::Spot, symbols) => format!("{path}?symbols=%5B%22{}%22%5D", symbols.join("%22,%22")),
    }
}

/// A symbol's entry of `exchangeInfo`, its decimals still text.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    symbol: String,
    base_asset: String,
    quote_asset: String,
    /// Futures only.
    contract_type: Option<String>,
    filters: Vec<Filter>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    filter_type: String,
    tick_size: Option<String>,
    step_size: Option<String>,
    min_qty: Option<String>,
    max_qty: Option<String>,
    /// Spot's name for the smallest notional.
    min_notional: Option<String>,
    /// Futures' name for it.
    notional: Option<String>,
}

#[derive(Deserialize)]
struct ExchangeInfo {
    symbols: Vec<Listing>,
}

/// The listing of each of `symbols`, in their order.
pub fn listings(exchange_info: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, TermsError> {
    let info: ExchangeInfo = serde_json::from_slice(exchange_info)?;
    let find = |symbol: &&str| {
        let listing = info.symbols.iter().find(|listing| listing.symbol == *symbol);
        listing.cloned().ok_or_else(|| TermsError::NotListed {
            symbol: (*symbol).to_owned(),
        })
    };
    symbols.iter().map(find).collect()
}

impl Listing {
    /// The venue's own name.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// The terms in units of the scales, exactly.
    pub fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        let tick_size = self.term("PRICE_FILTER", "tickSize", |filter| filter.tick_size.as_ref())?;
        let lot_size = self.term("LOT_SIZE", "stepSize", |filter| filter.step_size.as_ref())?;
        let min_quantity = self.term("LOT_SIZE", "minQty", |filter| filter.min_qty.as_ref())?;
        let max_quantity = self.term("LOT_SIZE", "maxQty", |filter| filter.max_qty.as_ref())?;
        Ok(Terms {
            symbol: self.symbol.clone(),
            instrument: self.instrument(),
            base: self.base_asset.clone(),
            quote: self.quote_asset.clone(),
            class: self.class(),
            tick_size: self.fixed("tickSize", tick_size, price)?,
            lot_size: self.fixed("stepSize", lot_size, quantity)?,
            min_quantity: self.fixed("minQty", min_quantity, quantity)?,
            max_quantity: self.fixed("maxQty", max_quantity, quantity)?,
            min_notional: self.min_notional(price, quantity)?,
        })
    }

    fn class(&self) -> Class {
        match self.contract_type.as_deref() {
            None => Class::Spot,
            Some("PERPETUAL" | "TRADIFI_PERPETUAL") => Class::Perpetual,
            Some(_) => Class::Dated,
        }
    }

    /// The normalised instrument.
    pub fn instrument(&self) -> String {
        let pair = format!("{}-{}", self.base_asset, self.quote_asset);
        match self.class() {
            Class::Spot => pair,
            Class::Perpetual => format!("{pair}-PERP"),
            Class::Dated => {
                let delivery = self
                    .symbol
                    .rsplit_once('_')
                    .map_or(self.symbol.as_str(), |(_, date)| date);
                format!("{pair}-{delivery}")
            }
        }
    }

    /// Spot calls the filter `NOTIONAL` (formerly `MIN_NOTIONAL`), futures `MIN_NOTIONAL`.
    fn min_notional(&self, price: Scale, quantity: Scale) -> Result<i128, TermsError> {
        let amount = |filter: &'_ Filter| filter.min_notional.clone().or_else(|| filter.notional.clone());
        let mut filters = self
            .filters
            .iter()
            .filter(|f| matches!(f.filter_type.as_str(), "NOTIONAL" | "MIN_NOTIONAL"));
        let text = filters
            .find_map(amount)
            .ok_or_else(|| self.no_term("NOTIONAL", "minNotional"))?;
        let in_price_units = self.fixed("minNotional", &text, price)?;
        notional(in_price_units, price, quantity).map_err(|source| TermsError::Term {
            symbol: self.symbol.clone(),
            field: "minNotional",
            text,
            source,
        })
    }

    fn term<'a>(
        &'a self,
        filter: &'static str,
        field: &'static str,
        of: impl Fn(&'a Filter) -> Option<&'a String>,
    ) -> Result<&'a str, TermsError> {
        let mut filters = self.filters.iter().filter(|other| other.filter_type == filter);
        let text = filters.find_map(of).ok_or_else(|| self.no_term(filter, field))?;
        Ok(text)
    }

    fn no_term(&self, filter: &'static str, field: &'static str) -> TermsError {
        TermsError::NoTerm {
            symbol: self.symbol.clone(),
            filter,
            field,
        }
    }

    fn fixed(&self, field: &'static str, text: &str, scale: Scale) -> Result<i64, TermsError> {
        scale.parse(text).map_err(|source| TermsError::Term {
            symbol: self.symbol.clone(),
            field,
            text: text.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests;
