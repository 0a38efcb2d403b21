//! The checks of one signal, in the order of `CheckName`.
//!
//! `opened`, `limits_set` and `quantity_positive` pass at their limit or above, all others at their limit or below.
//! What cannot be measured (no mark, a sum beyond 128 bits) measures as the largest number and fails. A check is left
//! out where one that failed before lacks what it needs:
//!
//! | check | measured | needs |
//! |---|---|---|
//! | opened | 1 if the account was opened | |
//! | kill_switch | 1 if the account is killed | |
//! | limits_set | 1 if the instrument has limits for the account | |
//! | instrument_terms | how many terms are wrong: each exponent, the price, and stop, target, times, post-only | limits |
//! | quantity_positive | the quantity | |
//! | order_quantity | the quantity | limits, terms, quantity |
//! | stale_price | seconds from the mark to the newest receive time of the partition | limits, terms, quantity |
//! | order_notional | quantity x price, or x mark if higher: sells fill above it | limits, terms, quantity, mark |
//! | position | position after this and all open orders of its side, in its direction | limits, terms, quantity |
//! | gross_notional | sum of abs(position) x mark over the account, worst case | limits, terms, quantity, mark |
//!
//! A stop and a target stand on either side of the order's price, and the times behind the signal's. Post-only, and good
//! till a time, are of limit orders that work until they are cancelled. The two of notionals are not made of an order that only closes what is open: they bound what grows.

use contracts::{Check, CheckName, OrderType, Side, Signal, TimeInForce};

use crate::account::Account;
use crate::exposure::{gross_after, position_after};
use crate::scale::Scale;

/// Stands for what cannot be measured.
const UNMEASURED: i128 = i128::MAX;
/// Ages count nanoseconds.
const SECONDS: i32 = -9;

/// The price that an order is valued at: its limit, or for a market order the reference. `None` if the signal's terms
/// contradict its type.
pub(crate) fn order_price(signal: &Signal<'_>) -> Option<i64> {
    let price = match (signal.order_type, signal.price) {
        (OrderType::Limit, Some(price)) => price,
        (OrderType::Market, None) => signal.reference_price,
        _ => return None,
    };
    (price > 0).then_some(price)
}

/// How many of stop, target and time an order at this price has reached already.
fn wrong_exits(signal: &Signal<'_>, price: i64) -> i128 {
    let (below, above) = match signal.side {
        Side::Buy => (signal.stop_price, signal.target_price),
        Side::Sell => (signal.target_price, signal.stop_price),
    };
    i128::from(below.is_some_and(|below| below <= 0 || below >= price))
        + i128::from(above.is_some_and(|above| above <= price))
        + i128::from(signal.exit_ns.is_some_and(|exit_ns| exit_ns <= signal.event_ns))
}

/// How many of post-only and its end contradict the order's type, or the time.
fn wrong_rests(signal: &Signal<'_>) -> i128 {
    let rests = signal.order_type == OrderType::Limit && signal.time_in_force == TimeInForce::Gtc;
    let is_wrong = |end_ns: i64| !rests || end_ns <= signal.receive_ns;
    i128::from(signal.post_only && !rests) + i128::from(signal.expires_ns.is_some_and(is_wrong))
}

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Anything,
    /// It only closes what is open.
    ToReduce,
}

/// All checks that can be made; the signal is accepted if every one passed. `account` is `None` if nothing is known of
/// it.
pub(crate) fn check(account: Option<&Account>, signal: &Signal<'_>, clock_ns: i64, asks: Asks) -> Vec<Check> {
    let mut checks = Vec::with_capacity(CheckName::ALL.len());
    let holding = account.and_then(|account| account.holdings.get(signal.venue, signal.instrument));
    let limits = holding.and_then(|holding| holding.limits);
    let opened = account.is_some_and(|account| account.log_id.is_some());
    let killed = account.is_some_and(|account| account.killed);
    checks.push(at_least(CheckName::Opened, 1, i128::from(opened), 0));
    checks.push(at_most(CheckName::KillSwitch, 0, i128::from(killed), 0));
    checks.push(at_least(CheckName::LimitsSet, 1, i128::from(limits.is_some()), 0));
    let price = order_price(signal);
    if let (Some(holding), Some(_)) = (holding, limits) {
        let faults = i128::from(holding.scale.price_exponent != signal.price_exponent)
            + i128::from(holding.scale.quantity_exponent != signal.quantity_exponent)
            + price.map_or(1, |price| wrong_exits(signal, price))
            + wrong_rests(signal);
        checks.push(at_most(CheckName::InstrumentTerms, 0, faults, 0));
    }
    let quantity = i128::from(signal.quantity);
    let quantity_exponent = signal.quantity_exponent;
    checks.push(at_least(CheckName::QuantityPositive, 1, quantity, quantity_exponent));

    let (Some(account), Some(holding), Some(limits), Some(price)) = (account, holding, limits, price) else {
        return checks;
    };
    let scale = Scale::new(signal.price_exponent, quantity_exponent);
    if holding.scale != scale || quantity <= 0 {
        return checks;
    }
    let limit = i128::from(limits.max_order_quantity);
    checks.push(at_most(CheckName::OrderQuantity, limit, quantity, quantity_exponent));
    let age_ns = holding
        .mark
        .map(|mark| i128::from(clock_ns) - i128::from(mark.receive_ns));
    let limit = i128::from(limits.max_price_age_ns);
    checks.push(measured_at_most(CheckName::StalePrice, limit, age_ns, SECONDS));
    let exponent = scale.notional_exponent();
    if let (Some(mark), Asks::Anything) = (holding.mark, asks) {
        let notional = quantity * i128::from(price.max(mark.price));
        checks.push(at_most(
            CheckName::OrderNotional,
            limits.max_order_notional,
            notional,
            exponent,
        ));
    }
    let position = position_after(account, holding, signal);
    let limit = i128::from(limits.max_position);
    checks.push(at_most(CheckName::Position, limit, position, quantity_exponent));
    if holding.mark.is_some() && asks == Asks::Anything {
        let limit = limits.max_gross_notional;
        checks.push(match gross_after(account, holding, signal, limit, exponent) {
            Some(gross) => at_most(CheckName::GrossNotional, gross.limit, gross.measured, gross.exponent),
            None => measured_at_most(CheckName::GrossNotional, limit, None, exponent),
        });
    }
    checks
}

fn at_most(name: CheckName, limit: i128, measured: i128, exponent: i32) -> Check {
    Check {
        name,
        limit,
        measured,
        exponent,
        passed: measured <= limit,
    }
}

fn at_least(name: CheckName, limit: i128, measured: i128, exponent: i32) -> Check {
    Check {
        name,
        limit,
        measured,
        exponent,
        passed: measured >= limit,
    }
}

fn measured_at_most(name: CheckName, limit: i128, measured: Option<i128>, exponent: i32) -> Check {
    match measured {
        Some(measured) => at_most(name, limit, measured, exponent),
        None => Check {
            name,
            limit,
            measured: UNMEASURED,
            exponent,
            passed: false,
        },
    }
}
