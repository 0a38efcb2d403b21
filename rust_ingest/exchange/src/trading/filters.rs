//! The venue's filters on a new order: PRICE_FILTER, LOT_SIZE, NOTIONAL.

use super::order::{Amount, NewOrder};
use super::rejection::Rejection;
use crate::fixed::Fixed;
use crate::instrument::Instrument;

/// ICEBERG_PARTS limit.
pub const ICEBERG_PARTS_MAX: i64 = 10;

/// Checks an order against its instrument. `reference` is the price that a market order is measured with.
///
/// # Errors
/// The first filter that it breaks.
pub fn check(order: &NewOrder, instrument: &Instrument, reference: Option<Fixed>) -> Result<(), Rejection> {
    if let Some(id) = &order.client_order_id {
        check_client_order_id(id)?;
    }
    for price in [order.price, order.stop_price].into_iter().flatten() {
        check_price(price, instrument)?;
    }
    let notional = match order.amount {
        Amount::Base(quantity) => {
            check_lot(quantity, instrument)?;
            check_iceberg(quantity, order.iceberg, instrument)?;
            let price = order
                .price
                .or(order.stop_price)
                .or(reference)
                .ok_or(Rejection::NoBook)?;
            price.times(quantity).ok_or(Rejection::TooLarge)?
        }
        Amount::Quote(quote) => quote,
    };
    if notional < instrument.min_notional && !order.reduce_only {
        return Err(Rejection::Notional(instrument.min_notional));
    }
    Ok(())
}

/// Checks a price.
///
/// # Errors
/// It is not positive, or off the tick.
pub fn check_price(price: Fixed, instrument: &Instrument) -> Result<(), Rejection> {
    if price.0 > 0 && price.is_multiple_of(instrument.tick) {
        Ok(())
    } else {
        Err(Rejection::Price)
    }
}

fn check_iceberg(quantity: Fixed, shown: Option<Fixed>, instrument: &Instrument) -> Result<(), Rejection> {
    let Some(shown) = shown else { return Ok(()) };
    check_lot(shown, instrument)?;
    let parts = quantity.0.div_euclid(shown.0) + i64::from(quantity.0 % shown.0 != 0);
    if shown <= quantity && parts <= ICEBERG_PARTS_MAX {
        Ok(())
    } else {
        Err(Rejection::IcebergParts)
    }
}

/// Checks the new quantity of an order that is there.
///
/// # Errors
/// LOT_SIZE or NOTIONAL, if it breaks one.
pub fn check_quantity(quantity: Fixed, price: Option<Fixed>, instrument: &Instrument) -> Result<(), Rejection> {
    check_lot(quantity, instrument)?;
    let Some(price) = price else { return Ok(()) };
    let notional = price.times(quantity).ok_or(Rejection::TooLarge)?;
    if notional < instrument.min_notional {
        return Err(Rejection::Notional(instrument.min_notional));
    }
    Ok(())
}

fn check_lot(quantity: Fixed, instrument: &Instrument) -> Result<(), Rejection> {
    let in_range = quantity >= instrument.step && quantity <= instrument.max_quantity;
    if in_range && quantity.is_multiple_of(instrument.step) {
        Ok(())
    } else {
        Err(Rejection::Quantity)
    }
}

/// Both venues take `^[\.A-Z\:/a-z0-9_-]{1,36}$`.
///
/// # Errors
/// It is none of these.
pub fn check_client_order_id(id: &str) -> Result<(), Rejection> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b".:/_-".contains(&byte);
    if (1..=36).contains(&id.len()) && id.bytes().all(is_legal) {
        Ok(())
    } else {
        Err(Rejection::IllegalClientOrderId)
    }
}
