//! What a connection subscribes to, and which symbol a message is of.

use serde_json::json;

use super::ParseError;
use super::dialect::REQUEST_BYTES_MAX;
use super::market::Symbol;
use crate::scan::Word;
use crate::symbols::Symbols;

/// Channels of each symbol; `bbo-tbt` has the quotes of `tickers`, and sooner.
pub const CHANNELS: [&str; 3] = ["trades", "bbo-tbt", "books"];

/// The symbols of a connection, in the order given.
#[derive(Clone, Debug)]
pub struct Streams {
    symbols: Symbols,
}

impl Streams {
    pub fn of(symbols: Vec<Symbol>) -> Self {
        Self {
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

    /// Requests that subscribe to [`CHANNELS`] of all symbols and to the service's status, each as long as the venue
    /// takes; they count towards [`super::dialect::REQUESTS`]. The venue answers each channel of each symbol.
    pub fn subscribe(&self) -> Vec<String> {
        let of_symbols = self
            .symbols()
            .iter()
            .flat_map(|symbol| CHANNELS.map(|channel| json!({"channel": channel, "instId": symbol.name}).to_string()));
        let mut requests = Vec::new();
        let mut args = json!({"channel": "status"}).to_string();
        for arg in of_symbols {
            if args.len() + ",".len() + arg.len() > REQUEST_BYTES_MAX {
                requests.push(request("subscribe", &args));
                args = arg;
            } else {
                args.push(',');
                args.push_str(&arg);
            }
        }
        requests.push(request("subscribe", &args));
        requests
    }

    /// Requests that bring one symbol's book anew: unsubscribing and subscribing sends its snapshot again ("WS / Order
    /// book channel").
    pub fn resubscribe_book(&self, symbol: usize) -> Option<[String; 2]> {
        let name = &self.symbols().get(symbol)?.name;
        let arg = json!({"channel": "books", "instId": name}).to_string();
        Some(["unsubscribe", "subscribe"].map(|operation| request(operation, &arg)))
    }

    #[inline]
    pub(super) fn find(&self, instrument: Word<'_>) -> Result<(usize, &Symbol), ParseError> {
        match self.symbols.find(&instrument.text) {
            Some(found) => Ok(found),
            None => Err(unknown_instrument(instrument)),
        }
    }
}

fn request(operation: &str, args: &str) -> String {
    format!(r#"{{"op":"{operation}","args":[{args}]}}"#)
}

#[cold]
fn unknown_instrument(instrument: Word<'_>) -> ParseError {
    ParseError::UnknownInstrument {
        position: instrument.position,
        name: instrument.text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::NANO;

    fn streams(names: impl IntoIterator<Item = String>) -> Streams {
        let symbol = |name| Symbol::new(name, NANO, NANO);
        Streams::of(names.into_iter().map(symbol).collect())
    }

    #[test]
    fn one_request_while_it_is_short_enough() {
        let streams = streams(["BTC-USDT".to_owned()]);
        assert_eq!(
            streams.subscribe(),
            [concat!(
                r#"{"op":"subscribe","args":[{"channel":"status"},{"channel":"trades","instId":"BTC-USDT"},"#,
                r#"{"channel":"bbo-tbt","instId":"BTC-USDT"},{"channel":"books","instId":"BTC-USDT"}]}"#
            )]
        );
        assert_eq!(
            streams.resubscribe_book(0),
            Some([
                r#"{"op":"unsubscribe","args":[{"channel":"books","instId":"BTC-USDT"}]}"#.to_owned(),
                r#"{"op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"}]}"#.to_owned(),
            ])
        );
        assert_eq!(streams.resubscribe_book(1), None);
    }

    #[test]
    fn long_requests_are_divided() {
        let requests = streams((0..1_000).map(|index| format!("COIN{index}-USDT"))).subscribe();
        assert!(requests.len() > 1);
        let mut args = 0;
        for request in &requests {
            assert!(request.len() <= REQUEST_BYTES_MAX + r#"{"op":"subscribe","args":[]}"#.len());
            let parsed: serde_json::Value = serde_json::from_str(request).unwrap();
            args += parsed["args"].as_array().unwrap().len();
        }
        assert_eq!(args, 3_001);
    }
}
