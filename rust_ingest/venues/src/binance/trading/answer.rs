//! What Binance answered, exactly: decimals become counts of the order's own units, or the answer proves nothing.

use super::fee::fee;
use super::reply::{FillReply, OrderReply, TimeReply, TradeReply};
use super::request::FILLS_MAX;
use super::verdict::verdict;
use crate::fixed::FixedError;
use crate::orders::{Answer, Ask, Fill, OrderView, Standing, Ticket};

/// An HTTP answer.
#[derive(Clone, Copy, Debug)]
pub struct HttpAnswer<'a> {
    pub status: u16,
    /// Header `Retry-After`, seconds.
    pub retry_after_s: Option<u64>,
    pub body: &'a [u8],
}

/// What the answer proves about the order. Total: what cannot be read leaves the outcome open.
pub fn read(ask: &Ask, ticket: &Ticket, answer: HttpAnswer<'_>) -> Answer {
    if !(200..300).contains(&answer.status) {
        return verdict(ask, answer.status, answer.retry_after_s, answer.body);
    }
    let read = match ask {
        Ask::Place | Ask::Find | Ask::Cancel => order(ticket, answer.body),
        Ask::Fills { venue_order_id, .. } => fills(ticket, venue_order_id, answer.body),
    };
    read.unwrap_or_else(|error| Answer::Unknown(format!("HTTP {} with an unreadable body: {error}", answer.status)))
}

/// The venue's clock, milliseconds since 1970.
pub fn read_time(body: &[u8]) -> Option<i64> {
    serde_json::from_slice::<TimeReply>(body)
        .ok()
        .map(|reply| reply.server_time)
}

/// Why an answer cannot be taken.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("{field} {text:?}: {source}")]
    Decimal {
        field: &'static str,
        text: String,
        source: FixedError,
    },
    #[error("it is about order {found:?}, not {expected:?}")]
    OtherOrder { found: String, expected: String },
    #[error("status {0:?} is none that the venue documents")]
    Status(String),
    #[error("{0} ms is no time that 64-bit nanoseconds hold")]
    Time(i64),
}

fn order(ticket: &Ticket, body: &[u8]) -> Result<Answer, Unreadable> {
    let reply: OrderReply<'_> = serde_json::from_slice(body)?;
    let id = reply.orig_client_order_id.as_ref().unwrap_or(&reply.client_order_id);
    if *id != ticket.client_order_id || reply.symbol != ticket.symbol {
        let found = format!("{} {id}", reply.symbol);
        return Err(Unreadable::OtherOrder {
            found,
            expected: format!("{} {}", ticket.symbol, ticket.client_order_id),
        });
    }
    let event_ns = nanoseconds(reply.transact_time.or(reply.update_time).unwrap_or(0))?;
    let fills = reply.fills.iter().map(|fill| fill_of(ticket, fill, event_ns));
    Ok(Answer::Order(OrderView {
        venue_order_id: reply.order_id.to_string(),
        standing: standing(&reply.status)?,
        executed: quantity(ticket, "executedQty", &reply.executed_qty)?,
        event_ns,
        fills: fills.collect::<Result<_, _>>()?,
        status: reply.status.into_owned(),
    }))
}

fn fills(ticket: &Ticket, venue_order_id: &str, body: &[u8]) -> Result<Answer, Unreadable> {
    let replies: Vec<TradeReply<'_>> = serde_json::from_slice(body)?;
    let mut fills = Vec::with_capacity(replies.len());
    for trade in &replies {
        if trade.order_id.to_string() != venue_order_id {
            let found = trade.order_id.to_string();
            return Err(Unreadable::OtherOrder {
                found,
                expected: venue_order_id.to_owned(),
            });
        }
        let fill = FillReply {
            price: trade.price.as_ref().into(),
            qty: trade.qty.as_ref().into(),
            commission: trade.commission.as_ref().into(),
            commission_asset: trade.commission_asset.as_ref().into(),
            trade_id: trade.id,
        };
        fills.push(fill_of(ticket, &fill, nanoseconds(trade.time)?)?);
    }
    fills.sort_unstable_by_key(|fill| fill.trade_id);
    Ok(Answer::Fills {
        more: fills.len() >= FILLS_MAX,
        fills,
    })
}

fn fill_of(ticket: &Ticket, fill: &FillReply<'_>, event_ns: i64) -> Result<Fill, Unreadable> {
    let price = ticket.price_scale.parse(&fill.price);
    let fee = fee(&fill.commission, &fill.commission_asset);
    Ok(Fill {
        trade_id: fill.trade_id,
        price: price.map_err(|source| decimal_error("price", &fill.price, source))?,
        quantity: quantity(ticket, "qty", &fill.qty)?,
        fee: fee.map_err(|source| decimal_error("commission", &fill.commission, source))?,
        event_ns,
    })
}

fn quantity(ticket: &Ticket, field: &'static str, text: &str) -> Result<i64, Unreadable> {
    ticket
        .quantity_scale
        .parse(text)
        .map_err(|source| decimal_error(field, text, source))
}

fn decimal_error(field: &'static str, text: &str, source: FixedError) -> Unreadable {
    Unreadable::Decimal {
        field,
        text: text.to_owned(),
        source,
    }
}

fn nanoseconds(milliseconds: i64) -> Result<i64, Unreadable> {
    milliseconds
        .checked_mul(1_000_000)
        .ok_or(Unreadable::Time(milliseconds))
}

/// Both markets' words; `NEW_INSURANCE` and `NEW_ADL` are the venue's own liquidations.
fn standing(status: &str) -> Result<Standing, Unreadable> {
    match status {
        "NEW" | "PENDING_NEW" | "PARTIALLY_FILLED" | "PENDING_CANCEL" | "NEW_INSURANCE" | "NEW_ADL" => {
            Ok(Standing::Working)
        }
        "FILLED" => Ok(Standing::Filled),
        "CANCELED" => Ok(Standing::Cancelled),
        "EXPIRED" | "EXPIRED_IN_MATCH" => Ok(Standing::Expired),
        "REJECTED" => Ok(Standing::Rejected),
        other => Err(Unreadable::Status(other.to_owned())),
    }
}

#[cfg(test)]
mod tests;
