//! Orders go, or become less, because somebody asks for it.

use super::codes::Side;
use super::command::Command;
use super::engine::MatchingEngine;
use super::event::{Event, Reason};
use super::order::Order;
use super::rejection::Rejection;

impl MatchingEngine {
    #[inline]
    pub(super) fn cancel(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let handle = self.own_order(command)?;
        self.journal
            .say_cancelled(events, self.book.slab.get(handle), Reason::User);
        self.book.delete(handle);
        Ok(())
    }

    pub(super) fn reduce(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let handle = self.own_order(command)?;
        self.lot.count(command.quantity).ok_or(Rejection::BadQuantity)?;
        let order = *self.book.slab.get(handle);
        if command.quantity > order.open {
            return Err(Rejection::QuantityAboveOpen);
        }
        if command.quantity == order.open {
            self.journal.say_cancelled(events, &order, Reason::Reduced);
            self.book.delete(handle);
            return Ok(());
        }
        let left = self.book.reduce(handle, command.quantity);
        self.journal
            .say_reduced(events, &order, command.quantity, left, Reason::User);
        Ok(())
    }

    pub(super) fn mass_cancel(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let side = match command.side {
            0 => None,
            code => Some(Side::try_from(code)?),
        };
        self.advance(command, events)?;
        let wanted = |order: &Order| {
            (command.owner == 0 || order.owner == command.owner) && side.is_none_or(|side| order.side() == side)
        };
        self.cancel_all(wanted, Reason::Mass, events);
        Ok(())
    }

    /// Cancels the live orders that are wanted, by entry.
    pub(super) fn cancel_all(&mut self, wanted: impl Fn(&Order) -> bool, reason: Reason, events: &mut Vec<Event>) {
        let mut by_entry = std::mem::take(&mut self.by_entry);
        let live = self.book.slab.live().filter(|(_, order)| wanted(order));
        by_entry.extend(live.map(|(handle, order)| (order.entry, handle)));
        by_entry.sort_unstable_by_key(|&(entry, _)| entry);
        for (_, handle) in by_entry.drain(..) {
            self.journal.say_cancelled(events, self.book.slab.get(handle), reason);
            self.book.delete(handle);
        }
        self.by_entry = by_entry;
    }
}
