//! What a connection asks for, and what may come of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::dialect::Dialect;
use super::market::Symbol;
use crate::symbols::Symbols;

/// Depths that can be subscribed ("Book (Level 2)", "depth"; the same in v1).
pub const DEPTHS: [u32; 5] = [10, 25, 100, 500, 1_000];

/// New connections of one address in ten minutes; beyond, it is shut out for ten minutes ("Cloudflare ... approximately
/// 150 attempts per rolling 10 minutes").
pub const CONNECTIONS_PER_10_MINUTES_MAX: u32 = 150;

/// A heartbeat comes each second where nothing else does ("Heartbeat"); a connection silent for so long is dead.
pub const SILENCE_MAX: Duration = Duration::from_secs(10);

/// Symbols of one request. The venue names no limit; a request for all it lists would be tens of kilobytes.
pub const SYMBOLS_PER_REQUEST_MAX: usize = 100;

/// What a message can be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Trades,
    /// v1's best prices.
    Spread,
    Ticker,
    Book,
    /// v2's reference data.
    Instruments,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamsError {
    #[error("depth {depth} is none of Kraken's; choose 10, 25, 100, 500 or 1000")]
    Depth { depth: u32 },
    #[error("{symbol} is asked for twice; name each symbol once")]
    Twice { symbol: String },
}

/// The symbols of a connection, in the order given, and their channels.
#[derive(Clone, Debug)]
pub struct Streams {
    dialect: Dialect,
    symbols: Symbols,
    depth: u32,
    book_channel: String,
}

impl Streams {
    /// Trades, best prices and a book of `depth` levels a side of each symbol.
    ///
    /// # Errors
    /// The venue has no such depth, or a symbol is there twice.
    pub fn of(dialect: Dialect, symbols: Vec<Symbol>, depth: u32) -> Result<Self, StreamsError> {
        if !DEPTHS.contains(&depth) {
            return Err(StreamsError::Depth { depth });
        }
        let symbols = Symbols::new(symbols);
        for (index, symbol) in symbols.all().iter().enumerate() {
            if symbols.get(&symbol.name) != Some(index) {
                return Err(StreamsError::Twice {
                    symbol: symbol.name.clone(),
                });
            }
        }
        Ok(Self::with(dialect, symbols, depth))
    }

    /// `depth` is one of [`DEPTHS`]; of two symbols with one name the last one is found.
    pub(super) fn with(dialect: Dialect, symbols: Symbols, depth: u32) -> Self {
        Self {
            dialect,
            symbols,
            depth,
            book_channel: format!("book-{depth}"),
        }
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub fn symbols(&self) -> &[Symbol] {
        self.symbols.all()
    }

    /// Levels a side that are subscribed: books are cut to them.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Index of a symbol by the venue's name.
    #[inline]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.symbols.get(name)
    }

    /// The channel of this name; of books only the one with the depth asked for.
    #[inline]
    pub(super) fn channel(&self, name: &str) -> Option<Channel> {
        match (self.dialect, name) {
            (_, "trade") => Some(Channel::Trades),
            (_, "ticker") => Some(Channel::Ticker),
            (Dialect::V1, "spread") => Some(Channel::Spread),
            (Dialect::V1, name) if name == self.book_channel => Some(Channel::Book),
            (Dialect::V2, "book") => Some(Channel::Book),
            (Dialect::V2, "instrument") => Some(Channel::Instruments),
            _ => None,
        }
    }

    /// What to send, one frame each, to receive all of it.
    pub fn subscribe(&self) -> Vec<String> {
        let mut requests = Vec::new();
        for symbols in self.symbols().chunks(SYMBOLS_PER_REQUEST_MAX) {
            let names: Vec<&str> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
            for channel in ["trade", self.dialect.quote_channel(), "book"] {
                requests.push(self.request("subscribe", channel, &names).to_string());
            }
        }
        requests
    }

    /// The same for one symbol's book, which begins anew with its snapshot.
    pub fn resubscribe_book(&self, symbol: usize) -> Vec<String> {
        let Some(symbol) = self.symbols().get(symbol) else {
            return Vec::new();
        };
        ["unsubscribe", "subscribe"]
            .map(|what| self.request(what, "book", &[&symbol.name]).to_string())
            .to_vec()
    }

    fn request(&self, what: &str, channel: &str, names: &[&str]) -> Value {
        match (self.dialect, channel) {
            (Dialect::V1, "book") => {
                json!({"event": what, "pair": names, "subscription": {"name": channel, "depth": self.depth}})
            }
            (Dialect::V1, _) => json!({"event": what, "pair": names, "subscription": {"name": channel}}),
            (Dialect::V2, "book") => {
                json!({"method": what, "params": {"channel": channel, "symbol": names, "depth": self.depth}})
            }
            // "event_trigger": `bbo` for each change of the best prices, `trades` (the default) after trades alone.
            (Dialect::V2, "ticker") => {
                json!({"method": what, "params": {"channel": channel, "symbol": names, "event_trigger": "bbo"}})
            }
            // The last 50 trades first: after a reconnect these may be what was missed, and ids tell those that were not.
            (Dialect::V2, "trade") if what == "subscribe" => {
                json!({"method": what, "params": {"channel": channel, "symbol": names, "snapshot": true}})
            }
            (Dialect::V2, _) => json!({"method": what, "params": {"channel": channel, "symbol": names}}),
        }
    }
}

/// A ping of the application's own ("Ping"); the venue answers with the same number.
pub fn ping(dialect: Dialect, request_id: u32) -> String {
    match dialect {
        Dialect::V1 => json!({"event": "ping", "reqid": request_id}).to_string(),
        Dialect::V2 => json!({"method": "ping", "req_id": request_id}).to_string(),
    }
}

#[cfg(test)]
mod tests;
