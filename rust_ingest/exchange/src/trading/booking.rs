//! What happens in a symbol's engine, written into the books: fills, funds, ends of orders.

use kernels::matching::{Event, EventKind, Reason};

use super::account::Execution;
use super::desk::Desk;
use super::engine_words::MARKET_IDS;
use super::floor::Liquidity;
use super::order::{Fill, Status};
use super::report::Change;
use super::share;
use crate::fixed::Fixed;

impl Desk {
    /// Books all that has happened in a symbol's engine; `cancel_id` is the client id of the cancel that caused it.
    pub(super) fn book_events(&mut self, number: usize, cancel_id: &str, now_ms: u64) {
        let is_live = self.listings.liquidity() == Liquidity::Live;
        for event in self.listings.get_mut(number).floor.engine.take_events() {
            if is_live {
                self.listings.get_mut(number).publish(&event);
            }
            if event.kind == EventKind::Traded as u8 {
                let (price, quantity) = (Fixed(event.price), Fixed(event.quantity));
                for (id, is_maker) in [(event.order_id, false), (event.other, true)] {
                    if id < MARKET_IDS {
                        self.fill(id, price, quantity, is_maker, now_ms);
                    }
                }
            } else if event.order_id < MARKET_IDS {
                self.book_event(&event, cancel_id, now_ms);
            }
        }
    }

    /// Books something that concerns one order of ours.
    fn book_event(&mut self, event: &Event, cancel_id: &str, now_ms: u64) {
        let id = event.order_id;
        let is_prevented = event.reason == Reason::SelfTrade as u8;
        if event.kind == EventKind::Triggered as u8 {
            let order = self.ledger.order_mut(id);
            order.is_working = true;
            order.updated_ms = now_ms;
            self.report(Change::Triggered, id, now_ms);
        } else if event.kind == EventKind::Reduced as u8 && is_prevented {
            self.prevent(id, Fixed(event.quantity));
            self.report(Change::Prevented, id, now_ms);
        } else if event.kind == EventKind::Cancelled as u8 && self.moving != Some(id) {
            let (status, change) = if is_prevented {
                self.prevent(id, Fixed(event.quantity));
                (Status::ExpiredInMatch, Change::Prevented)
            } else if event.reason == Reason::User as u8 || event.reason == Reason::Mass as u8 {
                (Status::Canceled, Change::Canceled(cancel_id.to_owned()))
            } else {
                (Status::Expired, Change::Expired)
            };
            self.end(id, status, now_ms);
            self.report(change, id, now_ms);
        }
    }

    fn report(&mut self, change: Change, id: u64, now_ms: u64) {
        self.reports.add(change, self.ledger.order(id), None, now_ms);
    }

    /// A part of an order is gone, so that its owner does not trade with himself.
    fn prevent(&mut self, id: u64, quantity: Fixed) {
        let order = self.ledger.order_mut(id);
        let freed = share(order.locked, quantity, order.remaining());
        order.locked.0 -= freed.0;
        order.prevented.0 += quantity.0;
        let instrument = &self.listings.get(order.listing).instrument;
        self.accounts[order.account].release(order, instrument, freed);
    }

    /// Ends an order, and gives back what was set aside for it.
    pub(super) fn end(&mut self, id: u64, status: Status, now_ms: u64) {
        let order = self.ledger.order_mut(id);
        order.status = status;
        order.updated_ms = now_ms;
        let listing = self.listings.get_mut(order.listing);
        listing.open_orders.remove(&id);
        let locked = std::mem::take(&mut order.locked);
        self.accounts[order.account].release(order, &listing.instrument, locked);
    }

    fn fill(&mut self, id: u64, price: Fixed, quantity: Fixed, is_maker: bool, now_ms: u64) {
        let order = self.ledger.order_mut(id);
        let instrument = &self.listings.get(order.listing).instrument;
        // The order's cost at its limit and at the offers it met has been checked to fit, and this is a part of it.
        let quote = price
            .times(quantity)
            .expect("a part of an order costs no more than all of it");
        let account = &mut self.accounts[order.account];
        let freed = share(order.locked, quantity, order.remaining());
        order.locked.0 -= freed.0;
        account.release(order, instrument, freed);
        let settlement = account.settle(
            instrument,
            Execution {
                side: order.side,
                quantity,
                quote,
                fee_rate: if is_maker { self.fees.maker } else { self.fees.taker },
            },
        );
        order.executed.0 += quantity.0;
        order.executed_quote.0 += quote.0;
        order.status = Status::PartiallyFilled;
        order.updated_ms = now_ms;
        let is_done = order.remaining().0 == 0;
        self.ledger.add_fill(Fill {
            id: 0,
            order_id: id,
            price,
            quantity,
            quote,
            commission: settlement.commission,
            commission_asset: settlement.commission_asset,
            realized_profit: settlement.realized_profit,
            is_maker,
            time_ms: now_ms,
        });
        if is_done {
            self.end(id, Status::Filled, now_ms);
        }
        let (order, fill) = (self.ledger.order(id), self.ledger.last_fill());
        self.reports.add(Change::Trade, order, fill, now_ms);
    }
}
