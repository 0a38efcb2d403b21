//! Order flow imbalance from the best quotes.
//!
//! Cont, Kukanov and Stoikov, "The Price Impact of Order Book Events", Journal of Financial Econometrics 12 (2014),
//! equation 4: what the n-th quote says of supply and demand is
//!
//! `e_n = 1[Pb_n >= Pb_n-1] qb_n - 1[Pb_n <= Pb_n-1] qb_n-1 - 1[Pa_n <= Pa_n-1] qa_n + 1[Pa_n >= Pa_n-1] qa_n-1`

use contracts::{Quote, TopState};

use crate::Refusal;
use crate::checked::not_negative;

/// The quote as state. A side of price 0 is empty, and 0 in both; a quantity of 0 beside a price is one that the venue
/// does not tell.
///
/// # Errors
/// `bad_value` for a negative price or quantity.
pub(crate) fn top_of(quote: &Quote<'_>) -> Result<TopState, Refusal> {
    for (field, value) in [
        ("bid_price", quote.bid_price),
        ("bid_quantity", quote.bid_quantity),
        ("ask_price", quote.ask_price),
        ("ask_quantity", quote.ask_quantity),
    ] {
        not_negative(field, value)?;
    }
    let quantity_at = |price, quantity| if price == 0 { 0 } else { quantity };
    Ok(TopState {
        bid_price: quote.bid_price,
        bid_quantity: quantity_at(quote.bid_price, quote.bid_quantity),
        ask_price: quote.ask_price,
        ask_quantity: quantity_at(quote.ask_price, quote.ask_quantity),
    })
}

/// `e_n` of two consecutive quotes. An empty bid is below every price, an empty ask above.
#[inline]
pub(crate) fn imbalance(before: &TopState, now: &TopState) -> i128 {
    let ask = |price: i64| if price == 0 { i64::MAX } else { price };
    let (ask_before, ask_now) = (ask(before.ask_price), ask(now.ask_price));
    let mut sum = 0i128;
    if now.bid_price >= before.bid_price {
        sum += i128::from(now.bid_quantity);
    }
    if now.bid_price <= before.bid_price {
        sum -= i128::from(before.bid_quantity);
    }
    if ask_now <= ask_before {
        sum -= i128::from(now.ask_quantity);
    }
    if ask_now >= ask_before {
        sum += i128::from(before.ask_quantity);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(bid_price: i64, bid_quantity: i64, ask_price: i64, ask_quantity: i64) -> TopState {
        TopState {
            bid_price,
            bid_quantity,
            ask_price,
            ask_quantity,
        }
    }

    #[test]
    fn a_side_is_empty_without_a_price_and_a_price_stands_without_a_quantity() {
        let quote = Quote {
            venue: "truefx",
            instrument: "EUR-USD",
            price_exponent: -9,
            quantity_exponent: -9,
            event_ns: None,
            publish_ns: None,
            receive_ns: 1,
            update_id: 1,
            bid_price: 100,
            bid_quantity: 0,
            ask_price: 0,
            ask_quantity: 7,
            flags: 0,
        };
        assert_eq!(top_of(&quote), Ok(top(100, 0, 0, 0)));
    }

    #[test]
    fn demand_is_positive_and_supply_negative() {
        let before = top(100, 5, 101, 7);
        assert_eq!(
            imbalance(&before, &top(100, 8, 101, 7)),
            3,
            "more bid at the same price"
        );
        assert_eq!(imbalance(&before, &top(101, 2, 102, 4)), 2 + 7, "both sides move up");
        assert_eq!(
            imbalance(&before, &top(99, 9, 101, 10)),
            -5 - 3,
            "the bid is taken, more is offered"
        );
        assert_eq!(imbalance(&before, &top(100, 5, 0, 0)), 7, "the offer is gone");
    }
}
