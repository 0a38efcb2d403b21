//! What flags a run of records must bear, worked out from the records alone.

use std::collections::HashMap;

use contracts::tick_flags::{CROSSED, LOCKED, OUT_OF_ORDER};
use contracts::{BookSnapshot, Record};

/// Checks each record, and counts what it found.
#[derive(Default)]
pub struct FlagCheck {
    newest_ns: HashMap<(String, &'static str, bool), i64>,
    pub crossed: usize,
    pub locked: usize,
    pub out_of_order: usize,
}

impl FlagCheck {
    pub fn check(&mut self, record: &Record<'_>) {
        let (instrument, stream, (event_ns, publish_ns), bid, ask, flags) = match record {
            Record::Trade(r) => (r.instrument, "trade", (Some(r.event_ns), None), None, None, r.flags),
            Record::Quote(r) => {
                let price = |price| (price != 0).then_some(price);
                let times = (r.event_ns, r.publish_ns);
                (
                    r.instrument,
                    "quote",
                    times,
                    price(r.bid_price),
                    price(r.ask_price),
                    r.flags,
                )
            }
            Record::BookDelta(r) => {
                let times = (r.event_ns, r.publish_ns);
                (r.instrument, "book", times, r.bid_price, r.ask_price, r.flags)
            }
            Record::BookSnapshot(r) => {
                let BookSnapshot { bids, asks, .. } = r;
                // Binance's is by REST, out of the stream.
                let times = if r.venue.starts_with("binance") {
                    (None, None)
                } else {
                    (r.event_ns, r.publish_ns)
                };
                let (bid, ask) = (bids.first().map(|best| best.price), asks.first().map(|best| best.price));
                (r.instrument, "book", times, bid, ask, r.flags)
            }
            _ => return,
        };
        // What tells only when it was sent is held against others of its like.
        let of = (instrument.to_owned(), stream, event_ns.is_some());
        let at_ns = event_ns.or(publish_ns);
        let newest_ns = self.newest_ns.entry(of).or_insert(i64::MIN);
        let is_late = at_ns.is_some_and(|at_ns| at_ns < *newest_ns);
        *newest_ns = at_ns.unwrap_or(i64::MIN).max(*newest_ns);
        let prices = bid.zip(ask);
        let expected = [
            (CROSSED, prices.is_some_and(|(bid, ask)| bid > ask), &mut self.crossed),
            (LOCKED, prices.is_some_and(|(bid, ask)| bid == ask), &mut self.locked),
            (OUT_OF_ORDER, is_late, &mut self.out_of_order),
        ]
        .into_iter()
        .filter(|(_, holds, _)| *holds)
        .map(|(flag, _, count)| {
            *count += 1;
            flag
        })
        .sum::<i32>();
        assert_eq!(flags, expected, "{record:?}");
    }

    /// How many were crossed, locked and out of order.
    pub fn counts(&self) -> [usize; 3] {
        [self.crossed, self.locked, self.out_of_order]
    }
}
