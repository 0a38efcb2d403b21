//! Where a strategy quotes: the two prices that follow from its terms and from what it holds.
//!
//! The reservation price lies `skew` below the middle of the touch for each `quantity` held, above it where the position is
//! short. The bid stands `half_spread` below it and the ask as far above, each on the next multiple of `price_step` away
//! from it, and never at the other side's best price or beyond: a quote adds, and does not take.

use contracts::{OrderType, QuoteTermsState, Side, Signal, TimeInForce};

/// Further from the middle than any price.
const FAR: i128 = 1 << 64;

/// A quoting signal's terms. What it does not say is 0, which `is_sound` refuses but for the skew.
pub(crate) fn terms_of(signal: &Signal<'_>) -> QuoteTermsState {
    QuoteTermsState {
        signal: signal.origin,
        price_exponent: signal.price_exponent,
        quantity_exponent: signal.quantity_exponent,
        event_ns: signal.event_ns,
        receive_ns: signal.receive_ns,
        quantity: signal.quantity,
        reference_price: signal.reference_price,
        expires_ns: signal.expires_ns.unwrap_or(0),
        half_spread: signal.half_spread.unwrap_or(0),
        skew: signal.skew.unwrap_or(0),
        price_step: signal.price_step.unwrap_or(0),
        bid_price: signal.bid_price.unwrap_or(0),
        ask_price: signal.ask_price.unwrap_or(0),
    }
}

/// Whether prices follow from them. Quotes have an end: where the market is not heard any more, they must not stand.
pub(crate) fn is_sound(terms: &QuoteTermsState) -> bool {
    terms.quantity > 0
        && terms.half_spread >= 0
        && terms.skew >= 0
        && terms.price_step > 0
        && 0 < terms.bid_price
        && terms.bid_price < terms.ask_price
        && terms.expires_ns > terms.receive_ns
}

/// A quote's price, in the instrument's units; `None` if the terms are not sound, or it is no price. Rounded away from the
/// middle at each step.
pub(crate) fn price_of(terms: &QuoteTermsState, side: Side, position: i64) -> Option<i64> {
    if !is_sound(terms) {
        return None;
    }
    let wide = |value: i64| i128::from(value);
    let (step, quantity) = (wide(terms.price_step), wide(terms.quantity));
    let (bid, ask, half_spread) = (wide(terms.bid_price), wide(terms.ask_price), wide(terms.half_spread));
    let skewed = wide(terms.skew) * wide(position);
    let steps = match side {
        Side::Buy => {
            let shift = near(-(-skewed).div_euclid(quantity));
            let doubled = bid + ask - 2 * shift - 2 * half_spread;
            doubled.div_euclid(2 * step).min((ask - 1).div_euclid(step))
        }
        Side::Sell => {
            let shift = near(skewed.div_euclid(quantity));
            let doubled = bid + ask - 2 * shift + 2 * half_spread;
            (-(-doubled).div_euclid(2 * step)).max(bid.div_euclid(step) + 1)
        }
    };
    i64::try_from(steps * step).ok().filter(|price| *price > 0)
}

/// Within 128 bits when doubled; beyond this bound no sum with it is a price.
fn near(shift: i128) -> i128 {
    shift.clamp(-FAR, FAR)
}

/// Whose quotes they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub account: &'a str,
    pub strategy: &'a str,
    pub venue: &'a str,
    pub instrument: &'a str,
}

/// One quote, as if the strategy wanted that order.
pub(crate) fn order_of<'a>(terms: &QuoteTermsState, owner: Owner<'a>, side: Side, price: Option<i64>) -> Signal<'a> {
    Signal {
        origin: terms.signal,
        account: owner.account,
        strategy: owner.strategy,
        venue: owner.venue,
        instrument: owner.instrument,
        price_exponent: terms.price_exponent,
        quantity_exponent: terms.quantity_exponent,
        interval_ns: 0,
        event_ns: terms.event_ns,
        receive_ns: terms.receive_ns,
        side,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::Gtc,
        quantity: terms.quantity,
        price,
        reference_price: terms.reference_price,
        strength: 0.0,
        reason: "",
        series: "",
        stop_price: None,
        target_price: None,
        exit_ns: None,
        post_only: true,
        expires_ns: Some(terms.expires_ns),
        half_spread: None,
        skew: None,
        price_step: None,
        bid_price: None,
        ask_price: None,
    }
}
