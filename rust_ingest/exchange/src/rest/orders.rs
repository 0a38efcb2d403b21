//! What the signed endpoints do: new orders, cancels, queries, the account.

use serde_json::{Value, json};

use super::endpoint::Endpoint;
use super::new_order::{self, ResponseType};
use super::parameters::Parameters;
use super::reply::Refusal;
use super::{spot, usdm};
use crate::clock;
use crate::exchange::Exchange;
use crate::trading::account::Account;
use crate::trading::desk::Desk;
use crate::trading::ledger::{Named, Refused};
use crate::trading::order::{NewOrder, Order};
use crate::trading::rejection::Rejection;
use crate::user_stream;
use crate::venue::Venue;

/// Does what a request, whose signature has been checked, asks for.
///
/// # Errors
/// The venue's refusal.
pub fn handle(
    exchange: &Exchange,
    account: usize,
    endpoint: Endpoint,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    let mut desk = exchange.desk.lock();
    let request = Request {
        venue: exchange.venue,
        account,
        desk: &mut desk,
        parameters,
        now_ns: exchange.now_ns(),
    };
    let done = match endpoint {
        Endpoint::New => request.place(),
        Endpoint::Test => request.test(),
        Endpoint::Cancel => request.cancel(),
        Endpoint::CancelAll => request.cancel_all(),
        Endpoint::CancelReplace => request.cancel_replace(),
        Endpoint::Amend => request.amend(),
        Endpoint::Modify => request.modify(),
        Endpoint::Query => request.query(),
        Endpoint::OpenOrder => request.open_order(),
        Endpoint::OpenOrders => request.open_orders(),
        Endpoint::AllOrders => request.all_orders(),
        Endpoint::Trades => request.trades(),
        Endpoint::OrderCounts => Ok(exchange.meter.order_counts(account, request.now_ms())),
        Endpoint::Account => Ok(match request.desk.account(account) {
            Account::Spot(spot) => spot::account(spot, request.desk.fees(), request.now_ms()),
            Account::Futures(futures) => usdm::account(futures, request.now_ms()),
        }),
    };
    // Under the same lock, so that events go out in the order in which things happened.
    user_stream::tell(exchange, &mut desk);
    done
}

/// A request in the hands of the desk.
pub(super) struct Request<'a> {
    pub(super) venue: Venue,
    pub(super) account: usize,
    pub(super) desk: &'a mut Desk,
    pub(super) parameters: &'a Parameters,
    pub(super) now_ns: u64,
}

