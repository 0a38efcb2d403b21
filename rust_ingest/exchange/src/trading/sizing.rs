//! How much an order is for, how far it may go, and the most that it can cost.

use super::engine::Engine;
use super::order::{Amount, Kind, NewOrder, SelfTrade, Side};
use super::rejection::Rejection;
use crate::fixed::Fixed;
use crate::instrument::Instrument;

/// A stop market order goes no further than this many hundredths from its stop price, so that what is set aside for it
/// pays for it (the venue's `triggerProtect`, and CME's "stop order with protection").
const STOP_PROTECTION_PERCENT: i64 = 5;

/// What follows from an order and the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Base.
    pub quantity: Fixed,
    /// The price beyond which it does not trade; None: any.
    pub limit: Option<Fixed>,
    /// The most quote that it can cost.
    pub cost: Fixed,
}

/// Sizes an order against the book that it will meet.
///
/// # Errors
/// There is no price for it, or its numbers do not fit.
pub fn size(new: &NewOrder, engine: &Engine, instrument: &Instrument) -> Result<Size, Rejection> {
    let quantity = match new.amount {
        Amount::Base(quantity) => quantity,
        Amount::Quote(quote) => affordable(new.side, quote, engine, instrument.step)?,
    };
    let times = |price: Fixed| price.times(quantity).ok_or(Rejection::TooLarge);
    match (new.kind, new.price, new.stop_price) {
        (Kind::Stop, _, Some(stop)) => {
            let limit = protected(new.side, stop, instrument.tick);
            Ok(Size {
                quantity,
                limit: Some(limit),
                cost: times(limit.max(stop))?,
            })
        }
        (_, Some(price), _) => Ok(Size {
            quantity,
            limit: Some(price),
            cost: times(price)?,
        }),
        _ => market(new, quantity, engine),
    }
}

fn protected(side: Side, stop: Fixed, tick: Fixed) -> Fixed {
    let away = stop.0 / 100 * STOP_PROTECTION_PERCENT / tick.0 * tick.0;
    match side {
        Side::Buy => Fixed(stop.0.saturating_add(away)),
        Side::Sell => Fixed((stop.0 - away).max(tick.0)),
    }
}

/// A market order costs what the offers cost that it meets. It goes no further than the last of them; where it may not take
/// its owner's own, it may take all at that price.
fn market(new: &NewOrder, quantity: Fixed, engine: &Engine) -> Result<Size, Rejection> {
    let side = new.side;
    let (mut cost, mut left, mut worst) = (0_i64, quantity, None);
    for offer in engine.offers(side) {
        let part = left.min(offer.quantity);
        let quote = offer.price.times(part).ok_or(Rejection::TooLarge)?;
        cost = cost.checked_add(quote.0).ok_or(Rejection::TooLarge)?;
        worst = Some(offer.price);
        left.0 -= part.0;
        if left.0 == 0 {
            break;
        }
    }
    let worst = worst.ok_or(Rejection::NoBook)?;
    if new.self_trade != SelfTrade::None {
        cost = worst.times(quantity).ok_or(Rejection::TooLarge)?.0.max(cost);
    }
    Ok(Size {
        quantity,
        limit: (side == Side::Buy).then_some(worst),
        cost: Fixed(cost),
    })
}

/// How much base `quote` pays for, in whole steps.
fn affordable(side: Side, mut quote: Fixed, engine: &Engine, step: Fixed) -> Result<Fixed, Rejection> {
    let mut quantity = Fixed(0);
    for offer in engine.offers(side) {
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
