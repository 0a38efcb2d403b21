//! Closes legs at a mark: for each that it reaches an order at the market, which only ever makes a position smaller.
//!
//! It is for what is open of the leg, but for no more than the account holds in its direction beyond what other closing
//! orders may still close, and for no more than the largest order that the limits allow: the rest goes out at later marks.
//! Where nothing is left nothing is sent, and the leg waits.
//!
//! It is judged by the checks of every order but `order_notional` and `gross_notional`, which bound what grows. What they
//! stop is a rejected decision, and is tried again at the next mark: a killed account sends nothing, and closes at the
//! first mark behind `resume` that reaches the leg. With the first closing order that goes out, what still works of the
//! leg's own order is cancelled.

use contracts::{Cancel, Mark, OrderType, Side, Signal, TimeInForce};

use crate::Emit;
use crate::account::Account;
use crate::checks::{Asks, check};
use crate::decide::{Closing, decide};
use crate::legs::Leg;

/// Sends what the mark makes due; the account has it already.
pub(crate) fn close_reached(account: &mut Account, mark: &Mark<'_>, clock_ns: i64, emit: &mut Emit<'_>) {
    for place in account.legs.waiting(mark.venue, mark.instrument) {
        let leg = account.legs.at(place);
        let (Some(exit), quantity) = (leg.exit_at(mark), closable(account, leg)) else {
            continue;
        };
        if quantity <= 0 {
            continue;
        }
        let (id, strategy) = (leg.client_order_id.clone(), leg.strategy.clone());
        let wanted = closing_signal(&strategy, leg.side, mark, quantity);
        let checks = check(Some(account), &wanted, clock_ns, Asks::ToReduce);
        let closing = Closing {
            client_order_id: &id,
            exit,
        };
        let decided = decide(Some(account), &wanted, checks, Some(closing), emit);
        let order_id = match decided {
            Ok(Some(order_id)) => order_id,
            Ok(None) => continue,
            Err(refusal) => {
                // The mark counts all the same.
                emit.dead_letter(&refusal);
                continue;
            }
        };
        let is_first = account.legs.at(place).exit.is_none();
        if is_first && account.orders.open_one(&id).is_some() {
            let reason = format!("its {} is reached", exit.as_str());
            emit.send(|origin| Cancel {
                origin,
                account: mark.account,
                client_order_id: &id,
                venue: mark.venue,
                instrument: mark.instrument,
                reason: &reason,
                event_ns: mark.event_ns,
            });
        }
        let leg = account.legs.at_mut(place);
        leg.closing_order_id = Some(order_id);
        leg.exit = Some(exit);
    }
}

fn closable(account: &Account, leg: &Leg) -> i64 {
    let Some(holding) = account.holdings.get(&leg.venue, &leg.instrument) else {
        return 0;
    };
    let held = match leg.side {
        Side::Buy => holding.position(),
        Side::Sell => -holding.position(),
    };
    let free = held - account.legs.closing(leg, &account.orders);
    // Not above the leg's own, so it fits.
    let quantity = i128::from(leg.open_quantity).min(free).max(0) as i64;
    match holding.limits.map_or(0, |limits| limits.max_order_quantity) {
        // Where the limits allow no order at all the checks say so.
        0 => quantity,
        largest => quantity.min(largest),
    }
}

/// As if the leg's strategy wanted it.
fn closing_signal<'s>(strategy: &'s str, side: Side, mark: &Mark<'s>, quantity: i64) -> Signal<'s> {
    Signal {
        origin: mark.origin,
        account: mark.account,
        strategy,
        venue: mark.venue,
        instrument: mark.instrument,
        price_exponent: mark.price_exponent,
        quantity_exponent: mark.quantity_exponent,
        interval_ns: 0,
        event_ns: mark.event_ns,
        receive_ns: mark.receive_ns,
        side: match side {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        },
        order_type: OrderType::Market,
        time_in_force: TimeInForce::Ioc,
        quantity,
        price: None,
        reference_price: mark.price,
        strength: 0.0,
        reason: "",
        series: "",
        stop_price: None,
        target_price: None,
        exit_ns: None,
        post_only: false,
        expires_ns: None,
        half_spread: None,
        skew: None,
        price_step: None,
        bid_price: None,
        ask_price: None,
    }
}
