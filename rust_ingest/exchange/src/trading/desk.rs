//! The desk: takes orders to their symbol's floor, and keeps the books of what happens there.

use std::collections::BTreeMap;

use kernels::matching::{Command, Rejection as Refused};

use super::account::Account;
use super::engine_words as words;
use super::filters;
use super::floor::Liquidity;
use super::ledger::Ledger;
use super::order::{Amount, NewOrder, Order, Status, TimeInForce};
use super::rejection::Rejection;
use super::report::{Change, Report, Reports};
use super::sizing::{self, Size};
use crate::book::message::{self, Depth, Trade};
use crate::clock::NS_PER_MS;
use crate::fixed::Fixed;
use crate::instrument::SeenDecimals;
use crate::listing::Listings;
use crate::venue::Venue;

/// Fee per one of what is charged.
#[derive(Clone, Copy, Debug)]
pub struct Fees {
    /// Of orders that rested.
    pub maker: Fixed,
    /// Of orders that took.
    pub taker: Fixed,
}

/// All symbols, all orders, all funds.
#[derive(Debug)]
pub struct Desk {
    pub(super) venue: Venue,
    pub(super) fees: Fees,
    /// What is traded.
    pub listings: Listings,
    pub(super) ledger: Ledger,
    pub(super) accounts: Vec<Account>,
    pub(super) reports: Reports,
    is_halted: bool,
    /// An order that is taken out of the book only to go in again.
    pub(super) moving: Option<u64>,
}

impl Desk {
    /// A desk without symbols and so many accounts; assets that `balances` does not name begin with the default.
    pub fn new(
        venue: Venue,
        liquidity: Liquidity,
        fees: Fees,
        accounts: usize,
        balances: &BTreeMap<String, Fixed>,
    ) -> Desk {
        let account = |_| Account::new(venue, balances.clone());
        Desk {
            venue,
            fees,
            listings: Listings::new(venue, liquidity),
            ledger: Ledger::default(),
            accounts: (0..accounts).map(account).collect(),
            reports: Reports::default(),
            is_halted: false,
            moving: None,
        }
    }

    /// What was ordered, filled and refused.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Writes down a refusal that the caller has worded.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// The funds of an account.
    pub fn account(&self, number: usize) -> &Account {
        &self.accounts[number]
    }

    /// Halts or resumes trading: new orders are refused meanwhile, cancels are not.
    pub fn set_halted(&mut self, is_halted: bool) {
        self.is_halted = is_halted;
    }

    /// Begins or ends writing reports of what happens to orders.
    pub fn want_reports(&mut self, is_wanted: bool) {
        self.reports.set_wanted(is_wanted);
    }

    /// How many things have happened to orders.
    pub fn reports_so_far(&self) -> u64 {
        self.reports.count()
    }

    /// What happened to orders since the last call, while reports were wanted.
    pub fn take_reports(&mut self) -> Vec<Report> {
        self.reports.take()
    }

    /// The fees.
    pub fn fees(&self) -> Fees {
        self.fees
    }

    /// The number of `symbol`, which is listed now if it was not.
    pub fn list(&mut self, symbol: &str, seen: SeenDecimals) -> usize {
        let number = self.listings.list(symbol, seen);
        for account in &mut self.accounts {
            account.open(&self.listings.get(number).instrument);
        }
        number
    }

    /// Ids of an account's open orders of a symbol, or of all symbols, oldest first.
    pub fn open_order_ids(&self, account: usize, symbol: Option<&str>) -> Vec<u64> {
        let listings = self
            .listings
            .iter()
            .filter(|listing| symbol.is_none_or(|symbol| listing.instrument.symbol == symbol));
        let ids = listings.flat_map(|listing| &listing.open_orders);
        let own = ids.filter(|id| self.ledger.order(**id).account == account);
        let mut ids: Vec<u64> = own.copied().collect();
        ids.sort_unstable();
        ids
    }