impl Request<'_> {
    pub(super) fn now_ms(&self) -> u64 {
        self.now_ns / clock::NS_PER_MS
    }

    fn place(mut self) -> Result<Value, Refusal> {
        let read = self.read_order();
        self.place_read(read)
    }

    /// The order that the parameters describe, and how much the answer is to tell of it.
    pub(super) fn read_order(&self) -> Result<(NewOrder, ResponseType), Refusal> {
        let new = new_order::read(self.venue, self.account, self.parameters, self.now_ms())?;
        let response = new_order::response_type(self.venue, new.kind, self.parameters)?;
        Ok((new, response))
    }

    /// Places an order that has been read. Whatever refuses it is written down.
    pub(super) fn place_read(&mut self, read: Result<(NewOrder, ResponseType), Refusal>) -> Result<Value, Refusal> {
        let placed = read.and_then(|(new, response)| {
            let order = self.desk.place(new, self.now_ns);
            let order = order.map_err(|rejection| Refusal::of(self.venue, &rejection))?;
            Ok((order.id, response))
        });
        if let Err(refusal) = &placed {
            let time_ms = self.now_ms();
            self.desk.ledger_mut().refuse(Refused {
                account: self.account,
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

    /// `order/test`: "creates and validates a new order but does not send it into the matching engine".
    fn test(self) -> Result<Value, Refusal> {
        let (new, _) = self.read_order()?;
        let checked = self.desk.check(&new, self.now_ns);
        checked.map_err(|rejection| Refusal::of(self.venue, &rejection))?;
        Ok(json!({}))
    }

    /// The order that a request is about. The names of its two ids differ between endpoints.
    pub(super) fn target<'b>(&'b self, id_name: &str, client_id_name: &str) -> Result<Named<'b>, Refusal> {
        let id = self.parameters.parsed(id_name)?;
        let client_order_id = self.parameters.get(client_id_name);
        if id.is_none() && client_order_id.is_none() {
            let message = format!("Param '{client_id_name}' or '{id_name}' must be sent, but both were empty/null!");
            return Err(Refusal::bad_request(-1102, message));
        }
        Ok(Named {
            account: self.account,
            symbol: self.symbol()?,
            id,
            client_order_id,
        })
    }

    pub(super) fn symbol(&self) -> Result<&str, Refusal> {
        let symbol = self.parameters.required("symbol")?;
        match self.desk.listings.number(symbol) {
            Some(_) => Ok(symbol),
            None => Err(Refusal::invalid_symbol()),
        }
    }

    /// The id of the open order that a request wants to change.
    pub(super) fn open_target(&self, id_name: &str, client_id_name: &str) -> Result<u64, Refusal> {
        let named = self.target(id_name, client_id_name)?;
        let order = self.desk.ledger().find(named).filter(|order| order.status.is_open());
        let unknown = || Refusal::of(self.venue, &Rejection::UnknownToCancel);
        Ok(order.ok_or_else(unknown)?.id)
    }

    /// A client id that a request gives under `name`, or one made up.
    pub(super) fn client_id(&mut self, name: &str) -> String {
        match self.parameters.get(name) {
            Some(id) => id.to_owned(),
            None => self.desk.ledger_mut().make_up_client_order_id(),
        }
    }

    fn cancel(mut self) -> Result<Value, Refusal> {
        let id = self.open_target("orderId", "origClientOrderId")?;
        let cancel_id = self.client_id("newClientOrderId");
        self.cancel_id(id, &cancel_id)
    }

    /// Cancels an open order of this account, unless the request's restrictions forbid it.
    pub(super) fn cancel_id(&mut self, id: u64, cancel_id: &str) -> Result<Value, Refusal> {
        self.check_cancel_restrictions(id)?;
        let canceled = self.desk.cancel(id, cancel_id, self.now_ns);
        canceled.map_err(|rejection| Refusal::of(self.venue, &rejection))?;
        Ok(self.canceled(id, cancel_id))
    }

    fn check_cancel_restrictions(&self, id: u64) -> Result<(), Refusal> {
        let is_untouched = self.desk.ledger().order(id).executed.0 == 0;
        match self.parameters.get("cancelRestrictions") {
            _ if self.venue == Venue::UsdM => Ok(()),
            None => Ok(()),
            Some("ONLY_NEW") if is_untouched => Ok(()),
            Some("ONLY_PARTIALLY_FILLED") if !is_untouched => Ok(()),
            Some("ONLY_NEW" | "ONLY_PARTIALLY_FILLED") => {
                let message = "Order was not canceled due to cancel restrictions.";
                Err(Refusal::bad_request(-2011, message))
            }
            Some(_) => Err(Refusal::bad_request(-1145, "Invalid cancelRestrictions")),
        }
    }

    fn canceled(&self, id: u64, cancel_id: &str) -> Value {
        let order = self.desk.ledger().order(id);
        match self.venue {
            Venue::Spot => spot::canceled(order, cancel_id),
            Venue::UsdM => usdm::canceled(order, &self.desk.listings.get(order.listing).instrument),
        }
    }

    fn cancel_all(mut self) -> Result<Value, Refusal> {
        let open = self.desk.open_order_ids(self.account, Some(self.symbol()?));
        if open.is_empty() && self.venue == Venue::Spot {
            return Err(Refusal::of(self.venue, &Rejection::UnknownToCancel));
        }
        let mut canceled = Vec::with_capacity(open.len());
        for id in open {
            let cancel_id = self.desk.ledger().order(id).client_order_id.clone();
            canceled.push(self.cancel_id(id, &cancel_id)?);
        }
        Ok(match self.venue {
            Venue::Spot => json!(canceled),
            Venue::UsdM => json!({"code": 200, "msg": "The operation of cancel all open order is done."}),
        })
    }

    /// An order as a query tells it.
    pub(super) fn queried(&self, order: &Order) -> Value {
        match self.venue {
            Venue::Spot => spot::queried(order),
            Venue::UsdM => usdm::queried(order, &self.desk.listings.get(order.listing).instrument),
        }
    }

    fn query(self) -> Result<Value, Refusal> {
        let order = self.desk.ledger().find(self.target("orderId", "origClientOrderId")?);
        let order = order.ok_or_else(|| Refusal::of(self.venue, &Rejection::UnknownOrder))?;
        Ok(self.queried(order))
    }

    fn open_order(self) -> Result<Value, Refusal> {
        let order = self.desk.ledger().find(self.target("orderId", "origClientOrderId")?);
        let order = order.filter(|order| order.status.is_open());
        let order = order.ok_or_else(|| Refusal::of(self.venue, &Rejection::UnknownOrder))?;
        Ok(self.queried(order))
    }
}
