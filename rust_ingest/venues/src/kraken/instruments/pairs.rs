//! REST `AssetPairs` ("Get Tradable Asset Pairs"): the names of v1.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Listing, ListingError, step};
use crate::l2_book::KrakenDecimals;

/// Finer than any asset is divided: what is beyond is no number of decimals.
const DECIMALS_MAX: i32 = 18;

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
pub fn listings(answer: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, ListingError> {
    let answer: Answer = serde_json::from_slice(answer)?;
    if let Some(message) = answer.error.into_iter().next() {
        return Err(ListingError::Refused { message });
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
        listed.get(*symbol).cloned().ok_or_else(|| ListingError::NotListed {
            symbol: (*symbol).to_owned(),
        })
    };
    symbols.iter().map(find).collect()
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
