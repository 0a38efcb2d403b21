//! Instruments: what the venue lists, and its terms of trading ("Public Data", "GET / Instruments").

use serde::Deserialize;

use crate::dialect::{self, Listing as _};
use crate::exponents::exponents;
use crate::fixed::{FixedError, NANO, Scale};
pub use crate::terms::{Class, Contract, Terms, TermsError};
use crate::terms::{Written, find_each};

/// Path and query of all instruments of a kind: `SPOT`, `SWAP`, `FUTURES`.
pub fn listing_path(kind: &str) -> String {
    format!("/api/v5/public/instruments?instType={kind}")
}

/// The kind that an instrument's name tells.
pub fn kind_of(symbol: &str) -> &'static str {
    match symbol.split('-').nth(2) {
        None => "SPOT",
        Some("SWAP") => "SWAP",
        Some(_) => "FUTURES",
    }
}

/// An instrument's entry, its decimals still text.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    inst_id: String,
    inst_type: String,
    /// Empty on futures, as is the next.
    base_ccy: String,
    quote_ccy: String,
    /// `BTC-USD`; empty on spot.
    uly: String,
    tick_sz: String,
    lot_sz: String,
    min_sz: String,
    max_lmt_sz: String,
    ct_val: String,
    ct_mult: String,
    ct_val_ccy: String,
}

#[derive(Deserialize)]
struct Answer {
    code: String,
    #[serde(default)]
    msg: String,
    data: Vec<Listing>,
}

/// The listing of each of `symbols`, in their order.
pub fn listings(instruments: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, TermsError> {
    let answer: Answer =
        serde_json::from_slice(instruments).map_err(|source| TermsError::Json { venue: "OKX", source })?;
    if answer.code != "0" {
        return Err(TermsError::Refused {
            venue: "okx",
            message: format!("{} {}", answer.code, answer.msg),
        });
    }
    let example = "BTC-USDT, BTC-USDT-SWAP, BTC-USD-250328";
    find_each(&answer.data, symbols, Listing::symbol, example)
}

impl Listing {
    /// What quantities count: on futures contracts, each `ctMult` x `ctVal` of `ctValCcy`.
    fn contract(&self) -> Result<Option<Contract>, TermsError> {
        match self.class()? {
            Class::Spot => Ok(None),
            Class::Perpetual | Class::Dated => {
                let written = self.written("ctVal", &self.ct_val);
                written.contract(&self.ct_mult, &self.ct_val_ccy, self.currencies())
            }
        }
    }

    fn class(&self) -> Result<Class, TermsError> {
        match self.inst_type.as_str() {
            "SPOT" | "MARGIN" => Ok(Class::Spot),
            "SWAP" => Ok(Class::Perpetual),
            "FUTURES" => Ok(Class::Dated),
            kind => Err(TermsError::OtherKind {
                symbol: self.inst_id.clone(),
                kind: kind.to_owned(),
                choice: "SPOT, SWAP or FUTURES",
            }),
        }
    }

    fn currencies(&self) -> (&str, &str) {
        match self.uly.split_once('-') {
            Some(pair) if self.base_ccy.is_empty() => pair,
            _ => (&self.base_ccy, &self.quote_ccy),
        }
    }

    /// Spot has 9,999,999,999 for no limit, which 64 bits do not hold in units of 1e-9: it is the largest then.
    fn max_quantity(&self, quantity: Scale) -> Result<i64, TermsError> {
        match self.written("maxLmtSz", &self.max_lmt_sz).units(quantity) {
            Err(TermsError::Term {
                source: FixedError::TooLarge { .. },
                ..
            }) => Ok(i64::MAX),
            term => term,
        }
    }

    fn written<'a>(&'a self, field: &'static str, text: &'a str) -> Written<'a> {
        Written {
            symbol: &self.inst_id,
            field,
            text,
        }
    }
}

impl dialect::Listing for Listing {
    fn symbol(&self) -> &str {
        &self.inst_id
    }

    /// `BTC-USD_UM-SWAP` keeps its family's name: the pair alone is that of `BTC-USD-SWAP` too, whose contracts are others.
    fn instrument(&self) -> Result<String, TermsError> {
        Ok(match self.class()? {
            Class::Spot | Class::Dated => self.inst_id.clone(),
            Class::Perpetual => format!("{}-PERP", self.inst_id.trim_end_matches("-SWAP")),
        })
    }

    /// Contracts are worth enough each to be counted as always.
    fn exponents(&self) -> (i8, i8) {
        let (price, quantity) = exponents(&self.tick_sz, &self.lot_sz);
        match self.class() {
            Ok(Class::Spot) => (price, quantity),
            _ => (price, NANO.exponent()),
        }
    }

    /// The venue has no smallest notional.
    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        let class = self.class()?;
        let (base, quote) = self.currencies();
        Ok(Terms {
            symbol: self.inst_id.clone(),
            instrument: self.instrument()?,
            base: base.to_owned(),
            quote: quote.to_owned(),
            class,
            tick_size: self.written("tickSz", &self.tick_sz).units(price)?,
            lot_size: self.written("lotSz", &self.lot_sz).units(quantity)?,
            min_quantity: self.written("minSz", &self.min_sz).units(quantity)?,
            max_quantity: self.max_quantity(quantity)?,
            min_notional: 0,
            contract: self.contract()?,
        })
    }
}

#[cfg(test)]
mod tests;
