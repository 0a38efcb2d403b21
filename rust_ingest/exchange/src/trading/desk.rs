//! The desk: takes orders, fills them against what is shown, and keeps the books of it.

use std::collections::BTreeMap;

use super::account::{Account, Execution};
use super::filters;
use super::ledger::Ledger;
use super::liquidity::Liquidity;
use super::order::{Amount, Fill, Kind, NewOrder, Order, Side, Status, TimeInForce};
use super::rejection::Rejection;
use super::report::{Change, Report, Reports};
use crate::book::message::{self, Depth, Trade};
use crate::clock::NS_PER_MS;
use crate::fixed::Fixed;
use crate::instrument::SeenDecimals;
use crate::listing::{Listing, Listings};
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
    venue: Venue,
    fees: Fees,
    /// What is shown.
    pub listings: Listings,
    ledger: Ledger,
    accounts: Vec<Account>,
    reports: Reports,
    is_halted: bool,
}

impl Desk {
    /// A desk without symbols and so many accounts; assets that `balances` does not name begin with the default.
    pub fn new(venue: Venue, fees: Fees, accounts: usize, balances: &BTreeMap<String, Fixed>) -> Desk {
        let account = |_| Account::new(venue, balances.clone());
        Desk {
            venue,
            fees,
            listings: Listings::new(venue),
            ledger: Ledger::default(),
            accounts: (0..accounts).map(account).collect(),
            reports: Reports::default(),
            is_halted: false,
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
        let ids = listings.flat_map(|listing| listing.resting.ids());
        let mut ids: Vec<u64> = ids.filter(|id| self.ledger.order(*id).account == account).collect();
        ids.sort_unstable();
        ids
    }

    /// How many orders of all accounts are open.
    pub fn open_orders(&self) -> usize {
        self.listings.iter().map(|listing| listing.resting.ids().count()).sum()
    }

    /// Accepts an order and fills what can be filled now.
    ///
    /// # Errors
    /// It is refused; nothing has changed.
    pub fn place(&mut self, new: NewOrder, arrived_ns: u64) -> Result<&Order, Rejection> {
        let number = self.check(&new)?;
        let listing = self.listings.get(number);
        let quantity = base_quantity(&new, listing)?;
        let fillable = fillable(listing, &new, quantity);
        let would_rest_only = new.kind == Kind::LimitMaker || new.time_in_force == TimeInForce::Gtx;
        if would_rest_only && fillable.0 > 0 {
            return Err(Rejection::WouldTake);
        }
        let is_killed = new.time_in_force == TimeInForce::Fok && fillable < quantity;
        if is_killed && self.venue == Venue::UsdM {
            return Err(Rejection::CannotFill);
        }
        let cost = cost(&new, listing, quantity)?;
        let order = self.accept(new, number, quantity, cost, arrived_ns)?;
        let (id, side, price) = (order.id, order.side, order.price);
        self.reports.add(Change::New, &order, None, arrived_ns / NS_PER_MS);
        self.ledger.add(order);
        if !is_killed {
            for found in self.listings.get_mut(number).liquidity.take(side, price, quantity) {
                self.fill(id, found.price, found.quantity, false, arrived_ns / NS_PER_MS);
            }
        }
        self.settle_rest(id);
        Ok(self.ledger.order(id))
    }

    /// Looks at an order without placing it; gives the number of its listing.
    ///
    /// # Errors
    /// The symbol is unknown, a filter is broken, or the client id is used.
    pub fn check(&self, new: &NewOrder) -> Result<usize, Rejection> {
        let number = self.listings.number(&new.symbol).ok_or(Rejection::UnknownSymbol)?;
        if self.is_halted {
            return Err(Rejection::Halted);
        }
        let listing = self.listings.get(number);
        filters::check(new, &listing.instrument, listing.liquidity.best(new.side))?;
        let used = |id: &&String| self.ledger.has_client_order_id(new.account, id);
        match new.client_order_id.as_ref().filter(used) {
            Some(id) => Err(Rejection::Duplicate(id.clone())),
            None => Ok(number),
        }
    }

    fn accept(
        &mut self,
        new: NewOrder,
        number: usize,
        quantity: Fixed,
        cost: Fixed,
        arrived_ns: u64,
    ) -> Result<Order, Rejection> {
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
            quantity,
            quote_quantity: if let Amount::Quote(quote) = new.amount {
                Some(quote)
            } else {
                None
            },
            reduce_only: new.reduce_only,
            executed: Fixed(0),
            executed_quote: Fixed(0),
            locked: Fixed(0),
            status: Status::New,
            arrived_ns,
            updated_ms: arrived_ns / NS_PER_MS,
            fills: Vec::new(),
        };
        let instrument = &self.listings.get(number).instrument;
        order.locked = self.accounts[order.account].reserve(&order, instrument, cost)?;
        order.client_order_id = new
            .client_order_id
            .unwrap_or_else(|| self.ledger.make_up_client_order_id());
        Ok(order)
    }

