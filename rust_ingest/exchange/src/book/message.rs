//! The messages of which a book is made, read from the venue's JSON.

use serde::Deserialize;

use crate::fixed::Fixed;

/// Price and quantity of a level; quantity zero removes it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Level(pub Fixed, pub Fixed);

/// A `depthUpdate` event.
#[derive(Debug, Deserialize)]
pub struct Depth {
    /// `U`
    #[serde(rename = "U")]
    pub first_update_id: u64,
    /// `pu`: the last update of the event before (futures only).
    #[serde(rename = "pu", default)]
    pub previous_update_id: Option<u64>,
    /// `u`
    #[serde(rename = "u")]
    pub last_update_id: u64,
    /// `b`
    #[serde(rename = "b")]
    pub bids: Vec<Level>,
    /// `a`
    #[serde(rename = "a")]
    pub asks: Vec<Level>,
    /// `E`: when the venue sent it, ms.
    #[serde(rename = "E", default)]
    pub publish_ms: u64,
    /// `T`: when it happened in the engine, ms (futures only).
    #[serde(rename = "T", default)]
    pub transaction_ms: u64,
}

impl Depth {
    /// Whether it follows the event that ended with update `last`: `pu` says so on futures, `U` is the next on spot.
    pub fn follows(&self, last: u64) -> bool {
        match self.previous_update_id {
            Some(previous) => previous <= last,
            None => self.first_update_id <= last + 1,
        }
    }
}

/// A REST depth snapshot.
#[derive(Debug, Deserialize)]
pub struct Snapshot {
    /// The newest update that it contains.
    #[serde(rename = "lastUpdateId")]
    pub last_update_id: u64,
    /// Best first.
    pub bids: Vec<Level>,
    /// Best first.
    pub asks: Vec<Level>,
    /// When the venue sent it, ms (futures only).
    #[serde(rename = "E", default)]
    pub publish_ms: u64,
    /// When its newest update happened, ms (futures only).
    #[serde(rename = "T", default)]
    pub transaction_ms: u64,
}

/// A `bookTicker` event: the best bid and ask.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct BookTicker {
    /// The update after which this holds.
    #[serde(rename = "u")]
    pub update_id: u64,
    /// Best bid price.
    #[serde(rename = "b")]
    pub bid_price: Fixed,
    /// Quantity at the best bid.
    #[serde(rename = "B")]
    pub bid_quantity: Fixed,
    /// Best ask price.
    #[serde(rename = "a")]
    pub ask_price: Fixed,
    /// Quantity at the best ask.
    #[serde(rename = "A")]
    pub ask_quantity: Fixed,
}

/// A `trade` event.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Trade {
    /// Price.
    #[serde(rename = "p")]
    pub price: Fixed,
    /// Quantity.
    #[serde(rename = "q")]
    pub quantity: Fixed,
    /// Whether the buyer's order was resting.
    #[serde(rename = "m", default)]
    pub buyer_is_maker: Option<bool>,
}

/// The event inside a combined message; None if the message is garbled.
pub fn combined<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    #[derive(Deserialize)]
    struct Combined<T> {
        data: T,
    }
    serde_json::from_slice::<Combined<T>>(body)
        .ok()
        .map(|message| message.data)
}
