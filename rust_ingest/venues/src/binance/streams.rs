//! The streams of a connection, and what each one carries.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::dialect::Dialect;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    Trade,
    BookTicker,
    Depth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Which of the connection's symbols, in the order given.
    pub symbol: usize,
    pub kind: StreamKind,
}

/// Looks streams up by name.
#[derive(Clone, Debug)]
pub struct Streams {
    /// In subscription order.
    names: Vec<String>,
    by_name: HashMap<String, Stream, RandomState>,
}

impl Streams {
    /// Trades, quotes and depth of each symbol.
    pub fn of(dialect: Dialect, symbols: &[&str]) -> Self {
        let kinds = [
            (StreamKind::Trade, "trade"),
            (StreamKind::BookTicker, "bookTicker"),
            (StreamKind::Depth, dialect.depth_stream()),
        ];
        let mut streams = Self {
            names: Vec::new(),
            by_name: HashMap::default(),
        };
        for (symbol, venue_name) in symbols.iter().enumerate() {
            for (kind, suffix) in kinds {
                let name = format!("{}@{suffix}", venue_name.to_lowercase());
                streams.names.push(name.clone());
                streams.by_name.insert(name, Stream { symbol, kind });
            }
        }
        streams
    }

    #[inline]
    pub fn get(&self, name: &str) -> Option<Stream> {
        self.by_name.get(name).copied()
    }

    /// What comes after the endpoint of the WebSocket to receive all of them.
    pub fn path(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|name| percent_encoded(name)).collect();
        format!("/stream?streams={}", names.join("/"))
    }
}

/// Binance lists symbols outside ASCII too.
fn percent_encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_graphic() {
            path.push(char::from(byte))
        } else {
            path.push_str(&format!("%{byte:02X}"))
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_stream_of_each_symbol() {
        let streams = Streams::of(Dialect::UsdM, &["BTCUSDT", "ETHUSDT"]);
        assert_eq!(
            streams.get("ethusdt@depth@0ms"),
            Some(Stream {
                symbol: 1,
                kind: StreamKind::Depth
            })
        );
        assert_eq!(
            streams.get("btcusdt@trade"),
            Some(Stream {
                symbol: 0,
                kind: StreamKind::Trade
            })
        );
        assert_eq!(streams.get("btcusdt@depth@100ms"), None);
        assert_eq!(
            streams.path(),
            "/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@0ms\
             /ethusdt@trade/ethusdt@bookTicker/ethusdt@depth@0ms"
        );
    }

    #[test]
    fn symbols_outside_ascii_are_encoded_in_the_path_only() {
        let streams = Streams::of(Dialect::Spot, &["币USDT"]);
        assert!(streams.get("币usdt@trade").is_some());
        assert!(streams.path().starts_with("/stream?streams=%E5%B8%81usdt@trade/"));
    }
}
