//! Whether an order would trade in full, before it does.

use super::codes::SelfTrade;
use super::engine::MatchingEngine;
use super::level::Level;
use super::order::Order;
use super::take::prevents;

impl MatchingEngine {
    /// Counts what the taker would meet, hidden quantity too, as far as its limit and self-trade prevention let it go.
    pub(super) fn fills_whole(&self, taker: &Order, limit_key: i64) -> bool {
        let ladder = &self.book.side(taker.side().opposite()).resting;
        let mut wanted = taker.open;
        for (_, level) in ladder.levels().take_while(|&(key, _)| key >= limit_key) {
            let (available, ends) = self.available(taker, level);
            wanted -= available.min(wanted);
            if wanted == 0 || ends {
                break;
            }
        }
        wanted == 0
    }

    /// How much of a level the taker can have, and whether prevention ends it there.
    fn available(&self, taker: &Order, level: &Level) -> (i64, bool) {
        let slab = &self.book.slab;
        let (mut shown, mut open) = (0, 0);
        for order in level.queue(slab).map(|handle| slab.get(handle)) {
            if !prevents(taker, order) {
                shown += slab.shown(order);
                open += order.open;
            } else if taker.self_trade != SelfTrade::CancelOldest {
                // New parts of the icebergs before it are shown behind it.
                return (shown, true);
            }
        }
        (open, false)
    }
}
