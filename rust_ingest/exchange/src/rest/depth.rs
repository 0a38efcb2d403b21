//! `GET depth`: the book at the playback's position.

use std::fmt::Write;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::parameters::Parameters;
use super::reply::{Answer, Refusal, ok_bytes};
use crate::book::RecordedSnapshot;
use crate::exchange::Exchange;
use crate::faults::Fault;
use crate::fixed::Fixed;
use crate::listing::Listing;
use crate::progress::State;
use crate::venue::Venue;

/// The most levels that the venues give.
const LIMIT_MAX_SPOT: usize = 5_000;
const LIMITS_USDM: [usize; 7] = [5, 10, 20, 50, 100, 500, 1_000];
/// The recorder's own request was answered after a while; ours waits for that moment of the recording.
const SNAPSHOT_WAIT_MAX: Duration = Duration::from_secs(10);
const POLL_EVERY: Duration = Duration::from_millis(2);

/// Answers a depth request, if need be after the recorded snapshot has been reached.
///
/// # Errors
/// Wrong symbol or limit.
pub async fn get(exchange: &Exchange, parameters: &Parameters) -> Result<Answer, Refusal> {
    let symbol = parameters.required("symbol")?;
    let limit = limit(exchange.venue, parameters)?;
    let give_up = Instant::now() + SNAPSHOT_WAIT_MAX;
    loop {
        if let Some(body) = try_get(exchange, symbol, limit, Instant::now() >= give_up)? {
            return Ok(ok_bytes(fresh_or_stale(exchange, symbol, body)));
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
}

/// The snapshot `fresh`, or, if a fault asks for it, the one that was given out before.
fn fresh_or_stale(exchange: &Exchange, symbol: &str, fresh: Bytes) -> Bytes {
    let mut desk = exchange.desk.lock();
    let Some(number) = desk.listings.number(symbol) else {
        return fresh;
    };
    let given = &mut desk.listings.get_mut(number).given_snapshot;
    match given {
        Some(stale) if exchange.faults.happens(Fault::StaleSnapshots, symbol) => stale.clone(),
        _ => given.insert(fresh).clone(),
    }
}

/// What a request takes of the request weight per minute, by the levels that it asks for.
pub fn weight(venue: Venue, parameters: &Parameters) -> u64 {
    match (venue, limit(venue, parameters).unwrap_or(0)) {
        (Venue::Spot, 0..=100) => 5,
        (Venue::Spot, 101..=500) => 25,
        (Venue::Spot, 501..=1_000) => 50,
        (Venue::Spot, _) => 250,
        (Venue::UsdM, 0..=50) => 2,
        (Venue::UsdM, 51..=100) => 5,
        (Venue::UsdM, 101..=500) => 10,
        (Venue::UsdM, _) => 20,
    }
}

fn limit(venue: Venue, parameters: &Parameters) -> Result<usize, Refusal> {
    let limit = parameters.parsed("limit")?.unwrap_or(venue.default_depth_limit());
    match venue {
        Venue::UsdM if !LIMITS_USDM.contains(&limit) => Err(Refusal::bad_request(
            -4021,
            format!("{limit} is not valid depth limit."),
        )),
        Venue::Spot if limit == 0 => Err(Refusal::missing("limit")),
        _ => Ok(limit.min(LIMIT_MAX_SPOT)),
    }
}

/// The snapshot's JSON, or None if it is worth waiting for the recorded one.
fn try_get(exchange: &Exchange, symbol: &str, limit: usize, is_last_try: bool) -> Result<Option<Bytes>, Refusal> {
    let mut desk = exchange.desk.lock();
    let number = desk.listings.number(symbol).ok_or_else(Refusal::invalid_symbol)?;
    let listing = desk.listings.get_mut(number);
    let may_come =
        exchange.progress.state() != State::Ended && exchange.extent.get().is_none_or(|extent| extent.snapshots > 0);
    if !listing.book().has_snapshot() && may_come && !is_last_try {
        return Ok(None);
    }
    let hub = &exchange.hub;
    let serves = |recorded: &RecordedSnapshot| {
        recorded.levels <= limit && hub.has_listener_of_depth_since(symbol, recorded.line)
    };
    if let Some(recorded) = listing.recorded.take_if(|recorded| serves(recorded)) {
        return Ok(Some(recorded.body));
    }
    Ok(Some(written(exchange.venue, listing, limit)))
}

fn written(venue: Venue, listing: &Listing, limit: usize) -> Bytes {
    let book = listing.book();
    let mut json = format!("{{\"lastUpdateId\":{}", book.last_update_id());
    if venue == Venue::UsdM {
        let (publish_ms, transaction_ms) = book.times_ms();
        push(&mut json, format_args!(",\"E\":{publish_ms},\"T\":{transaction_ms}"));
    }
    push_levels(&mut json, "bids", book.bids().take(limit), listing);
    push_levels(&mut json, "asks", book.asks().take(limit), listing);
    json.push('}');
    Bytes::from(json)
}

fn push_levels(json: &mut String, side: &str, levels: impl Iterator<Item = (Fixed, Fixed)>, listing: &Listing) {
    let instrument = &listing.instrument;
    push(json, format_args!(",\"{side}\":["));
    for (index, (price, quantity)) in levels.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let price = price.text(instrument.price_decimals);
        let quantity = quantity.text(instrument.quantity_decimals);
        push(json, format_args!("{comma}[\"{price}\",\"{quantity}\"]"));
    }
    json.push(']');
}

fn push(json: &mut String, part: std::fmt::Arguments<'_>) {
    json.write_fmt(part).expect("writing to a String does not fail");
}
