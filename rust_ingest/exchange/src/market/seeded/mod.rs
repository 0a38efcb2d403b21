//! A market made from a seed: several symbols, plausible prices, the venue's own messages.
//!
//! All arithmetic is in integers, and time is the market's own: the same seed gives the same bytes in the same order
//! on every machine, at every speed.

pub mod chance;
mod levels;
mod symbol;
mod words;

use std::collections::VecDeque;

use super::{Line, Market, MarketError};
use crate::instrument::{Instrument, SeenDecimals};
use crate::venue::Venue;
use symbol::SymbolMarket;

/// A message and its time.
#[derive(Debug)]
struct Message {
    receive_ns: u64,
    body: Vec<u8>,
}

/// All symbols, woven together by time. It has no end of its own.
pub struct Seeded {
    symbols: Vec<SymbolMarket>,
    ready: VecDeque<Message>,
    current: Message,
}

impl Seeded {
    /// Places with which a symbol is written whose rules are not known.
    pub const SEEN_DECIMALS: SeenDecimals = SeenDecimals {
        price_written: 2,
        price_needed: 2,
        quantity_written: 3,
        quantity_needed: 3,
    };

    /// A market of `symbols` that begins at `start_ns` (since 1970).
    pub fn new(venue: Venue, symbols: &[String], seed: u64, start_ns: u64) -> Seeded {
        let symbol = |(index, symbol): (usize, &String)| {
            let instrument = Instrument::new(venue, symbol, Seeded::SEEN_DECIMALS);
            SymbolMarket::new(venue, &instrument, index as u64, seed, start_ns)
        };
        Seeded {
            symbols: symbols.iter().enumerate().map(symbol).collect(),
            ready: VecDeque::new(),
            current: Message {
                receive_ns: start_ns,
                body: Vec::new(),
            },
        }
    }
}

impl Market for Seeded {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, MarketError> {
        while self.ready.is_empty() {
            let Some(next) = self.symbols.iter_mut().min_by_key(|symbol| symbol.next_ns()) else {
                return Ok(None);
            };
            next.advance(&mut self.ready);
        }
        if let Some(message) = self.ready.pop_front() {
            self.current = message;
        }
        Ok(Some(Line {
            receive_ns: Some(self.current.receive_ns),
            body: &self.current.body,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Book;
    use crate::book::message::{self, BookTicker, Depth, Snapshot, Trade};
    use crate::feed::stream::{self, Class, Kind};
    use crate::fixed::Fixed;

    const START_NS: u64 = 1_723_161_600_000_000_000;

    fn lines(venue: Venue, seed: u64, seconds: u64) -> Vec<(u64, Vec<u8>)> {
        let symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].map(str::to_owned);
        let mut market = Seeded::new(venue, &symbols, seed, START_NS);
        let mut found = Vec::new();
        while let Ok(Some(line)) = market.next_line() {
            let receive_ns = line.receive_ns.unwrap();
            if receive_ns >= START_NS + seconds * 1_000_000_000 {
                break;
            }
            found.push((receive_ns, line.body.to_vec()));
        }
        found
    }

    fn kind(body: &[u8], symbol: &str) -> Option<Kind> {
        let Class::Stream { name } = stream::classify(body) else {
            return None;
        };
        let name = std::str::from_utf8(name).unwrap();
        let (of, kind) = stream::symbol_and_kind(&stream::canonical(name));
        (of == symbol).then_some(kind)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(lines(Venue::Spot, 7, 3), lines(Venue::Spot, 7, 3));
        assert_ne!(lines(Venue::Spot, 7, 3), lines(Venue::Spot, 8, 3));
    }

    #[test]
    fn time_never_goes_back_and_each_symbol_has_a_plausible_rate() {
        let lines = lines(Venue::Spot, 1, 20);
        assert!(lines.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        for symbol in ["BTCUSDT", "ETHUSDT", "SOLUSDT"] {
            let per_second = lines.iter().filter(|(_, body)| kind(body, symbol).is_some()).count() / 20;
            assert!((80..400).contains(&per_second), "{symbol}: {per_second} messages/s");
        }
    }

    #[derive(serde::Deserialize)]
    struct Chain {
        #[serde(rename = "U")]
        first: u64,
        #[serde(rename = "u")]
        last: u64,
        #[serde(rename = "pu")]
        previous: Option<u64>,
    }

    #[test]
    fn depth_events_chain_by_the_venues_rule() {
        for venue in [Venue::Spot, Venue::UsdM] {
            let mut previous = None;
            for (_, body) in lines(venue, 3, 30) {
                if kind(&body, "ETHUSDT") == Some(Kind::Depth) {
                    let chain: Chain = message::combined(&body).unwrap();
                    assert!(chain.first <= chain.last);
                    match (venue, previous) {
                        (Venue::Spot, Some(last)) => assert_eq!(chain.first, last + 1),
                        (Venue::UsdM, Some(last)) => assert_eq!(chain.previous, Some(last)),
                        (_, None) => {}
                    }
                    previous = Some(chain.last);
                }
            }
            assert!(previous.is_some());
        }
    }

    #[test]
    fn the_books_top_is_the_book_ticker_at_the_same_update() {
        for venue in [Venue::Spot, Venue::UsdM] {
            let (mut book, mut ticker, mut compared) = (Book::default(), None::<BookTicker>, 0);
            for (_, body) in lines(venue, 5, 30) {
                if stream::classify(&body) == Class::Snapshot {
                    let snapshot: Snapshot = serde_json::from_slice(&body).unwrap();
                    if snapshot.last_update_id.abs_diff(book.last_update_id()) < 1_000_000 {
                        book.reset(&snapshot);
                    }
                }
                match kind(&body, "BTCUSDT") {
                    Some(Kind::Depth) => {
                        book.apply(message::combined::<Depth>(&body).unwrap());
                        let (Some(ticker), true) = (ticker, book.has_snapshot()) else {
                            continue;
                        };
                        assert_eq!(book.bids().next(), Some((ticker.bid_price, ticker.bid_quantity)));
                        assert_eq!(book.asks().next(), Some((ticker.ask_price, ticker.ask_quantity)));
                        assert!(ticker.bid_price < ticker.ask_price);
                        compared += 1;
                    }
                    Some(Kind::BookTicker) => ticker = message::combined(&body),
                    _ => {}
                }
            }
            assert!(compared > 200, "{compared}");
        }
    }

    #[test]
    fn trades_have_gapless_ids_and_move_the_price_without_absurdity() {
        let (mut id, mut prices) = (None, Vec::new());
        for (_, body) in lines(Venue::Spot, 11, 120) {
            if kind(&body, "BTCUSDT") == Some(Kind::Trade) {
                let trade: Trade = message::combined(&body).unwrap();
                let number: serde_json::Value = serde_json::from_slice(&body).unwrap();
                let next = number["data"]["t"].as_u64().unwrap();
                assert!(id.is_none_or(|id| id + 1 == next));
                assert!(trade.quantity > Fixed(0));
                id = Some(next);
                prices.push(trade.price.0);
            }
        }
        let (low, high) = (*prices.iter().min().unwrap(), *prices.iter().max().unwrap());
        let range_ppm = (high - low) as i128 * 1_000_000 / low as i128;
        assert!(
            (100..20_000).contains(&range_ppm),
            "range {range_ppm} ppm in two minutes"
        );
    }
}
