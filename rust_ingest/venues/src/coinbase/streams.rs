//! What a connection subscribes to, and which symbol a message is of.

use std::ops::Range;

use serde_json::json;

use super::ParseError;
use super::dialect::Dialect;
use super::market::Symbol;
use super::status::Subscriptions;
use crate::look_up::look_up;
use crate::scan::{Scanner, Word};
use crate::symbols::Symbols;

/// The symbols of a connection, in the order given.
#[derive(Clone, Debug)]
pub struct Streams {
    dialect: Dialect,
    symbols: Symbols,
}

impl Streams {
    pub fn of(dialect: Dialect, symbols: Vec<Symbol>) -> Self {
        Self {
            dialect,
            symbols: Symbols::new(symbols),
        }
    }

    #[inline]
    pub fn get(&self, name: &str) -> Option<usize> {
        self.symbols.get(name)
    }

    pub fn symbols(&self) -> &[Symbol] {
        self.symbols.all()
    }

    /// Messages that subscribe to trades, quotes, books and heartbeats of all symbols, to be sent within
    /// [`super::dialect::SUBSCRIBE_WITHIN`].
    pub fn subscribe(&self) -> Vec<String> {
        self.requests("subscribe")
    }

    /// Messages that take back [`Streams::subscribe`].
    pub fn unsubscribe(&self) -> Vec<String> {
        self.requests("unsubscribe")
    }

    /// Messages that bring one symbol's book anew: a subscription begins with its snapshot ("WebSocket Channels", "Level2
    /// Channel").
    pub fn resubscribe_book(&self, symbol: usize) -> Vec<String> {
        let Some(Symbol { name, .. }) = self.symbols().get(symbol) else {
            return Vec::new();
        };
        let request = |request: &str| match self.dialect {
            Dialect::Exchange => json!({"type": request, "product_ids": [name], "channels": ["level2_batch"]}),
            Dialect::AdvancedTrade => json!({"type": request, "product_ids": [name], "channel": "level2"}),
        };
        ["unsubscribe", "subscribe"]
            .map(|what| request(what).to_string())
            .to_vec()
    }

    /// Channels with their products that `answer` does not confirm. It comes once for each request, so that the last
    /// one counts.
    pub fn missing(&self, answer: &Subscriptions) -> Vec<(&'static str, &str)> {
        let mut missing = Vec::new();
        for channel in self.channels() {
            for name in self.product_names(channel) {
                let has = |(channel_name, products): &(String, Vec<String>)| {
                    channel_name == channel && products.iter().any(|product| product == name)
                };
                if !answer.channels.iter().any(has) {
                    missing.push((*channel, name));
                }
            }
        }
        missing
    }

    /// Symbols of whose books a frame of the Exchange feed may be that cannot be read: all, where it does not say.
    pub(super) fn books_of(&self, text: &str) -> Range<usize> {
        let scanner = Scanner::new(text);
        if let Ok([Some(kind)]) = look_up(scanner.clone(), ["type"])
            && !matches!(&*kind.text, "snapshot" | "l2update")
        {
            return 0..0;
        }
        match look_up(scanner, ["product_id"]).map(|[product]| product.and_then(|product| self.get(&product.text))) {
            Ok(Some(symbol)) => symbol..symbol + 1,
            _ => 0..self.symbols().len(),
        }
    }

    /// `level2` wants a signature on the Exchange feed; `level2_batch` is the same every 50 ms without one ("WebSocket
    /// Channels", "Level2 Batch Channel"). `status` tells of the products asked for on Advanced Trade ("Product status"); on
    /// the Exchange feed of all that there are, on a preset interval ("Status Channel"): 62 kB in the recorded list of 2021,
    /// so that it is not asked for there.
    fn channels(&self) -> &'static [&'static str] {
        match self.dialect {
            Dialect::Exchange => &["matches", "ticker", "level2_batch", "heartbeat"],
            Dialect::AdvancedTrade => &["market_trades", "ticker", "level2", "heartbeats", "status"],
        }
    }

    /// Advanced Trade's heartbeats are of the connection, not of a product.
    fn product_names(&self, channel: &str) -> impl Iterator<Item = &str> {
        let symbols = match channel {
            "heartbeats" => &[],
            _ => self.symbols(),
        };
        symbols.iter().map(|symbol| symbol.name.as_str())
    }

    /// One request for all on the Exchange feed ("WebSocket Overview", "Subscribe"), one a channel on Advanced Trade
    /// ("Advanced Trade WebSocket Overview", "Subscribing").
    fn requests(&self, request: &str) -> Vec<String> {
        let one = |channel: &&str| {
            let names: Vec<&str> = self.product_names(channel).collect();
            match names.as_slice() {
                [] => json!({"type": request, "channel": channel}).to_string(),
                names => json!({"type": request, "product_ids": names, "channel": channel}).to_string(),
            }
        };
        match self.dialect {
            Dialect::Exchange => {
                let names: Vec<&str> = self.symbols().iter().map(|symbol| symbol.name.as_str()).collect();
                vec![json!({"type": request, "product_ids": names, "channels": self.channels()}).to_string()]
            }
            Dialect::AdvancedTrade => self.channels().iter().map(one).collect(),
        }
    }

    #[inline]
    pub(super) fn find(&self, product: Word<'_>) -> Result<(usize, &Symbol), ParseError> {
        match self.symbols.find(&product.text) {
            Some(found) => Ok(found),
            None => Err(unknown_product(product)),
        }
    }
}

#[cold]
fn unknown_product(product: Word<'_>) -> ParseError {
    ParseError::UnknownProduct {
        position: product.position,
        name: product.text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::NANO;

    fn streams(dialect: Dialect) -> Streams {
        let symbol = |name: &str| Symbol::new(name, NANO, NANO);
        Streams::of(dialect, vec![symbol("BTC-USD"), symbol("ETH-USD")])
    }

    #[test]
    fn the_exchange_feed_takes_all_in_one_request() {
        assert_eq!(
            streams(Dialect::Exchange).subscribe(),
            [
                r#"{"type":"subscribe","product_ids":["BTC-USD","ETH-USD"],"channels":["matches","ticker","level2_batch","heartbeat"]}"#
            ]
        );
    }

    #[test]
    fn advanced_trade_takes_one_request_a_channel() {
        assert_eq!(
            streams(Dialect::AdvancedTrade).unsubscribe(),
            [
                r#"{"type":"unsubscribe","product_ids":["BTC-USD","ETH-USD"],"channel":"market_trades"}"#,
                r#"{"type":"unsubscribe","product_ids":["BTC-USD","ETH-USD"],"channel":"ticker"}"#,
                r#"{"type":"unsubscribe","product_ids":["BTC-USD","ETH-USD"],"channel":"level2"}"#,
                r#"{"type":"unsubscribe","channel":"heartbeats"}"#,
                r#"{"type":"unsubscribe","product_ids":["BTC-USD","ETH-USD"],"channel":"status"}"#,
            ]
        );
    }

    #[test]
    fn what_an_answer_leaves_out_is_told() {
        let mut answer = Subscriptions::default();
        let both = || vec!["BTC-USD".to_owned(), "ETH-USD".to_owned()];
        for channel in ["market_trades", "ticker", "level2", "status"] {
            answer.channels.push((channel.to_owned(), both()));
        }
        let streams = streams(Dialect::AdvancedTrade);
        assert_eq!(streams.missing(&answer), []);
        answer.channels[2].1.pop();
        assert_eq!(streams.missing(&answer), [("level2", "ETH-USD")]);
    }
}
