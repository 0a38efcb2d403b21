//! The signed endpoints: new, cancel, query, lists of orders and trades, account.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::new_order::{self, ResponseType};
use super::parameters::Parameters;
use super::reply::Refusal;
use super::{spot, usdm};
use crate::clock;
use crate::exchange::Exchange;
use crate::trading::account::Account;
use crate::trading::desk::Desk;
use crate::trading::ledger::Refused;
use crate::trading::order::{Fill, Order};
use crate::trading::rejection::Rejection;
use crate::venue::Venue;

/// The most orders or trades in one answer.
const LIST_MAX: usize = 1_000;

/// A signed endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST order`
    New,
    /// `DELETE order`
    Cancel,
    /// `DELETE openOrders` (`allOpenOrders` on futures)
    CancelAll,
    /// `GET order`
    Query,
    /// `GET openOrders`
    OpenOrders,
    /// `GET allOrders`
    AllOrders,
    /// `GET myTrades` (`userTrades` on futures)
    Trades,
    /// `GET account`
    Account,
}

impl Endpoint {
    /// The endpoint of a path that the venue has.
    pub fn find(venue: Venue, method: &Method, path: &str) -> Option<Endpoint> {
        let endpoint = match (method.as_str(), path, venue) {
            ("POST", "order", _) => Endpoint::New,
            ("DELETE", "order", _) => Endpoint::Cancel,
            ("DELETE", "openOrders", Venue::Spot) | ("DELETE", "allOpenOrders", Venue::UsdM) => Endpoint::CancelAll,
            ("GET", "order", _) => Endpoint::Query,
            ("GET", "openOrders", _) => Endpoint::OpenOrders,
            ("GET", "allOrders", _) => Endpoint::AllOrders,
            ("GET", "myTrades", Venue::Spot) | ("GET", "userTrades", Venue::UsdM) => Endpoint::Trades,
            ("GET", "account", _) => Endpoint::Account,
            _ => return None,
        };
        Some(endpoint)
    }

    /// Whether it changes orders: that is what order faults are about.
    pub fn changes_orders(self) -> bool {
        matches!(self, Endpoint::New | Endpoint::Cancel | Endpoint::CancelAll)
    }
}

/// Does what a request, whose signature has been checked, asks for.
///
/// # Errors
/// The venue's refusal.
pub fn handle(exchange: &Exchange, endpoint: Endpoint, parameters: &Parameters) -> Result<Value, Refusal> {
    let mut desk = exchange.desk.lock();
    let request = Request {
        venue: exchange.venue,
        desk: &mut desk,
        parameters,
        now_ns: clock::now_ns(),
    };
    match endpoint {
        Endpoint::New => request.place(),
        Endpoint::Cancel => request.cancel(),
        Endpoint::CancelAll => request.cancel_all(),
        Endpoint::Query => request.query(),
        Endpoint::OpenOrders => request.open_orders(),
        Endpoint::AllOrders => request.all_orders(),
        Endpoint::Trades => request.trades(),
        Endpoint::Account => Ok(match request.desk.account() {
            Account::Spot(spot) => spot::account(spot, request.desk.fees(), request.now_ms()),
            Account::Futures(futures) => usdm::account(futures, request.now_ms()),
        }),
    }
}

struct Request<'a> {
    venue: Venue,
    desk: &'a mut Desk,
    parameters: &'a Parameters,
    now_ns: u64,
}

