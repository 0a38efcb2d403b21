//! Playing a market that happens here, and going on with it when those who made it are done.

use std::time::{Duration, Instant};

use super::Playback;
use crate::market::live::{LiveMarket, Message};
use crate::trading::desk::Desk;
use crate::user_stream;

/// How often clients that have come or gone are noticed when nothing else happens.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Playback {
    pub(super) fn run_live(mut self, mut market: LiveMarket) {
        let mut pace = self.begin();
        while let Some(now_ns) = market.next_ns() {
            self.wait_for_an_audience();
            if self.is_over(now_ns) {
                break;
            }
            if let Some(pace) = &mut pace {
                self.wait_until(pace.due(Some(now_ns)), &mut market);
            }
            self.happen(now_ns, |desk, exchange_ns, out| market.advance(desk, exchange_ns, out));
        }
        if market.next_ns().is_none() {
            self.tell_all(&mut market);
        }
        self.end();
        self.go_on(market);
    }

    /// Waits until something is due. What clients do meanwhile is told at once.
    fn wait_until(&mut self, due: Instant, market: &mut LiveMarket) {
        while due > Instant::now() {
            self.broadcast.flush();
            let has_news = self.exchange.bell.wait_until(due);
            self.broadcast.refresh();
            if has_news {
                let market_ns = self.exchange.progress.market_ns();
                self.happen(market_ns, |desk, _, out| market.tell_clients_news(desk, market_ns, out));
            }
        }
    }

    /// Clients may trade with each other, and with what was left, for ever.
    fn go_on(&mut self, mut market: LiveMarket) -> ! {
        loop {
            let has_news = self.exchange.bell.wait_until(Instant::now() + LOOK_EVERY);
            self.broadcast.refresh();
            if has_news {
                self.tell_all(&mut market);
                self.broadcast.flush();
            }
        }
    }

    /// Tells trades, tops and changed levels at once: there is no next depth event to wait for.
    fn tell_all(&mut self, market: &mut LiveMarket) {
        let market_ns = self.exchange.progress.market_ns();
        self.happen(market_ns, |desk, _, out| {
            market.tell_clients_news(desk, market_ns, out);
            market.tell_levels(desk, market_ns, out);
        });
    }

    /// Lets something happen at the desk, and tells everybody.
    fn happen(&mut self, now_ns: u64, act: impl FnOnce(&mut Desk, u64, &mut Vec<Message>)) {
        let mut out = Vec::new();
        let exchange = self.exchange.clone();
        let mut desk = exchange.desk.lock();
        act(&mut desk, exchange.now_ns(), &mut out);
        user_stream::tell(&exchange, &mut desk);
        drop(desk);
        if out.is_empty() {
            self.exchange.progress.set_market_ns(now_ns);
        }
        for message in out {
            self.show(Some(message.receive_ns), &message.body);
        }
    }
}