    /// How many orders of all accounts are open.
    pub fn open_orders(&self) -> usize {
        self.listings.iter().map(|listing| listing.open_orders.len()).sum()
    }

    /// Looks at an order without placing it; gives the number of its listing.
    ///
    /// # Errors
    /// The symbol is unknown or halted, a filter is broken, or the client id is used.
    pub fn check(&mut self, new: &NewOrder, now_ns: u64) -> Result<usize, Rejection> {
        let number = self.listings.number(&new.symbol).ok_or(Rejection::UnknownSymbol)?;
        if self.is_halted {
            return Err(Rejection::Halted);
        }
        let listing = self.listings.get_mut(number);
        listing.floor.open(now_ns);
        let reference = listing.floor.engine.best(new.side).map(|offer| offer.price);
        filters::check(new, &listing.instrument, reference)?;
        let used = |id: &&String| self.ledger.has_client_order_id(new.account, id);
        match new.client_order_id.as_ref().filter(used) {
            Some(id) => Err(Rejection::Duplicate(id.clone())),
            None => Ok(number),
        }
    }

    /// Accepts an order and fills what can be filled now.
    ///
    /// # Errors
    /// It is refused; nothing has changed.
    pub fn place(&mut self, new: NewOrder, arrived_ns: u64) -> Result<&Order, Rejection> {
        let number = self.check(&new, arrived_ns)?;
        let now_ms = arrived_ns / NS_PER_MS;
        // What time has ended goes first.
        self.book_events(number, "", now_ms);
        let listing = self.listings.get(number);
        let size = sizing::size(&new, &listing.floor.engine, &listing.instrument)?;
        let order = self.accept(new, number, size, arrived_ns)?;
        let (id, account, locked) = (order.id, order.account, order.locked);
        let listing = self.listings.get_mut(number);
        let floor = &mut listing.floor;
        let mut placed = floor
            .apply(words::new_order(&order, size.quantity, size.limit))
            .map_err(rejection);
        // Futures refuse an order that spot accepts and ends at once.
        let is_killed = order.time_in_force == TimeInForce::Fok && floor.engine.has_killed(id);
        if placed.is_ok() && is_killed && self.venue == Venue::UsdM {
            floor.engine.forget(id);
            placed = Err(Rejection::CannotFill);
        }
        if let Err(rejection) = placed {
            self.accounts[account].release(&order, &listing.instrument, locked);
            return Err(rejection);
        }
        listing.open_orders.insert(id);
        self.reports.add(Change::New, &order, None, now_ms);
        self.ledger.add(order);
        self.book_events(number, "", now_ms);
        Ok(self.ledger.order(id))
    }

    fn accept(&mut self, new: NewOrder, number: usize, size: Size, arrived_ns: u64) -> Result<Order, Rejection> {
        let mut order = Order {
            id: self.ledger.next_order_id(),
            account: new.account,
            client_order_id: String::new(),
            symbol: new.symbol,
            listing: number,
            side: new.side,
            kind: new.kind,
            time_in_force: new.time_in_force,
            price: new.price,
            stop_price: new.stop_price,
            iceberg: new.iceberg,
            good_till_ms: new.good_till_ms,
            self_trade: new.self_trade,
            quantity: size.quantity,
            quote_quantity: match new.amount {
                Amount::Quote(quote) => Some(quote),
                Amount::Base(_) => None,
            },
            reduce_only: new.reduce_only,
            executed: Fixed(0),
            executed_quote: Fixed(0),
            prevented: Fixed(0),
            locked: Fixed(0),
            status: Status::New,
            is_working: new.stop_price.is_none(),
            arrived_ns,
            updated_ms: arrived_ns / NS_PER_MS,
            fills: Vec::new(),
        };
        let instrument = &self.listings.get(number).instrument;
        order.locked = self.accounts[order.account].reserve(&order, instrument, size.cost)?;
        order.client_order_id = new
            .client_order_id
            .unwrap_or_else(|| self.ledger.make_up_client_order_id());
        Ok(order)
    }