    /// Lets what is not filled rest, or expire.
    fn settle_rest(&mut self, id: u64) {
        let order = self.ledger.order(id);
        if order.status == Status::Filled {
            return;
        }
        let rests = order.kind != Kind::Market && matches!(order.time_in_force, TimeInForce::Gtc | TimeInForce::Gtx);
        if rests {
            let listing = self.listings.get_mut(order.listing);
            listing.resting.add(order);
        } else {
            self.end(id, Status::Expired);
            let order = self.ledger.order(id);
            self.reports.add(Change::Expired, order, None, order.updated_ms);
        }
    }

    fn end(&mut self, id: u64, status: Status) {
        let order = self.ledger.order_mut(id);
        order.status = status;
        let listing = self.listings.get_mut(order.listing);
        listing.resting.remove(order);
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
        let freed = if quantity == order.remaining() {
            order.locked
        } else {
            share(order.locked, quantity, order.remaining())
        };
        order.locked.0 -= freed.0;
        let account = &mut self.accounts[order.account];
        account.release(order, instrument, freed);
        let fee_rate = if is_maker { self.fees.maker } else { self.fees.taker };
        let settlement = account.settle(
            instrument,
            Execution {
                side: order.side,
                quantity,
                quote,
                fee_rate,
            },
        );
        order.executed.0 += quantity.0;
        order.executed_quote.0 += quote.0;
        order.updated_ms = now_ms;
        order.status = if order.remaining().0 == 0 {
            Status::Filled
        } else {
            Status::PartiallyFilled
        };
        let is_done = order.status == Status::Filled;
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
            self.end(id, Status::Filled);
        }
        let (order, fill) = (self.ledger.order(id), self.ledger.last_fill());
        self.reports.add(Change::Trade, order, fill, now_ms);
    }

    /// Cancels an open order; `cancel_id` is the cancel's own client id.
    ///
    /// # Errors
    /// The order is not open.
    pub fn cancel(&mut self, id: u64, cancel_id: &str, now_ms: u64) -> Result<(), Rejection> {
        if !self.ledger.order(id).status.is_open() {
            return Err(Rejection::UnknownToCancel);
        }
        self.end(id, Status::Canceled);
        self.ledger.order_mut(id).updated_ms = now_ms;
        let change = Change::Canceled(cancel_id.to_owned());
        self.reports.add(change, self.ledger.order(id), None, now_ms);
        Ok(())
    }

    /// Makes an open order smaller; it keeps its place, and gets another client id.
    ///
    /// # Errors
    /// The quantity is no smaller one, or breaks a filter; nothing has changed.
    pub fn amend(&mut self, id: u64, quantity: Fixed, client_order_id: String, now_ns: u64) -> Result<(), Rejection> {
        let order = self.ledger.order(id);
        let instrument = &self.listings.get(order.listing).instrument;
        if quantity == order.quantity {
            return Err(Rejection::AmendNothing);
        }
        if quantity > order.quantity {
            return Err(Rejection::AmendLarger);
        }
        if quantity <= order.executed {
            return Err(Rejection::AmendBelowExecuted);
        }
        filters::check_quantity(quantity, order.price, instrument)?;
        if client_order_id != order.client_order_id {
            filters::check_client_order_id(&client_order_id)?;
            if self.ledger.has_client_order_id(order.account, &client_order_id) {
                return Err(Rejection::Duplicate(client_order_id));
            }
        }
        let order = self.ledger.order_mut(id);
        let left = Fixed(quantity.0 - order.executed.0);
        let freed = Fixed(order.locked.0 - share(order.locked, left, order.remaining()).0);
        order.locked.0 -= freed.0;
        self.accounts[order.account].release(order, instrument, freed);
        order.quantity = quantity;
        order.updated_ms = now_ns / NS_PER_MS;
        let former = order.client_order_id.clone();
        self.ledger.rename(id, client_order_id);
        let order = self.ledger.order(id);
        self.reports
            .add(Change::Replaced(former), order, None, order.updated_ms);
        Ok(())
    }

    /// Applies a depth event, and fills resting orders that it crosses.
    pub fn show_depth(&mut self, number: usize, depth: Depth, now_ms: impl Fn() -> u64) {
        self.listings.get_mut(number).liquidity.show_depth(depth);
        self.cross(number, now_ms);
    }

    /// Applies a `bookTicker` message, and fills resting orders that it crosses.
    pub fn show_ticker(&mut self, number: usize, body: &[u8], now_ms: impl Fn() -> u64) {
        self.listings.get_mut(number).liquidity.show_ticker(body);
        self.cross(number, now_ms);
    }

    /// Fills resting orders that a trade at their price or through it reaches, up to the trade's quantity.
    pub fn show_trade(&mut self, number: usize, body: &[u8], now_ms: impl Fn() -> u64) {
        let listing = self.listings.get(number);
        if listing.resting.is_empty() {
            return;
        }
        let Some(trade) = message::combined::<Trade>(body) else {
            return;
        };
        let mut left = trade.quantity;
        for id in listing.resting.reached_by(trade.price) {
            let order = self.ledger.order(id);
            let quantity = left.min(order.remaining());
            if quantity.0 == 0 {
                return;
            }
            left.0 -= quantity.0;
            self.fill(id, order.price.unwrap_or(trade.price), quantity, true, now_ms());
        }
    }

    /// Fills resting orders against newly shown levels at their limit: they were there first, so it is their price.
    fn cross(&mut self, number: usize, now_ms: impl Fn() -> u64) {
        if self.listings.get(number).resting.is_empty() {
            return;
        }
        for side in [Side::Buy, Side::Sell] {
            let listing = self.listings.get(number);
            let Some(best) = listing.liquidity.best(side) else {
                continue;
            };
            for id in listing.resting.meeting(side, best) {
                let order = self.ledger.order(id);
                let (limit, remaining) = (order.price, order.remaining());
                for found in self.listings.get_mut(number).liquidity.take(side, limit, remaining) {
                    self.fill(id, limit.unwrap_or(found.price), found.quantity, true, now_ms());
                }
            }
        }
    }
}

