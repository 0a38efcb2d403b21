//! The signed endpoints: which request means which, what it weighs, and whether it counts as an order.

use hyper::Method;

use super::parameters::Parameters;
use crate::venue::Venue;

/// A signed endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST order`
    New,
    /// `POST order/test`
    Test,
    /// `DELETE order`
    Cancel,
    /// `DELETE openOrders` (`allOpenOrders` on futures)
    CancelAll,
    /// `POST order/cancelReplace` (spot)
    CancelReplace,
    /// `PUT order/amend/keepPriority` (spot)
    Amend,
    /// `PUT order` (futures)
    Modify,
    /// `GET order`
    Query,
    /// `GET openOrder` (futures)
    OpenOrder,
    /// `GET openOrders`
    OpenOrders,
    /// `GET allOrders`
    AllOrders,
    /// `GET myTrades` (`userTrades` on futures)
    Trades,
    /// `GET account`
    Account,
    /// `GET rateLimit/order`
    OrderCounts,
}

impl Endpoint {
    /// The endpoint of a path that the venue has.
    pub fn find(venue: Venue, method: &Method, path: &str) -> Option<Endpoint> {
        let endpoint = match (method.as_str(), path, venue) {
            ("POST", "order", _) => Endpoint::New,
            ("POST", "order/test", _) => Endpoint::Test,
            ("DELETE", "order", _) => Endpoint::Cancel,
            ("DELETE", "openOrders", Venue::Spot) | ("DELETE", "allOpenOrders", Venue::UsdM) => Endpoint::CancelAll,
            ("POST", "order/cancelReplace", Venue::Spot) => Endpoint::CancelReplace,
            ("PUT", "order/amend/keepPriority", Venue::Spot) => Endpoint::Amend,
            ("PUT", "order", Venue::UsdM) => Endpoint::Modify,
            ("GET", "order", _) => Endpoint::Query,
            ("GET", "openOrder", Venue::UsdM) => Endpoint::OpenOrder,
            ("GET", "openOrders", _) => Endpoint::OpenOrders,
            ("GET", "allOrders", _) => Endpoint::AllOrders,
            ("GET", "myTrades", Venue::Spot) | ("GET", "userTrades", Venue::UsdM) => Endpoint::Trades,
            ("GET", "account", _) => Endpoint::Account,
            ("GET", "rateLimit/order", _) => Endpoint::OrderCounts,
            _ => return None,
        };
        Some(endpoint)
    }

    /// Whether it changes orders: that is what order faults are about.
    pub fn changes_orders(self) -> bool {
        use Endpoint::{Amend, Cancel, CancelAll, CancelReplace, Modify, New};
        matches!(self, New | Cancel | CancelAll | CancelReplace | Amend | Modify)
    }

    /// Whether it counts towards the limit on orders.
    pub fn counts_as_order(self) -> bool {
        matches!(self, Endpoint::New | Endpoint::CancelReplace | Endpoint::Modify)
    }

    /// What it takes of the request weight per minute, as the venues' documentation says (2025).
    pub fn weight(self, venue: Venue, parameters: &Parameters) -> u64 {
        let names_symbol = parameters.get("symbol").is_some();
        match (self, venue) {
            (Endpoint::New | Endpoint::Modify, Venue::UsdM) => 0,
            (Endpoint::Query, Venue::Spot) | (Endpoint::Amend, _) => 4,
            (Endpoint::OpenOrders, Venue::Spot) => {
                if names_symbol {
                    6
                } else {
                    80
                }
            }
            (Endpoint::OpenOrders, Venue::UsdM) if !names_symbol => 40,
            (Endpoint::Trades, Venue::Spot) if parameters.get("orderId").is_some() => 5,
            (Endpoint::AllOrders | Endpoint::Trades | Endpoint::Account, Venue::Spot) => 20,
            (Endpoint::AllOrders | Endpoint::Trades | Endpoint::Account, Venue::UsdM) => 5,
            (Endpoint::OrderCounts, Venue::Spot) => 40,
            _ => 1,
        }
    }
}