impl Request<'_> {
    fn now_ms(&self) -> u64 {
        self.now_ns / clock::NS_PER_MS
    }

    fn place(mut self) -> Result<Value, Refusal> {
        let placed = self.try_place();
        if let Err(refusal) = &placed {
            let time_ms = self.now_ms();
            self.desk.ledger_mut().refuse(Refused {
                time_ms,
                client_order_id: self.parameters.get("newClientOrderId").map(str::to_owned),
                symbol: self.parameters.get("symbol").unwrap_or_default().to_owned(),
                code: refusal.code,
                message: refusal.message.clone(),
            });
        }
        let (id, response) = placed?;
        let (ledger, order) = (self.desk.ledger(), self.desk.ledger().order(id));
        Ok(match self.venue {
            Venue::Spot => spot::placed(order, ledger, response),
            Venue::UsdM => usdm::placed(order, &self.desk.listings.get(order.listing).instrument, response),
        })
    }

    fn try_place(&mut self) -> Result<(u64, ResponseType), Refusal> {
        let new = new_order::read(self.venue, self.parameters)?;
        let response = new_order::response_type(self.venue, new.kind, self.parameters)?;
        let order = self
            .desk
            .place(new, self.now_ns)
            .map_err(|rejection| refusal(self.venue, &rejection))?;
        Ok((order.id, response))
    }

    /// Symbol, order id and client id of a request about one order.
    fn target(&self) -> Result<(String, Option<u64>, Option<String>), Refusal> {
        let symbol = self.symbol()?;
        let id = self.parameters.parsed("orderId")?;
        let client_order_id = self.parameters.get("origClientOrderId").map(str::to_owned);
        if id.is_none() && client_order_id.is_none() {
            let message = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!";
            return Err(Refusal::bad_request(-1102, message));
        }
        Ok((symbol, id, client_order_id))
    }

    fn symbol(&self) -> Result<String, Refusal> {
        let symbol = self.parameters.required("symbol")?;
        match self.desk.listings.number(symbol) {
            Some(_) => Ok(symbol.to_owned()),
            None => Err(Refusal::invalid_symbol()),
        }
    }

    fn cancel(self) -> Result<Value, Refusal> {
        let (symbol, id, client_order_id) = self.target()?;
        let canceled = self.desk.cancel(&symbol, id, client_order_id.as_deref(), self.now_ms());
        let id = canceled.map_err(|rejection| refusal(self.venue, &rejection))?.id;
        let cancel_id = match self.parameters.get("newClientOrderId") {
            Some(cancel_id) => cancel_id.to_owned(),
            None => self.desk.ledger_mut().make_up_client_order_id(),
        };
        Ok(self.canceled(id, &cancel_id))
    }

    fn canceled(&self, id: u64, cancel_id: &str) -> Value {
        let order = self.desk.ledger().order(id);
        match self.venue {
            Venue::Spot => spot::canceled(order, cancel_id),
            Venue::UsdM => usdm::canceled(order, &self.desk.listings.get(order.listing).instrument),
        }
    }

    fn cancel_all(self) -> Result<Value, Refusal> {
        let symbol = self.symbol()?;
        let open = self.desk.open_order_ids(Some(&symbol));
        if open.is_empty() && self.venue == Venue::Spot {
            return Err(refusal(self.venue, &Rejection::UnknownToCancel));
        }
        let mut canceled = Vec::with_capacity(open.len());
        for id in open {
            let order = self.desk.cancel(&symbol, Some(id), None, self.now_ms());
            order.map_err(|rejection| refusal(self.venue, &rejection))?;
            canceled.push(self.canceled(id, &self.desk.ledger().order(id).client_order_id));
        }
        Ok(match self.venue {
            Venue::Spot => json!(canceled),
            Venue::UsdM => json!({"code": 200, "msg": "The operation of cancel all open order is done."}),
        })
    }

    fn queried(&self, order: &Order) -> Value {
        match self.venue {
            Venue::Spot => spot::queried(order),
            Venue::UsdM => usdm::queried(order, &self.desk.listings.get(order.listing).instrument),
        }
    }

    fn query(self) -> Result<Value, Refusal> {
        let (symbol, id, client_order_id) = self.target()?;
        let order = self.desk.ledger().find(&symbol, id, client_order_id.as_deref());
        let order = order.ok_or_else(|| refusal(self.venue, &Rejection::UnknownOrder))?;
        Ok(self.queried(order))
    }

    fn open_orders(self) -> Result<Value, Refusal> {
        let symbol = self.parameters.get("symbol").map(|_| self.symbol()).transpose()?;
        let ids = self.desk.open_order_ids(symbol.as_deref());
        Ok(ids
            .into_iter()
            .map(|id| self.queried(self.desk.ledger().order(id)))
            .collect())
    }

    fn all_orders(self) -> Result<Value, Refusal> {
        let symbol = self.symbol()?;
        let first: u64 = self.parameters.parsed("orderId")?.unwrap_or(0);
        let limit: usize = self.parameters.parsed("limit")?.unwrap_or(500);
        let wanted = |order: &&Order| order.symbol == symbol && order.id >= first;
        let orders = self
            .desk
            .ledger()
            .orders()
            .iter()
            .filter(wanted)
            .take(limit.min(LIST_MAX));
        Ok(orders.map(|order| self.queried(order)).collect())
    }

    fn trades(self) -> Result<Value, Refusal> {
        let symbol = self.symbol()?;
        let order_id: Option<u64> = self.parameters.parsed("orderId")?;
        let first: u64 = self.parameters.parsed("fromId")?.unwrap_or(0);
        let limit: usize = self.parameters.parsed("limit")?.unwrap_or(500);
        let ledger = self.desk.ledger();
        let fills: Box<dyn Iterator<Item = &Fill>> = match order_id.map(|id| ledger.find(&symbol, Some(id), None)) {
            Some(Some(order)) => Box::new(ledger.fills_of(order)),
            Some(None) => Box::new(std::iter::empty()),
            None => Box::new(ledger.fills().iter()),
        };
        let trades = fills
            .filter(|fill| fill.id >= first)
            .map(|fill| (fill, ledger.order(fill.order_id)));
        let trades = trades
            .filter(|(_, order)| order.symbol == symbol)
            .take(limit.min(LIST_MAX));
        let told = trades.map(|(fill, order)| match self.venue {
            Venue::Spot => spot::trade(fill, order),
            Venue::UsdM => usdm::trade(fill, order, &self.desk.listings.get(order.listing).instrument),
        });
        Ok(told.collect())
    }
}

fn refusal(venue: Venue, rejection: &Rejection) -> Refusal {
    let (code, message) = rejection.words(venue);
    Refusal {
        status: StatusCode::BAD_REQUEST,
        code,
        message,
    }
}
