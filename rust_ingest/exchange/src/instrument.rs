//! What can be traded, and the venue's filters on it.

use crate::fixed::{Fixed, ONE};
use crate::venue::Venue;

/// A symbol and its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// `BTCUSDT`
    pub symbol: String,
    /// `BTC`
    pub base: String,
    /// `USDT`
    pub quote: String,
    /// PRICE_FILTER tickSize.
    pub tick: Fixed,
    /// LOT_SIZE stepSize, and the smallest quantity.
    pub step: Fixed,
    /// LOT_SIZE maxQty.
    pub max_quantity: Fixed,
    /// NOTIONAL (spot) or MIN_NOTIONAL (USD-M): least price times quantity.
    pub min_notional: Fixed,
    /// Places with which the venue writes prices.
    pub price_decimals: u32,
    /// Places with which the venue writes quantities.
    pub quantity_decimals: u32,
}

/// Places seen in a symbol's prices and quantities: as written, and as needed without closing zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeenDecimals {
    /// Places written in a price.
    pub price_written: u32,
    /// Places needed by a price.
    pub price_needed: u32,
    /// Places written in a quantity.
    pub quantity_written: u32,
    /// Places needed by a quantity.
    pub quantity_needed: u32,
}

/// tick, step and least notional in units of 1e-8, written places of price and quantity (USD-M; spot writes eight).
type Rules = (i64, i64, i64, u32, u32);

/// Rules of well-known symbols, as both venues' `exchangeInfo` gave them in August 2024.
fn known_rules(venue: Venue, symbol: &str) -> Option<Rules> {
    let rules = match (venue, symbol) {
        (Venue::Spot, "BTCUSDT") => (1_000_000, 1_000, 5 * ONE, 8, 8),
        (Venue::Spot, "ETHUSDT") => (1_000_000, 10_000, 5 * ONE, 8, 8),
        (Venue::Spot, "SOLUSDT") => (1_000_000, 100_000, 5 * ONE, 8, 8),
        (Venue::UsdM, "BTCUSDT") => (10_000_000, 100_000, 100 * ONE, 2, 3),
        (Venue::UsdM, "ETHUSDT") => (1_000_000, 100_000, 20 * ONE, 2, 3),
        (Venue::UsdM, "SOLUSDT") => (1_000_000, ONE, 5 * ONE, 4, 0),
        _ => return None,
    };
    Some(rules)
}

impl Instrument {
    /// The instrument `symbol` with its known rules, or with those that follow from what was seen of it.
    pub fn new(venue: Venue, symbol: &str, seen: SeenDecimals) -> Instrument {
        let (tick, step, min_notional, price_decimals, quantity_decimals) =
            known_rules(venue, symbol).unwrap_or_else(|| {
                let tick = 10_i64.pow(8 - seen.price_needed.min(8));
                let step = 10_i64.pow(8 - seen.quantity_needed.min(8));
                match venue {
                    Venue::Spot => (tick, step, 5 * ONE, 8, 8),
                    Venue::UsdM => (tick, step, 5 * ONE, seen.price_written, seen.quantity_written),
                }
            });
        let (base, quote) = split_symbol(symbol);
        Instrument {
            symbol: symbol.to_owned(),
            base: base.to_owned(),
            quote: quote.to_owned(),
            tick: Fixed(tick),
            step: Fixed(step),
            max_quantity: Fixed(9_000 * ONE).max(Fixed(step.saturating_mul(1_000_000_000))),
            min_notional: Fixed(min_notional),
            price_decimals,
            quantity_decimals,
        }
    }
}

/// Quote assets of both venues; a longer name goes before one that ends it.
const QUOTES: [&str; 15] = [
    "FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USDP", "DAI", "TRY", "EUR", "BRL", "GBP", "BTC", "ETH", "BNB", "USD",
];

fn split_symbol(symbol: &str) -> (&str, &str) {
    let ticker = symbol.split('_').next().unwrap_or(symbol);
    for quote in QUOTES {
        if let Some(base) = ticker.strip_suffix(quote).filter(|base| !base.is_empty()) {
            return (base, quote);
        }
    }
    (ticker, "USDT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_rules_of_the_great_pairs() {
        let spot = Instrument::new(Venue::Spot, "BTCUSDT", SeenDecimals::default());
        assert_eq!(
            (spot.tick.text(8).to_string(), spot.step.text(8).to_string()),
            ("0.01000000".into(), "0.00001000".into())
        );
        let future = Instrument::new(Venue::UsdM, "BTCUSDT", SeenDecimals::default());
        assert_eq!(
            (future.tick.text(2).to_string(), future.step.text(3).to_string()),
            ("0.10".into(), "0.001".into())
        );
    }

    #[test]
    fn derives_the_rules_of_others_from_what_was_seen() {
        let seen = SeenDecimals {
            price_written: 7,
            price_needed: 6,
            quantity_written: 0,
            quantity_needed: 0,
        };
        let token = Instrument::new(Venue::UsdM, "PEPEFDUSD", seen);
        assert_eq!((token.base.as_str(), token.quote.as_str()), ("PEPE", "FDUSD"));
        assert_eq!((token.tick, token.step), (Fixed(100), Fixed(ONE)));
        assert_eq!((token.price_decimals, token.quantity_decimals), (7, 0));
    }
}
