//! The JSON of Binance's answers about orders.

use std::borrow::Cow;

use serde::Deserialize;

/// An order: the answer to placing, asking and cancelling. Numbers stay text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderReply<'a> {
    #[serde(borrow)]
    pub symbol: Cow<'a, str>,
    pub order_id: i64,
    #[serde(borrow)]
    pub client_order_id: Cow<'a, str>,
    /// Spot's answer to a cancel gives the cancel an id of its own, and the order's here.
    #[serde(borrow)]
    pub orig_client_order_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub status: Cow<'a, str>,
    #[serde(borrow)]
    pub executed_qty: Cow<'a, str>,
    /// Of placing and cancelling on spot.
    pub transact_time: Option<i64>,
    /// Of asking, and of all on futures.
    pub update_time: Option<i64>,
    #[serde(borrow, default)]
    pub fills: Vec<FillReply<'a>>,
}

/// A fill inside the answer to a spot order; it has no time of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FillReply<'a> {
    #[serde(borrow)]
    pub price: Cow<'a, str>,
    #[serde(borrow)]
    pub qty: Cow<'a, str>,
    #[serde(borrow)]
    pub commission: Cow<'a, str>,
    #[serde(borrow)]
    pub commission_asset: Cow<'a, str>,
    pub trade_id: i64,
}

/// An element of `myTrades` (spot) or `userTrades` (futures).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TradeReply<'a> {
    pub id: i64,
    pub order_id: i64,
    #[serde(borrow)]
    pub price: Cow<'a, str>,
    #[serde(borrow)]
    pub qty: Cow<'a, str>,
    #[serde(borrow)]
    pub commission: Cow<'a, str>,
    #[serde(borrow)]
    pub commission_asset: Cow<'a, str>,
    pub time: i64,
}

/// What is wrong, in every answer that is no success.
#[derive(Debug, Deserialize)]
pub(super) struct ErrorReply<'a> {
    pub code: i64,
    #[serde(borrow)]
    pub msg: Cow<'a, str>,
}

/// The answer of `/time`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TimeReply {
    pub server_time: i64,
}
