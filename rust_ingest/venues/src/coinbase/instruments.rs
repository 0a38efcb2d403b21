//! Products: what the venue lists, and its terms of trading.

use serde::Deserialize;

use super::dialect::Dialect;
use crate::dialect::{self, Listing as _};
use crate::exponents::exponents;
use crate::fixed::{NANO, Scale};
pub use crate::terms::{Class, Contract, Terms, TermsError};
use crate::terms::{Written, find_each};

/// Path of all products: "Get all known trading pairs" (Exchange), "List Public Products" (Advanced Trade). Neither has a
/// filter for several.
pub fn listing_path(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Exchange => "/products",
        Dialect::AdvancedTrade => "/api/v3/brokerage/market/products",
    }
}

/// A product's entry, its decimals still text.
#[derive(Clone, Debug, Deserialize)]
pub struct Listing {
    #[serde(alias = "product_id")]
    id: String,
    #[serde(alias = "base_currency_id")]
    base_currency: String,
    #[serde(alias = "quote_currency_id")]
    quote_currency: String,
    /// Advanced Trade; there `quote_increment` is that of funds.
    price_increment: Option<String>,
    quote_increment: Option<String>,
    base_increment: Option<String>,
    /// The Exchange has none of the two since June 2022 ("Changelog", 2022-Jun-30).
    base_min_size: Option<String>,
    base_max_size: Option<String>,
    #[serde(alias = "quote_min_size")]
    min_market_funds: Option<String>,
    future_product_details: Option<Future>,
}

#[derive(Clone, Debug, Deserialize)]
struct Future {
    /// `PERPETUAL` or `EXPIRING`.
    contract_expiry_type: String,
    contract_expiry: Option<String>,
    contract_root_unit: String,
    contract_size: String,
}

#[derive(Deserialize)]
struct Products {
    products: Vec<Listing>,
}

/// The listing of each of `symbols`, in their order.
pub fn listings(dialect: Dialect, products: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, TermsError> {
    let all = match dialect {
        Dialect::Exchange => serde_json::from_slice(products),
        Dialect::AdvancedTrade => serde_json::from_slice::<Products>(products).map(|answer| answer.products),
    };
    let all: Vec<Listing> = all.map_err(|source| TermsError::Json {
        venue: "Coinbase",
        source,
    })?;
    let found = find_each(&all, symbols, Listing::symbol, "BTC-USD")?;
    match symbols.iter().find_map(|symbol| same_as(dialect, symbol)) {
        Some(refusal) => Err(refusal),
        None => Ok(found),
    }
}

/// On Advanced Trade "-USDC product IDs other than USDT-USDC and EURC-USDC return the same data as the matching -USD product" ("Advanced
/// Trade WebSocket Endpoints"), by that product's name. The Exchange has books of its own for some of them.
fn same_as(dialect: Dialect, symbol: &str) -> Option<TermsError> {
    let base = symbol.strip_suffix("-USDC")?;
    let is_same = dialect == Dialect::AdvancedTrade && !matches!(base, "USDT" | "EURC");
    is_same.then(|| TermsError::SameAs {
        symbol: symbol.to_owned(),
        other: format!("{base}-USD"),
    })
}

impl Listing {
    /// What quantities count: on futures contracts, each so much of the root unit.
    fn contract(&self) -> Result<Option<Contract>, TermsError> {
        let Some(future) = &self.future_product_details else {
            return Ok(None);
        };
        let written = Written {
            symbol: &self.id,
            field: "contract_size",
            text: &future.contract_size,
        };
        let currency = &future.contract_root_unit;
        written.contract("1", currency, (currency, &self.quote_currency))
    }

    fn class(&self) -> Class {
        match &self.future_product_details {
            None => Class::Spot,
            Some(future) if future.contract_expiry_type == "PERPETUAL" => Class::Perpetual,
            Some(_) => Class::Dated,
        }
    }

    /// A future has no base currency but a root unit.
    fn base(&self) -> &str {
        match &self.future_product_details {
            Some(future) => &future.contract_root_unit,
            None => &self.base_currency,
        }
    }

    fn tick_size(&self) -> Option<&String> {
        self.price_increment.as_ref().or(self.quote_increment.as_ref())
    }

    fn required<'a>(&'a self, field: &'static str, text: Option<&'a String>) -> Result<Written<'a>, TermsError> {
        self.written(field, text).ok_or_else(|| TermsError::NoTerm {
            symbol: self.id.clone(),
            field,
        })
    }

    fn written<'a>(&'a self, field: &'static str, text: Option<&'a String>) -> Option<Written<'a>> {
        text.filter(|text| !text.is_empty()).map(|text| Written {
            symbol: &self.id,
            field,
            text,
        })
    }
}

impl Future {
    /// `2025-06-27T15:00:00Z` as `250627`.
    fn expiry(&self) -> String {
        let time = self.contract_expiry.as_deref().unwrap_or_default();
        let date = time.split('T').next().unwrap_or_default().replace('-', "");
        date.strip_prefix("20").unwrap_or(&date).to_owned()
    }
}

impl dialect::Listing for Listing {
    fn symbol(&self) -> &str {
        &self.id
    }

    fn instrument(&self) -> Result<String, TermsError> {
        let pair = format!("{}-{}", self.base(), self.quote_currency);
        Ok(match (&self.future_product_details, self.class()) {
            (Some(future), Class::Dated) => format!("{pair}-{}", future.expiry()),
            (_, Class::Perpetual) => format!("{pair}-PERP"),
            _ => pair,
        })
    }

    /// Contracts are worth enough each to be counted as always.
    fn exponents(&self) -> (i8, i8) {
        let lot_size = self.base_increment.as_deref().unwrap_or_default();
        let (price, quantity) = exponents(self.tick_size().map_or("", String::as_str), lot_size);
        match self.class() {
            Class::Spot => (price, quantity),
            Class::Perpetual | Class::Dated => (price, NANO.exponent()),
        }
    }

    /// Where the venue names no smallest quantity it is the lot, where it names no largest there is none.
    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        let tick_size = self.required("quote_increment", self.tick_size())?.units(price)?;
        let lot_size = self.required("base_increment", self.base_increment.as_ref())?;
        let lot_size = lot_size.units(quantity)?;
        let amount = |field, text: &Option<String>| match self.written(field, text.as_ref()) {
            Some(written) => written.units(quantity).map(Some),
            None => Ok(None),
        };
        let min_quantity = amount("base_min_size", &self.base_min_size)?;
        let max_quantity = amount("base_max_size", &self.base_max_size)?;
        let contract = self.contract()?;
        let min_notional = match self.written("min_market_funds", self.min_market_funds.as_ref()) {
            // Of contracts, price x quantity is no sum of money.
            Some(funds) if contract.is_none() => funds.notional(price, quantity)?,
            _ => 0,
        };
        Ok(Terms {
            symbol: self.id.clone(),
            instrument: self.instrument()?,
            base: self.base().to_owned(),
            quote: self.quote_currency.clone(),
            class: self.class(),
            tick_size,
            lot_size,
            min_quantity: min_quantity.unwrap_or(lot_size),
            max_quantity: max_quantity.unwrap_or(i64::MAX),
            min_notional,
            contract,
        })
    }
}

#[cfg(test)]
mod tests;
