//! `PUT order` of futures: moves a limit order to another price and quantity.

use serde_json::Value;

use super::orders::Request;
use super::reply::Refusal;
use super::usdm;
use crate::trading::order::Side;

impl Request<'_> {
    pub(super) fn modify(self) -> Result<Value, Refusal> {
        let id = self.open_target("orderId", "origClientOrderId")?;
        let side = match self.parameters.required("side")? {
            "BUY" => Side::Buy,
            "SELL" => Side::Sell,
            _ => return Err(Refusal::bad_request(-1117, "Invalid side.")),
        };
        if self.desk.ledger().order(id).side != side {
            return Err(Refusal::bad_request(-1117, "Invalid side."));
        }
        let needed = |name: &str| self.parameters.decimal(name)?.ok_or_else(|| Refusal::missing(name));
        let (price, quantity) = (needed("price")?, needed("quantity")?);
        let modified = self.desk.modify(id, price, quantity, self.now_ns);
        modified.map_err(|rejection| Refusal::of(self.venue, &rejection))?;
        let order = self.desk.ledger().order(id);
        Ok(usdm::modified(order, &self.desk.listings.get(order.listing).instrument))
    }
}
