//! `POST order/cancelReplace`: cancels an order and places another, in one step.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::orders::Request;
use super::reply::Refusal;
use crate::trading::rejection::Rejection;
use crate::venue::Venue;

impl Request<'_> {
    /// "Filters and Order Count are evaluated before the processing of the cancellation and order placement occurs."
    /// What fails there leaves the old order alone.
    pub(super) fn cancel_replace(mut self) -> Result<Value, Refusal> {
        let goes_on = match self.parameters.required("cancelReplaceMode")? {
            "STOP_ON_FAILURE" => false,
            "ALLOW_FAILURE" => true,
            _ => return Err(Refusal::bad_request(-1143, "Invalid cancelReplaceMode.")),
        };
        let (new, response) = self.read_order()?;
        let checked = self.desk.check(&new, self.now_ns);
        checked.map_err(|rejection| Refusal::of(self.venue, &rejection))?;
        let canceled = self.cancel_the_old();
        let placed = match &canceled {
            Err(_) if !goes_on => None,
            _ => Some(self.place_read(Ok((new, response)))),
        };
        answer(canceled, placed)
    }

    fn cancel_the_old(&mut self) -> Result<Value, Refusal> {
        let id = self.open_target("cancelOrderId", "cancelOrigClientOrderId")?;
        let cancel_id = self.client_id("cancelNewClientOrderId");
        self.cancel_id(id, &cancel_id)
    }
}

/// The answer: 200 if all went well, 409 if one half did, 400 if nothing did.
fn answer(canceled: Result<Value, Refusal>, placed: Option<Result<Value, Refusal>>) -> Result<Value, Refusal> {
    let name = |is_ok: bool| if is_ok { "SUCCESS" } else { "FAILURE" };
    let told = |result: &Result<Value, Refusal>| match result {
        Ok(answer) => answer.clone(),
        Err(refusal) => refusal.json(),
    };
    let is_placed = placed.as_ref().is_some_and(Result::is_ok);
    let data = json!({
        "cancelResult": name(canceled.is_ok()),
        "newOrderResult": placed.as_ref().map_or("NOT_ATTEMPTED", |placed| name(placed.is_ok())),
        "cancelResponse": told(&canceled),
        "newOrderResponse": placed.as_ref().map(told),
    });
    let (status, rejection) = match (canceled.is_ok(), is_placed) {
        (true, true) => return Ok(data),
        (false, false) => (StatusCode::BAD_REQUEST, Rejection::ReplaceFailed),
        _ => (StatusCode::CONFLICT, Rejection::ReplaceFailedInPart),
    };
    let (code, message) = rejection.words(Venue::Spot);
    Err(Refusal {
        status,
        code,
        message,
        data: Some(Box::new(data)),
    })
}
