//! REST `AssetPairs` ("Get Tradable Asset Pairs"): the names of v1.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Listing, TermsError, step};
use crate::kraken::dialect::Dialect;
use crate::l2_book::KrakenDecimals;
use crate::terms::find_each;

/// Finer than any asset is divided: what is beyond is no number of decimals.
const DECIMALS_MAX: i32 = 18;

const SYMBOLS: &str = "XBT/USD in v1 and BTC/USD in v2";

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    error: Vec<String>,
    #[serde(default)]
    result: BTreeMap<String, Pair>,
}

#[derive(Deserialize)]
struct Pair {
    /// Dark pools have none, and cannot be subscribed.
    wsname: Option<String>,
    pair_decimals: i32,
    lot_decimals: i32,
    ordermin: Option<String>,
    costmin: Option<String>,
    tick_size: Option<String>,
    status: Option<String>,
}

/// Path of the list of all pairs.
pub fn listing_path() -> &'static str {
    "/0/public/AssetPairs"
}

/// The listing of each of `symbols`, by `wsname`, in their order; of all that can be subscribed if there are none.
///
/// # Errors
/// The answer is an error, or not what is documented, or lacks a symbol.
pub fn listings(answer: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, TermsError> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|source| TermsError::Json {
        venue: "Kraken",
        source,
    })?;
    if let Some(message) = answer.error.into_iter().next() {
        return Err(TermsError::Refused {
            venue: "kraken",
            message,
        });
    }
    let mut listed = BTreeMap::new();
    for pair in answer.result.into_values() {
        if let Some(listing) = pair.listing() {
            listed.insert(listing.symbol.clone(), listing);
        }
    }
    if symbols.is_empty() {
        return Ok(listed.into_values().collect());
    }
    let find = |symbol: &&str| {
        listed.get(*symbol).cloned().ok_or_else(|| TermsError::NotListed {
            symbol: (*symbol).to_owned(),
            example: SYMBOLS,
        })
    };
    symbols.iter().map(find).collect()
}

/// The same by the names that a version of the API has for its symbols. The list has v1's; v2 calls bitcoin `BTC`.
///
/// # Errors
/// As [`listings`].
pub fn listings_of(dialect: Dialect, answer: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, TermsError> {
    match dialect {
        Dialect::V1 => listings(answer, symbols),
        Dialect::V2 => {
            let mut all = listings(answer, &[])?;
            for listing in &mut all {
                let (base, quote) = listing.pair()?;
                listing.symbol = format!("{base}/{quote}");
            }
            find_each(&all, symbols, |listing| &listing.symbol, SYMBOLS)
        }
    }
}

impl Pair {
    fn listing(self) -> Option<Listing> {
        let decimals = KrakenDecimals {
            price: self.pair_decimals.clamp(0, DECIMALS_MAX),
            quantity: self.lot_decimals.clamp(0, DECIMALS_MAX),
        };
        Some(Listing {
            symbol: self.wsname?,
            decimals,
            tick_size: self.tick_size.unwrap_or_else(|| step(decimals.price)),
            lot_size: step(decimals.quantity),
            min_quantity: self.ordermin.unwrap_or_else(|| step(decimals.quantity)),
            min_notional: self.costmin,
            status: self.status,
        })
    }
}
