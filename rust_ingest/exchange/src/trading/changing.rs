//! Changing an order that is open: smaller in its place, or elsewhere.

use kernels::matching::Command;

use super::desk::{Desk, rejection};
use super::engine_words as words;
use super::filters;
use super::order::{Kind, Order, Status};
use super::rejection::Rejection;
use super::report::Change;
use super::share;
use crate::clock::NS_PER_MS;
use crate::fixed::Fixed;

impl Desk {
    /// Makes an open order smaller; it keeps its place, and gets another client id.
    ///
    /// # Errors
    /// The quantity is no smaller one, or breaks a filter; nothing has changed.
    pub fn amend(&mut self, id: u64, quantity: Fixed, client_order_id: String, now_ns: u64) -> Result<(), Rejection> {
        self.let_time_pass(id, now_ns)?;
        let order = self.ledger.order(id);
        let number = order.listing;
        let instrument = &self.listings.get(number).instrument;
        if quantity == order.quantity {
            return Err(Rejection::AmendNothing);
        }
        if quantity > order.quantity {
            return Err(Rejection::AmendLarger);
        }
        filters::check_quantity(quantity, order.price.or(order.stop_price), instrument)?;
        if client_order_id != order.client_order_id {
            filters::check_client_order_id(&client_order_id)?;
            if self.ledger.has_client_order_id(order.account, &client_order_id) {
                return Err(Rejection::Duplicate(client_order_id));
            }
        }
        let owner = words::owner(order.account);
        let floor = &mut self.listings.get_mut(number).floor;
        let replaced = floor.apply(Command {
            owner,
            ..Command::replace(id, 0, quantity.0)
        });
        replaced.map_err(rejection)?;
        let order = self.ledger.order_mut(id);
        let left = Fixed(quantity.0 - order.executed.0 - order.prevented.0);
        let freed = Fixed(order.locked.0 - share(order.locked, left, order.remaining()).0);
        order.locked.0 -= freed.0;
        order.quantity = quantity;
        order.updated_ms = now_ns / NS_PER_MS;
        let former = order.client_order_id.clone();
        self.accounts[order.account].release(order, &self.listings.get(number).instrument, freed);
        self.ledger.rename(id, client_order_id);
        self.reports.add(
            Change::Replaced(former),
            self.ledger.order(id),
            None,
            now_ns / NS_PER_MS,
        );
        self.book_events(number, "", now_ns / NS_PER_MS);
        Ok(())
    }

    /// Moves an open limit order to another price and quantity (futures): "modified orders will be reordered in the match
    /// queue".
    ///
    /// # Errors
    /// It cannot be moved there; nothing has changed. An order that must rest and would not is cancelled, and so is one of
    /// which no more is wanted than is filled: that is no error, its status tells.
    pub fn modify(&mut self, id: u64, price: Fixed, quantity: Fixed, now_ns: u64) -> Result<(), Rejection> {
        let now_ms = now_ns / NS_PER_MS;
        self.let_time_pass(id, now_ns)?;
        let order = self.ledger.order(id);
        let number = order.listing;
        if order.kind != Kind::Limit {
            return Err(Rejection::ModifyLimitOnly);
        }
        if (order.price, order.quantity) == (Some(price), quantity) {
            return Err(Rejection::AmendNothing);
        }
        filters::check_price(price, &self.listings.get(number).instrument)?;
        filters::check_quantity(quantity, Some(price), &self.listings.get(number).instrument)?;
        if quantity.0 <= order.executed.0 + order.prevented.0 {
            let cancel_id = order.client_order_id.clone();
            return self.cancel(id, &cancel_id, now_ns);
        }
        let mut moved = Order {
            price: Some(price),
            quantity,
            updated_ms: now_ms,
            ..order.clone()
        };
        self.move_funds(&mut moved)?;
        let owner = words::owner(moved.account);
        let floor = &mut self.listings.get_mut(number).floor;
        let canceled = floor.apply(Command {
            owner,
            ..Command::cancel(id)
        });
        self.moving = Some(id);
        self.book_events(number, "", now_ms);
        self.moving = None;
        let floor = &mut self.listings.get_mut(number).floor;
        let placed = canceled.and_then(|()| floor.apply(words::new_order(&moved, moved.remaining(), moved.price)));
        let former = moved.client_order_id.clone();
        *self.ledger.order_mut(id) = moved;
        if placed.is_err() {
            self.end(id, Status::Canceled, now_ms);
            let change = Change::Canceled(former);
            self.reports.add(change, self.ledger.order(id), None, now_ms);
        } else {
            let change = Change::Replaced(former);
            self.reports.add(change, self.ledger.order(id), None, now_ms);
        }
        self.book_events(number, "", now_ms);
        Ok(())
    }

    /// Ends what time has ended.
    ///
    /// # Errors
    /// That was the order which is to be changed.
    fn let_time_pass(&mut self, id: u64, now_ns: u64) -> Result<(), Rejection> {
        let number = self.ledger.order(id).listing;
        self.listings.get_mut(number).floor.open(now_ns);
        self.book_events(number, "", now_ns / NS_PER_MS);
        if self.ledger.order(id).status.is_open() {
            Ok(())
        } else {
            Err(Rejection::UnknownToCancel)
        }
    }

    /// Gives back what is set aside for an order and sets aside what it needs where it goes.
    fn move_funds(&mut self, moved: &mut Order) -> Result<(), Rejection> {
        let instrument = &self.listings.get(moved.listing).instrument;
        let account = &mut self.accounts[moved.account];
        let locked = std::mem::take(&mut moved.locked);
        account.release(moved, instrument, locked);
        let rest = Order {
            quantity: moved.remaining(),
            ..moved.clone()
        };
        let price = moved.price.unwrap_or_default();
        let reserved = price
            .times(rest.quantity)
            .ok_or(Rejection::TooLarge)
            .and_then(|cost| account.reserve(&rest, instrument, cost));
        match reserved {
            Ok(reserved) => moved.locked = reserved,
            Err(rejection) => {
                account.lock_again(moved, instrument, locked);
                return Err(rejection);
            }
        }
        Ok(())
    }
}
