//! How the exchange stands, as metrics.

use std::sync::Arc;
use std::time::Duration;

use telemetry::{counter, gauge};

use crate::exchange::Exchange;
use crate::progress::State;

const EVERY: Duration = Duration::from_secs(1);

/// Tells every second, for ever.
pub async fn tell_every_second(exchange: Arc<Exchange>) {
    let mut ticker = tokio::time::interval(EVERY);
    loop {
        ticker.tick().await;
        tell(&exchange);
    }
}

fn tell(exchange: &Exchange) {
    let clients = exchange.hub.clients();
    let sent: u64 = clients.iter().map(|client| client.sent_messages()).sum();
    let queued: u64 = clients.iter().map(|client| client.queued_messages()).sum();
    gauge!("tapeflow_exchange_playing").set(f64::from(exchange.progress.state() == State::Playing));
    gauge!("tapeflow_exchange_stream_clients").set(clients.len() as f64);
    gauge!("tapeflow_exchange_queued_messages").set(queued as f64);
    counter!("tapeflow_exchange_sent_messages_total").absolute(sent + exchange.hub.sent_to_gone_clients());
    counter!("tapeflow_exchange_lines_total").absolute(exchange.progress.lines());
    counter!("tapeflow_exchange_skipped_messages_total").absolute(exchange.progress.skipped());
    counter!("tapeflow_exchange_unreadable_lines_total").absolute(exchange.progress.unreadable());
    let desk = exchange.desk.lock();
    let ledger = desk.ledger();
    gauge!("tapeflow_exchange_open_orders").set(desk.open_orders() as f64);
    counter!("tapeflow_exchange_orders_accepted_total").absolute(ledger.orders().len() as u64);
    counter!("tapeflow_exchange_orders_refused_total").absolute(ledger.refused().len() as u64);
    counter!("tapeflow_exchange_fills_total").absolute(ledger.fills().len() as u64);
}
