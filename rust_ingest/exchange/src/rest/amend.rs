//! `PUT order/amend/keepPriority`: makes an order smaller without losing its place.

use serde_json::{Value, json};

use super::orders::Request;
use super::reply::Refusal;
use super::spot;

impl Request<'_> {
    pub(super) fn amend(mut self) -> Result<Value, Refusal> {
        let id = self.open_target("orderId", "origClientOrderId")?;
        let quantity = self.parameters.decimal("newQty")?;
        let quantity = quantity.ok_or_else(|| Refusal::missing("newQty"))?;
        let former = self.desk.ledger().order(id).client_order_id.clone();
        let client_order_id = self.client_id("newClientOrderId");
        let amended = self.desk.amend(id, quantity, client_order_id, self.now_ns);
        amended.map_err(|rejection| Refusal::of(self.venue, &rejection))?;
        let order = self.desk.ledger().order(id);
        Ok(json!({
            "transactTime": self.now_ms(),
            "executionId": self.desk.reports_so_far(),
            "amendedOrder": spot::amended(order, &former),
        }))
    }
}
