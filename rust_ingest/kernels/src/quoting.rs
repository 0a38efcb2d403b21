//! Quotes both sides of the market for a strategy, which says the terms; the prices follow from what it holds.
//!
//! - A pair is replaced when its prices are others, or less than half of the time is left to it that a new one would have.
//!   Until then it keeps its place in the venue's queue.
//! - Its orders are cancelled first. The new pair goes out when reports have ended both, by the newest terms and the
//!   position as it is then: an old quote and a new one never work at once, and what filled meanwhile counts.
//! - Each side is judged by the checks of every order, and has a decision of its own: one that would pass a limit is left
//!   out, and the other goes out alone.
//! - Nothing goes out by itself but that new pair: what has filled, or ended by its time, is quoted anew at the strategy's
//!   next signal.
//! - While the account is killed each signal is two rejected decisions, and nothing waits.
//! - Terms that make no sense are rejected, and end the pair that works.

use contracts::{Cancel, QuoteTermsState, Side, Signal};

use crate::Emit;
use crate::account::Account;
use crate::checks::{Asks, check};
use crate::decide::decide;
use crate::orders::Orders;
use crate::quote_terms::{Owner, is_sound, order_of, price_of, terms_of};
use crate::quotes::Quote;

/// Takes a quoting signal; `account` is `None` if nothing is known of it.
pub(crate) fn take_terms(account: Option<&mut Account>, signal: &Signal<'_>, clock_ns: i64, emit: &mut Emit<'_>) {
    let terms = terms_of(signal);
    let Some(account) = account else {
        let owner = Owner {
            account: signal.account,
            strategy: signal.strategy,
            venue: signal.venue,
            instrument: signal.instrument,
        };
        for side in [Side::Buy, Side::Sell] {
            let _ = send_one(None, owner, &terms, side, 0, clock_ns, emit);
        }
        return;
    };
    let place = account
        .quotes
        .place_of(signal.strategy, signal.venue, signal.instrument);
    let quote = account.quotes.at(place);
    let working = quote.working(&account.orders);
    if !working.is_empty() && !account.killed {
        if quote.waiting.is_none() {
            if stands(quote, &terms, clock_ns, &account.orders) {
                return;
            }
            for order in working {
                emit.send(|origin| Cancel {
                    origin,
                    account: signal.account,
                    client_order_id: &order.client_order_id,
                    venue: &order.venue,
                    instrument: &order.instrument,
                    reason: "its strategy quotes anew",
                    event_ns: signal.event_ns,
                });
            }
        }
        let waiting = is_sound(&terms).then_some(terms);
        account.quotes.at_mut(place).waiting = waiting;
        if waiting.is_some() {
            return;
        }
    }
    send_pair(account, signal.account, place, &terms, clock_ns, emit);
}

/// Sends the pair that waited for a report which has just been taken, unless its own time is up.
pub(crate) fn take_end(account: &mut Account, name: &str, client_order_id: &str, clock_ns: i64, emit: &mut Emit<'_>) {
    let Some(place) = account.quotes.place_of_order(client_order_id) else {
        return;
    };
    let quote = account.quotes.at(place);
    if quote.waiting.is_none() || !quote.working(&account.orders).is_empty() {
        return;
    }
    let waiting = account.quotes.at_mut(place).waiting.take();
    if let Some(terms) = waiting.filter(|terms| terms.expires_ns > clock_ns) {
        send_pair(account, name, place, &terms, clock_ns, emit);
    }
}

/// Whether the pair at work is what the terms want, for long enough.
fn stands(quote: &Quote, terms: &QuoteTermsState, clock_ns: i64, orders: &Orders) -> bool {
    let is_as_wanted = |(side, id): (Side, &Option<String>)| {
        let order = id.as_deref().and_then(|id| orders.open_one(id));
        order.is_some_and(|order| {
            Some(order.price) == price_of(terms, side, quote.position) && order.remaining() == terms.quantity
        })
    };
    let pair = [(Side::Buy, &quote.bid_order_id), (Side::Sell, &quote.ask_order_id)];
    let left_ns = |end_ns: i64| i128::from(end_ns) - i128::from(clock_ns);
    pair.into_iter().all(is_as_wanted) && 2 * left_ns(quote.expires_ns) >= left_ns(terms.expires_ns)
}

fn send_pair(
    account: &mut Account,
    name: &str,
    place: usize,
    terms: &QuoteTermsState,
    clock_ns: i64,
    emit: &mut Emit<'_>,
) {
    let Quote {
        strategy,
        venue,
        instrument,
        position,
        ..
    } = account.quotes.at(place).clone();
    let owner = Owner {
        account: name,
        strategy: &strategy,
        venue: &venue,
        instrument: &instrument,
    };
    for side in [Side::Buy, Side::Sell] {
        if let Some(id) = send_one(Some(account), owner, terms, side, position, clock_ns, emit) {
            account.quotes.at_mut(place).sent(side, id, terms.expires_ns);
        }
    }
}

/// The id of the order, if one goes out.
fn send_one(
    account: Option<&mut Account>,
    owner: Owner<'_>,
    terms: &QuoteTermsState,
    side: Side,
    position: i64,
    clock_ns: i64,
    emit: &mut Emit<'_>,
) -> Option<String> {
    let wanted = order_of(terms, owner, side, price_of(terms, side, position));
    let checks = check(account.as_deref(), &wanted, clock_ns, Asks::Anything);
    decide(account, &wanted, checks, None, emit).unwrap_or_else(|refusal| {
        // The record counts all the same.
        emit.dead_letter(&refusal);
        None
    })
}
