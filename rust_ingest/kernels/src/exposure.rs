//! Gross notional of an account: the sum over its instruments of |position| x mark, open orders counted as filled in
//! the worse direction.
//!
//! All instruments of one account are taken to be paid in the same currency; without that their notionals have no sum.
//! Exponents may differ: everything is brought to the smallest one, exactly. What does not fit 128 bits cannot be
//! measured.

use contracts::{Side, Signal};

use crate::account::Account;
use crate::holding::Holding;

/// A notional and the limit for it, both counting `10^exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gross {
    pub limit: i128,
    pub measured: i128,
    pub exponent: i32,
}

/// The position that a signal's order leads to if it fills, and with it all open orders of its side; positive in the
/// direction of the signal, so that an order that reduces a position measures less than the position.
pub(crate) fn position_after(account: &Account, holding: &Holding, signal: &Signal<'_>) -> i128 {
    let open = account.orders.remaining(signal.venue, signal.instrument, signal.side);
    let held = match signal.side {
        Side::Buy => holding.position(),
        Side::Sell => -holding.position(),
    };
    held + open + i128::from(signal.quantity)
}

/// Gross notional after the signal's order, and `limit` (which counts `10^own_exponent`) beside it. `None` if an
/// instrument that counts has no mark, or a number does not fit.
pub(crate) fn gross_after(
    account: &Account,
    holding: &Holding,
    signal: &Signal<'_>,
    limit: i128,
    own_exponent: i32,
) -> Option<Gross> {
    let mut terms = vec![(0, own_exponent)];
    for entry in account.holdings.iter() {
        let own = entry.venue == signal.venue && entry.instrument == signal.instrument;
        let quantity = match own {
            // The other side's open orders were judged by their own signals.
            true => position_after(account, holding, signal).abs(),
            false => worst_position(account, &entry.venue, &entry.instrument, &entry.value),
        };
        if quantity > 0 {
            let mark = entry.value.mark?;
            terms.push((
                quantity.checked_mul(i128::from(mark.price))?,
                entry.value.scale.notional_exponent(),
            ));
        }
    }
    let exponent = terms.iter().map(|(_, exponent)| *exponent).min()?;
    let rescaled = |notional: i128, from: i32| notional.checked_mul(10i128.checked_pow((from - exponent) as u32)?);
    let mut measured = 0i128;
    for (notional, from) in terms {
        measured = measured.checked_add(rescaled(notional, from)?)?;
    }
    Some(Gross {
        limit: rescaled(limit, own_exponent)?,
        measured,
        exponent,
    })
}

/// The largest position, long or short, that open orders can lead to.
fn worst_position(account: &Account, venue: &str, instrument: &str, holding: &Holding) -> i128 {
    let bought = holding.position() + account.orders.remaining(venue, instrument, Side::Buy);
    let sold = holding.position() - account.orders.remaining(venue, instrument, Side::Sell);
    bought.abs().max(sold.abs())
}
