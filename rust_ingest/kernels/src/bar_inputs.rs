//! What of a bar an indicator can be fed: fields as doubles, in the quote currency, the base, or as counts.

use contracts::Bar;

use crate::scale::Scale;

/// One field of a bar; `None` where the bar has none.
#[derive(Clone, Copy)]
pub(crate) struct BarInput {
    pub name: &'static str,
    pub of: fn(&Bar<'_>, Scale) -> Option<f64>,
}

macro_rules! input {
    (price $field:ident) => {
        input!($field, |bar, scale| Some(scale.price(bar.$field)))
    };
    (quantity $field:ident) => {
        input!($field, |bar, scale| Some(scale.quantity(i128::from(bar.$field))))
    };
    (quoted price $field:ident) => {
        input!($field, |bar, scale| bar.$field.map(|price| scale.price(price)))
    };
    (quoted quantity $field:ident) => {
        input!($field, |bar, scale| bar
            .$field
            .map(|quantity| scale.quantity(i128::from(quantity))))
    };
    (count $field:ident) => {
        input!($field, |bar, _| Some(bar.$field as f64))
    };
    ($field:ident, $of:expr) => {
        BarInput {
            name: stringify!($field),
            of: $of,
        }
    };
}

/// All, in the order in which errors name them.
pub(crate) const INPUTS: [BarInput; 18] = [
    input!(price open),
    input!(price high),
    input!(price low),
    input!(price close),
    input!(price vwap),
    input!(quantity volume),
    input!(quantity buy_volume),
    input!(quantity sell_volume),
    // Of no field, but of two: what impact and toxicity are worked out of.
    input!(signed_volume, |bar, scale| Some(
        scale.quantity(i128::from(bar.buy_volume) - i128::from(bar.sell_volume))
    )),
    input!(count trade_count),
    input!(count quote_count),
    input!(quantity order_flow_imbalance),
    input!(quoted price bid_price),
    input!(quoted quantity bid_quantity),
    input!(quoted price ask_price),
    input!(quoted quantity ask_quantity),
    input!(bid_depth_slope, |bar, _| bar.bid_depth_slope),
    input!(ask_depth_slope, |bar, _| bar.ask_depth_slope),
];

/// What an indicator's input is where nobody says, if it is not the field of its own name.
const MEANT: [(&str, &str); 6] = [
    ("real", "close"),
    ("price", "close"),
    ("bid", "bid_price"),
    ("bid_size", "bid_quantity"),
    ("ask", "ask_price"),
    ("ask_size", "ask_quantity"),
];

/// The field of that name.
pub(crate) fn named(name: &str) -> Option<BarInput> {
    INPUTS.into_iter().find(|input| input.name == name)
}

/// What an indicator's input is fed where nobody says.
pub(crate) fn meant_by(input: &str) -> Option<BarInput> {
    let meant = MEANT.iter().find(|(name, _)| *name == input);
    named(meant.map_or(input, |(_, field)| field))
}
