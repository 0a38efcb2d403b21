//! The venue's filters on a new order: PRICE_FILTER, LOT_SIZE, NOTIONAL.

use super::order::{Amount, NewOrder};
use super::rejection::Rejection;
use crate::fixed::Fixed;
use crate::instrument::Instrument;

/// Checks an order against its instrument. `reference` is the price that a market order is measured with.
///
/// # Errors
/// The first filter that it breaks.
pub fn check(order: &NewOrder, instrument: &Instrument, reference: Option<Fixed>) -> Result<(), Rejection> {
    check_client_order_id(order)?;
    if let Some(price) = order.price
        && (price.0 <= 0 || !price.is_multiple_of(instrument.tick))
    {
        return Err(Rejection::Price);
    }
    let notional = match order.amount {
        Amount::Base(quantity) => {
            let in_range = quantity >= instrument.step && quantity <= instrument.max_quantity;
            if !in_range || !quantity.is_multiple_of(instrument.step) {
                return Err(Rejection::Quantity);
            }
            let price = order.price.or(reference).ok_or(Rejection::NoBook)?;
            price.times(quantity).ok_or(Rejection::TooLarge)?
        }
        Amount::Quote(quote) => quote,
    };
    if notional < instrument.min_notional && !order.reduce_only {
        return Err(Rejection::Notional(instrument.min_notional));
    }
    Ok(())
}

/// Both venues take `^[\.A-Z\:/a-z0-9_-]{1,36}$`.
fn check_client_order_id(order: &NewOrder) -> Result<(), Rejection> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b".:/_-".contains(&byte);
    match &order.client_order_id {
        Some(id) if id.is_empty() || id.len() > 36 || !id.bytes().all(legal) => Err(Rejection::IllegalClientOrderId),
        _ => Ok(()),
    }
}