/// How much base an order is for. One by quote gets what its quote pays for, in whole steps.
fn base_quantity(new: &NewOrder, listing: &Listing) -> Result<Fixed, Rejection> {
    let mut quote = match new.amount {
        Amount::Base(quantity) => return Ok(quantity),
        Amount::Quote(quote) => quote,
    };
    let step = listing.instrument.step;
    let mut quantity = Fixed(0);
    for offer in listing.liquidity.offers(new.side, new.price) {
        let affordable = quote.over(offer.price).ok_or(Rejection::TooLarge)?;
        let part = Fixed(affordable.min(offer.quantity).0 / step.0 * step.0);
        quantity.0 += part.0;
        quote.0 -= offer.price.times(part).ok_or(Rejection::TooLarge)?.0;
        if part < offer.quantity {
            break;
        }
    }
    if quantity.0 == 0 {
        Err(Rejection::NoBook)
    } else {
        Ok(quantity)
    }
}

/// How much of `quantity` can be filled now.
fn fillable(listing: &Listing, new: &NewOrder, quantity: Fixed) -> Fixed {
    let mut sum = Fixed(0);
    for offer in listing.liquidity.offers(new.side, new.price) {
        sum = Fixed(sum.0.saturating_add(offer.quantity.0));
        if sum >= quantity {
            return quantity;
        }
    }
    sum
}

/// The most that an order can cost: its limit times its quantity, or, without a limit, what the offers that it meets
/// cost. That of a selling order's offers must fit too: they may be far above its limit.
fn cost(new: &NewOrder, listing: &Listing, quantity: Fixed) -> Result<Fixed, Rejection> {
    let (mut met, mut left) = (0_i64, quantity);
    for offer in listing.liquidity.offers(new.side, new.price) {
        let part = left.min(offer.quantity);
        let quote = offer.price.times(part).ok_or(Rejection::TooLarge)?;
        met = met.checked_add(quote.0).ok_or(Rejection::TooLarge)?;
        left.0 -= part.0;
        if left.0 == 0 {
            break;
        }
    }
    match new.price {
        Some(price) => price.times(quantity).ok_or(Rejection::TooLarge),
        None => Ok(Fixed(met)),
    }
}

/// `amount * part / whole`, rounded up, so that what is freed pays for what is filled.
fn share(amount: Fixed, part: Fixed, whole: Fixed) -> Fixed {
    let product = i128::from(amount.0) * i128::from(part.0);
    Fixed((product + i128::from(whole.0) - 1).div_euclid(i128::from(whole.0)) as i64)
}