    /// Cancels an open order; `cancel_id` is the cancel's own client id.
    ///
    /// # Errors
    /// The order is not open.
    pub fn cancel(&mut self, id: u64, cancel_id: &str, now_ns: u64) -> Result<(), Rejection> {
        let order = self.ledger.order(id);
        let (number, owner) = (order.listing, words::owner(order.account));
        let floor = &mut self.listings.get_mut(number).floor;
        floor.open(now_ns);
        let canceled = floor.apply(Command {
            owner,
            ..Command::cancel(id)
        });
        self.book_events(number, cancel_id, now_ns / NS_PER_MS);
        canceled.map_err(|_| Rejection::UnknownToCancel)
    }

    /// Does what an actor of a live market asks. In a halt nothing happens; a command that the engine refuses does not happen
    /// either.
    pub fn act(&mut self, number: usize, command: Command, now_ns: u64) {
        let listing = self.listings.get_mut(number);
        if !self.is_halted && listing.floor.apply(command).is_ok() {
            self.book_events(number, "", now_ns / NS_PER_MS);
        }
    }

    /// Ends what ends with time: orders that are good till a date.
    pub fn pass_time(&mut self, now_ns: u64) {
        for number in 0..self.listings.len() {
            let listing = self.listings.get_mut(number);
            if !listing.open_orders.is_empty() {
                listing.floor.engine.pass_time(now_ns);
                self.book_events(number, "", now_ns / NS_PER_MS);
            }
        }
    }

    /// Applies a depth event, and books what it fills.
    pub fn show_depth(&mut self, number: usize, depth: Depth, now_ns: impl Fn() -> u64) {
        self.listings.get_mut(number).floor.show_depth(depth, &now_ns);
        self.book_shown(number, now_ns);
    }

    /// Applies a `bookTicker` message, and books what it fills.
    pub fn show_ticker(&mut self, number: usize, body: &[u8], now_ns: impl Fn() -> u64) {
        self.listings.get_mut(number).floor.show_ticker(body, &now_ns);
        self.book_shown(number, now_ns);
    }

    /// Applies a recorded trade, and books what it fills.
    pub fn show_trade(&mut self, number: usize, body: &[u8], now_ns: impl Fn() -> u64) {
        let floor = &mut self.listings.get_mut(number).floor;
        if !floor.is_traded_on() {
            return;
        }
        if let Some(trade) = message::combined::<Trade>(body) {
            floor.show_trade(trade, &now_ns);
            self.book_shown(number, now_ns);
        }
    }

    fn book_shown(&mut self, number: usize, now_ns: impl Fn() -> u64) {
        if self.listings.get(number).floor.engine.has_events() {
            self.book_events(number, "", now_ns() / NS_PER_MS);
        }
    }
}

/// The engine's reason as the venue would have it. What the filters have let through and the engine refuses all the same
/// does not fit its 64 bits.
pub(super) fn rejection(refused: Refused) -> Rejection {
    match refused {
        Refused::WouldTake => Rejection::WouldTake,
        Refused::WouldTrigger => Rejection::WouldTrigger,
        Refused::Halted | Refused::Closed | Refused::NotInCall => Rejection::Halted,
        Refused::BadTimeInForce => Rejection::GoodTillDate,
        Refused::BadPrice | Refused::BadStopPrice | Refused::OutsideBand => Rejection::Price,
        Refused::UnknownOrder | Refused::WrongOwner => Rejection::UnknownToCancel,
        Refused::QuantityBelowExecuted | Refused::QuantityAboveOpen => Rejection::AmendBelowExecuted,
        Refused::DuplicateOrder
        | Refused::TimeBackwards
        | Refused::BadQuantity
        | Refused::BadDisplay
        | Refused::BadPostOnly
        | Refused::BadCommand
        | Refused::Overflow => Rejection::TooLarge,
    }
}
