//! `GET /tapeflow/status`: how far the playback is and who has been sent how much.

use serde_json::{Value, json};

use crate::exchange::Exchange;
use crate::progress::State;

/// The status.
///
/// `drained` says that the market has ended and all of it has been written to the clients' sockets.
pub fn get(exchange: &Exchange) -> Value {
    // In this order: what is queued comes before the end, and what is sent has been queued.
    let state = exchange.progress.state();
    let clients = exchange.hub.clients();
    let queued: u64 = clients.iter().map(|client| client.queued_messages()).sum();
    let sent: u64 = clients.iter().map(|client| client.sent_messages()).sum();
    let clients: Vec<Value> = clients
        .iter()
        .map(|client| {
            json!({
                "id": client.id,
                "peer": client.peer,
                "streams": client.stream_names(),
                "sent_messages": client.sent_messages(),
                "queued_messages": client.queued_messages(),
            })
        })
        .collect();
    json!({
        "venue": exchange.venue.name(),
        "state": state.name(),
        "drained": state == State::Ended && queued == 0,
        "lines_played": exchange.progress.lines(),
        "lines_total": exchange.extent.get().map(|extent| extent.lines),
        "unreadable_lines": exchange.progress.unreadable(),
        "skipped_messages": exchange.progress.skipped(),
        "market_ns": exchange.progress.market_ns(),
        "sent_messages": sent + exchange.hub.sent_to_gone_clients(),
        "clients": clients,
        "orders": orders(exchange),
        "symbols": symbols(exchange),
        "warnings": exchange.progress.warnings(),
    })
}

fn symbols(exchange: &Exchange) -> Vec<Value> {
    let desk = exchange.desk.lock();
    let symbol = |listing: &crate::listing::Listing| {
        let decimals = listing.instrument.price_decimals;
        json!({
            "symbol": listing.instrument.symbol,
            "last_update_id": listing.book().last_update_id(),
            "best_bid": listing.book().bids().next().map(|(price, _)| price.text(decimals).to_string()),
            "best_ask": listing.book().asks().next().map(|(price, _)| price.text(decimals).to_string()),
        })
    };
    desk.listings.iter().map(symbol).collect()
}

fn orders(exchange: &Exchange) -> Value {
    let desk = exchange.desk.lock();
    let ledger = desk.ledger();
    json!({
        "accepted": ledger.orders().len(),
        "open": desk.open_orders(),
        "refused": ledger.refused().len(),
        "fills": ledger.fills().len(),
    })
}
