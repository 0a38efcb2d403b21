//! `exchangeInfo`: what the venue lists, and its terms of trading.

use serde::Deserialize;

use super::dialect::Dialect;
use crate::dialect::{self, Listing as _};
use crate::exponents::exponents;
use crate::fixed::{NANO, Scale};
pub use crate::terms::{Class, Contract, Terms, TermsError};
use crate::terms::{Written, find_each};

/// Path and query that list `symbols`. Futures have no such filter and always list all.
pub fn listing_path(dialect: Dialect, symbols: &[&str]) -> String {
    let path = format!("{}/exchangeInfo", dialect.rest_prefix());
    match (dialect, symbols) {
        (Dialect::UsdM | Dialect::CoinM, _) | (_, []) => path,
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
    /// COIN-M only: quote currency of one contract.
    contract_size: Option<serde_json::Number>,
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

impl Filter {
    fn notional(&self) -> Option<&str> {
        self.min_notional.as_deref().or(self.notional.as_deref())
    }
}

#[derive(Deserialize)]
struct ExchangeInfo {
    symbols: Vec<Listing>,
}

/// The listing of each of `symbols`, in their order.
pub fn listings(dialect: Dialect, exchange_info: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, TermsError> {
    let info: ExchangeInfo = serde_json::from_slice(exchange_info).map_err(|source| TermsError::Json {
        venue: "Binance",
        source,
    })?;
    let found = find_each(&info.symbols, symbols, Listing::symbol, dialect.example())?;
    match found.iter().find(|listing| listing.contract_size.is_none()) {
        // Its quantities would be taken for ones of the base currency.
        Some(bare) if dialect == Dialect::CoinM => Err(bare.lacks("contractSize")),
        _ => Ok(found),
    }
}

impl Listing {
    fn class(&self) -> Class {
        match self.contract_type.as_deref() {
            None => Class::Spot,
            Some("PERPETUAL" | "PERPETUAL_DELIVERING" | "TRADIFI_PERPETUAL") => Class::Perpetual,
            Some(_) => Class::Dated,
        }
    }

    /// What quantities count: on COIN-M contracts, of so much of the quote currency ("Exchange Information").
    fn contract(&self) -> Result<Option<Contract>, TermsError> {
        let Some(size) = &self.contract_size else {
            return Ok(None);
        };
        let written = Written {
            symbol: &self.symbol,
            field: "contractSize",
            text: &size.to_string(),
        };
        written.contract("1", &self.quote_asset, (&self.base_asset, &self.quote_asset))
    }

    /// Spot calls the filter `NOTIONAL` (formerly `MIN_NOTIONAL`), futures `MIN_NOTIONAL`.
    fn min_notional(&self) -> Result<Written<'_>, TermsError> {
        let is_named = |filter: &&Filter| matches!(filter.filter_type.as_str(), "NOTIONAL" | "MIN_NOTIONAL");
        let text = self.filters.iter().filter(is_named).find_map(Filter::notional);
        self.written("NOTIONAL.minNotional", text)
    }

    fn tick_size(&self) -> Result<Written<'_>, TermsError> {
        self.term("PRICE_FILTER.tickSize", |filter| filter.tick_size.as_deref())
    }

    fn lot_size(&self) -> Result<Written<'_>, TermsError> {
        self.term("LOT_SIZE.stepSize", |filter| filter.step_size.as_deref())
    }

    /// A field by the name of its filter and its own.
    fn term<'a>(
        &'a self,
        field: &'static str,
        of: impl Fn(&'a Filter) -> Option<&'a str>,
    ) -> Result<Written<'a>, TermsError> {
        let filter = field.split('.').next().unwrap_or_default();
        let mut filters = self.filters.iter().filter(|other| other.filter_type == filter);
        self.written(field, filters.find_map(of))
    }

    fn written<'a>(&'a self, field: &'static str, text: Option<&'a str>) -> Result<Written<'a>, TermsError> {
        match text {
            Some(text) => Ok(Written {
                symbol: &self.symbol,
                field,
                text,
            }),
            None => Err(self.lacks(field)),
        }
    }

    fn lacks(&self, field: &'static str) -> TermsError {
        TermsError::NoTerm {
            symbol: self.symbol.clone(),
            field,
        }
    }
}

impl dialect::Listing for Listing {
    fn symbol(&self) -> &str {
        &self.symbol
    }

    fn instrument(&self) -> Result<String, TermsError> {
        let pair = format!("{}-{}", self.base_asset, self.quote_asset);
        Ok(match self.class() {
            Class::Spot => pair,
            Class::Perpetual => format!("{pair}-PERP"),
            Class::Dated => {
                let delivery = self
                    .symbol
                    .rsplit_once('_')
                    .map_or(self.symbol.as_str(), |(_, date)| date);
                format!("{pair}-{delivery}")
            }
        })
    }

    /// Contracts are worth enough each to be counted as always.
    fn exponents(&self) -> (i8, i8) {
        let (Ok(tick_size), Ok(lot_size)) = (self.tick_size(), self.lot_size()) else {
            return (NANO.exponent(), NANO.exponent());
        };
        let (price, quantity) = exponents(tick_size.text, lot_size.text);
        let counts_contracts = self.contract_size.is_some();
        (price, if counts_contracts { NANO.exponent() } else { quantity })
    }

    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        let (tick_size, lot_size) = (self.tick_size()?, self.lot_size()?);
        let min_quantity = self.term("LOT_SIZE.minQty", |filter| filter.min_qty.as_deref())?;
        let max_quantity = self.term("LOT_SIZE.maxQty", |filter| filter.max_qty.as_deref())?;
        let contract = self.contract()?;
        let min_notional = match contract {
            // COIN-M has no such filter: the smallest order is so many contracts.
            Some(_) => 0,
            None => self.min_notional()?.notional(price, quantity)?,
        };
        Ok(Terms {
            symbol: self.symbol.clone(),
            instrument: self.instrument()?,
            base: self.base_asset.clone(),
            quote: self.quote_asset.clone(),
            class: self.class(),
            tick_size: tick_size.units(price)?,
            lot_size: lot_size.units(quantity)?,
            min_quantity: min_quantity.units(quantity)?,
            max_quantity: max_quantity.units(quantity)?,
            min_notional,
            contract,
        })
    }
}

#[cfg(test)]
mod tests;
