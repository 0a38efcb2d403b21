//! What a price stream is asked for, and the venue's limits.

use std::collections::HashMap;
use std::time::Duration;

use foldhash::fast::RandomState;

use super::market::Symbol;
use crate::dialect::ACCOUNT;

/// New connections a second ("Best Practices", "Connection Limits").
pub const CONNECTIONS_PER_SECOND_MAX: u32 = 2;

/// A heartbeat comes every 5 seconds; a stream that is silent for twice as long is dead ("Best Practices" of the
/// streaming API: reconnect after 10 seconds without data or heartbeat).
pub const SILENCE_MAX: Duration = Duration::from_secs(10);

/// The instruments of a stream, in the order given.
#[derive(Clone, Debug)]
pub struct Streams {
    symbols: Vec<Symbol>,
    by_name: HashMap<String, usize, RandomState>,
}

impl Streams {
    /// Of two instruments with one name the first counts.
    pub fn of(symbols: Vec<Symbol>) -> Self {
        let mut by_name = HashMap::default();
        for (index, symbol) in symbols.iter().enumerate() {
            by_name.entry(symbol.name.clone()).or_insert(index);
        }
        Self { symbols, by_name }
    }

    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    #[inline]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Path and query of the stream of [`ACCOUNT`] ("GET /v3/accounts/{accountID}/pricing/stream"), each instrument's
    /// present price first. The token goes into the header `Authorization: Bearer`, never into the path.
    pub fn path(&self) -> String {
        let names: Vec<&str> = self.symbols.iter().map(|symbol| symbol.name.as_str()).collect();
        let names = names.join("%2C");
        format!("/v3/accounts/{ACCOUNT}/pricing/stream?instruments={names}&snapshot=true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::NANO;

    #[test]
    fn asks_for_all_instruments_at_once() {
        let symbol = |name: &str| Symbol::new(name, NANO, NANO);
        let streams = Streams::of(vec![symbol("EUR_USD"), symbol("USD_CAD")]);
        assert_eq!(
            streams.path(),
            "/v3/accounts/{account}/pricing/stream?instruments=EUR_USD%2CUSD_CAD&snapshot=true"
        );
        assert_eq!((streams.find("USD_CAD"), streams.find("USD_JPY")), (Some(1), None));
    }
}
