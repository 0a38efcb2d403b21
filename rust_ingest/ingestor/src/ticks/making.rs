//! Records to ticks.

use contracts::{Quote, Record};
use journal::ticks::{self, GAP_BEFORE, Tick};
use venues::venue::Venue;

/// What is kept of an instrument between two ticks.
#[derive(Debug)]
pub struct Making {
    symbol_id: u32,
    /// What tick files call the venue.
    source: u8,
    /// Quantity of the trades since the tick before.
    traded: i64,
    /// Something is missing between the tick before and the next.
    is_after_gap: bool,
}

impl Making {
    /// `venue`: as records call it.
    pub fn new(symbol_id: u32, venue: &str) -> Self {
        Self {
            symbol_id,
            source: Venue::of_records(venue).map_or(0, Venue::tick_source),
            traded: 0,
            is_after_gap: false,
        }
    }

    /// Each quote makes a tick; its volume is what was traded since the one before.
    #[inline]
    pub fn take(&mut self, record: &Record<'_>) -> Option<Tick> {
        match record {
            Record::Quote(quote) => {
                let tick = self.tick(quote);
                self.traded = 0;
                self.is_after_gap = false;
                return Some(tick);
            }
            Record::Trade(trade) => self.traded = self.traded.saturating_add(trade.quantity),
            Record::Gap(_) => self.is_after_gap = true,
            _ => {}
        }
        None
    }

    #[inline]
    fn tick(&self, quote: &Quote<'_>) -> Tick {
        let prices = ticks::Quote {
            // Where the venue tells no time, that of its arrival.
            timestamp_ns: quote.event_ns.or(quote.publish_ns).unwrap_or(quote.receive_ns),
            symbol_id: self.symbol_id,
            source: self.source,
            bid: price(quote.bid_price),
            ask: price(quote.ask_price),
            volume: self.traded,
        };
        let mut tick = Tick::from_fixed(
            &prices,
            exponent(quote.price_exponent),
            exponent(quote.quantity_exponent),
        );
        if self.is_after_gap {
            tick.flags |= GAP_BEFORE;
        }
        tick
    }
}

/// A side without orders has 0 in a record.
fn price(price: i64) -> Option<i64> {
    (price != 0).then_some(price)
}

/// Exponents of an instrument are within -18 and 18.
fn exponent(exponent: i32) -> i8 {
    exponent as i8
}

#[cfg(test)]
mod tests {
    use contracts::{Gap, GapStream, Side, Trade};
    use journal::ticks::{LOCKED, ONE_SIDED};

    use super::*;

    fn quote(bid_price: i64, ask_price: i64) -> Quote<'static> {
        Quote {
            venue: "okx",
            instrument: "BTC-USDT",
            price_exponent: -2,
            quantity_exponent: -3,
            event_ns: None,
            publish_ns: Some(7),
            receive_ns: 9,
            update_id: 1,
            bid_price,
            bid_quantity: 1,
            ask_price,
            ask_quantity: 1,
            flags: 0,
        }
    }

    fn trade(quantity: i64) -> Record<'static> {
        Record::Trade(Trade {
            venue: "okx",
            instrument: "BTC-USDT",
            price_exponent: -2,
            quantity_exponent: -3,
            event_ns: 1,
            publish_ns: 1,
            receive_ns: 1,
            trade_id: 1,
            price: 1,
            quantity,
            aggressor: Side::Buy,
            trade_type: "",
            flags: 0,
        })
    }

    #[test]
    fn a_quote_is_a_tick_with_what_was_traded_before_it() {
        let mut making = Making::new(5, "okx");
        assert_eq!(making.take(&trade(1_500)), None);
        assert_eq!(making.take(&trade(500)), None);
        let tick = making.take(&Record::Quote(quote(9_999, 10_001))).unwrap();
        let expected = Tick {
            timestamp_ns: 7,
            symbol_id: 5,
            bid: 99.99,
            ask: 100.01,
            volume: 2.0,
            source: 21,
            flags: 0,
            spread: 20,
            sequence: 0,
        };
        assert_eq!(tick, expected);
        let tick = making.take(&Record::Quote(quote(9_999, 9_999))).unwrap();
        assert_eq!((tick.volume, tick.flags), (0.0, LOCKED));
        let untimed = Quote {
            publish_ns: None,
            ..quote(9_999, 9_999)
        };
        let tick = making.take(&Record::Quote(untimed)).unwrap();
        assert_eq!((tick.volume, tick.flags, tick.timestamp_ns), (0.0, LOCKED, 9));
    }

    #[test]
    fn a_gap_and_a_missing_side_are_told() {
        let mut making = Making::new(5, "okx");
        let gap = Gap {
            venue: "okx",
            instrument: "BTC-USDT",
            receive_ns: 1,
            stream: GapStream::Connection,
            expected_id: None,
            received_id: None,
            reason: "closed",
        };
        making.take(&Record::Gap(gap));
        let tick = making.take(&Record::Quote(quote(0, 1))).unwrap();
        assert_eq!(tick.flags, GAP_BEFORE | ONE_SIDED);
        assert!(tick.bid.is_nan());
        assert_eq!(making.take(&Record::Quote(quote(9_999, 10_001))).unwrap().flags, 0);
    }
}
