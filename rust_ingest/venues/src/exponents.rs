//! In which units an instrument is counted, by the steps that its listing tells.

use crate::fixed::{NANO, Scale};

/// An order of some nine million of the quote currency fits at the lowest price there is, one tick: books hold such bids, and one level that
/// does not fit costs the whole book.
const DIGITS_AT_A_TICK: i32 = -12;

/// A step as its listing writes it: `0.00010`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    /// Place of the first digit that is not 0: -4.
    first: i32,
    /// Place of the last one.
    last: i32,
}

impl Step {
    /// None if it is no decimal above zero.
    fn of(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let point = i32::try_from(whole.len()).ok()?;
        let digits = || {
            whole
                .bytes()
                .chain(fraction.bytes())
                .zip(0..)
                .filter(|(digit, _)| *digit != b'0')
        };
        let place = |(_, index): (u8, i32)| point - 1 - index;
        Some(Self {
            first: place(digits().next()?),
            last: place(digits().last()?),
        })
    }
}

/// Exponents of price and quantity: 1e-9 unless the instrument needs another (design, "Money is integer"). Finer prices where the tick is,
/// with one decimal to spare. Coarser quantities where a token is traded in billions: as coarse as that takes, but ten to the lot at least, as
/// both hold for the life of a log, and venues make lots finer. What cannot be read leaves 1e-9: the terms say what is wrong with it.
pub(crate) fn exponents(tick: &str, lot: &str) -> (i8, i8) {
    let nano = i32::from(NANO.exponent());
    let (Some(tick), Some(lot)) = (Step::of(tick), Step::of(lot)) else {
        return (NANO.exponent(), NANO.exponent());
    };
    let price = if tick.last < nano { tick.last - 1 } else { nano };
    let quantity = (DIGITS_AT_A_TICK - tick.first).min(lot.last - 1).max(nano);
    (in_range(price), in_range(quantity))
}

fn in_range(exponent: i32) -> i8 {
    let scale = i8::try_from(exponent).ok().and_then(Scale::new);
    scale.unwrap_or(NANO).exponent()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_instruments_are_counted_in_billionths() {
        for (tick, lot) in [
            ("0.01", "0.00000001"),
            ("0.01000000", "0.00001000"),
            ("0.1", "0.001"),
            ("0.00001", "0.00000001"),
            ("5", "1"),
            ("0.000000001", "0.00000001"),
        ] {
            assert_eq!(exponents(tick, lot), (-9, -9), "{tick} {lot}");
        }
    }

    #[test]
    fn a_token_traded_in_billions_takes_coarser_quantities_and_tiny_prices_finer_units() {
        // PEPE-USD of Coinbase, PEPE-USDT of OKX, SHIBUSDT of Binance, DOGE-USD, XRP-USD; SATS-USDT of OKX.
        assert_eq!(exponents("0.00000001", "1"), (-9, -4));
        assert_eq!(exponents("0.000000001", "1"), (-9, -3));
        assert_eq!(exponents("0.00000001", "1.00"), (-9, -4));
        assert_eq!(exponents("0.00001", "0.1"), (-9, -7));
        assert_eq!(exponents("0.0001", "0.000001"), (-9, -8));
        assert_eq!(exponents("0.0000000000001", "1"), (-14, -1));
        assert_eq!(exponents("0.00000001", "1000000"), (-9, -4));
    }

    #[test]
    fn what_is_no_step_changes_nothing() {
        for text in ["", "0", "0.000", "-1", "1e-8", ".", "x", "0.1.1"] {
            assert_eq!(exponents(text, "1"), (-9, -9), "{text}");
            assert_eq!(exponents("0.00000001", text), (-9, -9), "{text}");
        }
        let tiny = format!("0.{}1", "0".repeat(300));
        assert_eq!(
            exponents(&tiny, "1"),
            (-9, -1),
            "it fits no units there are; the terms say so"
        );
    }
}
