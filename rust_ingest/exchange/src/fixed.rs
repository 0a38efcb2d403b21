//! Money as the venue writes it: decimal strings, held as 64-bit counts of 1e-8.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Decimal places of a [`Fixed`]: the venue's own precision on spot, more than it uses on futures.
pub const DECIMALS: u32 = 8;
/// One, as a [`Fixed`].
pub const ONE: i64 = 100_000_000;

/// A price or a quantity in units of 1e-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed(pub i64);

impl Fixed {
    /// Reads an unsigned decimal such as `61837.63000000`.
    ///
    /// None if it is no number, has a digit other than zero past the eighth decimal, or does not fit.
    pub fn parse(text: &[u8]) -> Option<Fixed> {
        let mut value: i64 = 0;
        let mut decimals: Option<u32> = None;
        let mut digits = 0;
        for &byte in text {
            match byte {
                b'0'..=b'9' if decimals == Some(DECIMALS) => {
                    if byte != b'0' {
                        return None;
                    }
                }
                b'0'..=b'9' => {
                    value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                    digits += 1;
                    decimals = decimals.map(|count| count + 1);
                }
                b'.' if decimals.is_none() => decimals = Some(0),
                _ => return None,
            }
        }
        if digits == 0 {
            return None;
        }
        value
            .checked_mul(10_i64.pow(DECIMALS - decimals.unwrap_or(0)))
            .map(Fixed)
    }

    /// `self * other`, rounded towards zero to 1e-8. None if it does not fit.
    pub fn times(self, other: Fixed) -> Option<Fixed> {
        i64::try_from(i128::from(self.0) * i128::from(other.0) / i128::from(ONE))
            .ok()
            .map(Fixed)
    }

    /// `self / other`, rounded towards zero to 1e-8. None if it does not fit or `other` is zero.
    pub fn over(self, other: Fixed) -> Option<Fixed> {
        let quotient = (i128::from(self.0) * i128::from(ONE)).checked_div(i128::from(other.0))?;
        i64::try_from(quotient).ok().map(Fixed)
    }

    /// Whether this is a whole number of `step`s.
    pub fn is_multiple_of(self, step: Fixed) -> bool {
        step.0 == 0 || self.0 % step.0 == 0
    }

    /// Decimal places that are needed to write this without loss.
    pub fn decimals_needed(self) -> u32 {
        let mut value = self.0;
        let mut decimals = DECIMALS;
        while decimals > 0 && value % 10 == 0 {
            value /= 10;
            decimals -= 1;
        }
        decimals
    }

    /// Writes it with `decimals` places (at most eight); further places are cut off.
    pub fn text(self, decimals: u32) -> FixedText {
        FixedText {
            value: self,
            decimals: decimals.min(DECIMALS),
        }
    }
}

/// A [`Fixed`] with the number of places to be written.
#[derive(Clone, Copy, Debug)]
pub struct FixedText {
    value: Fixed,
    decimals: u32,
}

impl fmt::Display for FixedText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.value.0 < 0 { "-" } else { "" };
        let magnitude = self.value.0.unsigned_abs();
        let whole = magnitude / ONE as u64;
        if self.decimals == 0 {
            return write!(out, "{sign}{whole}");
        }
        let fraction = magnitude % ONE as u64 / 10_u64.pow(DECIMALS - self.decimals);
        write!(out, "{sign}{whole}.{fraction:0width$}", width = self.decimals as usize)
    }
}

impl<'de> Deserialize<'de> for Fixed {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct DecimalText;
        impl Visitor<'_> for DecimalText {
            type Value = Fixed;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an unsigned decimal in a string, of at most eight places")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Fixed, E> {
                Fixed::parse(text.as_bytes()).ok_or_else(|| E::custom("no decimal of eight places"))
            }
        }
        input.deserialize_str(DecimalText)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_what_the_venue_writes() {
        for (text, decimals) in [
            ("61837.63000000", 8),
            ("61800.20", 2),
            ("0.014", 3),
            ("0.00000001", 8),
            ("7", 0),
        ] {
            assert_eq!(Fixed::parse(text.as_bytes()).unwrap().text(decimals).to_string(), text);
        }
    }

    #[test]
    fn refuses_what_would_be_rounded_or_is_no_number() {
        for text in ["", ".", "1.2.3", "-1", "1e5", "0.000000001", "92233720368.54775808"] {
            assert_eq!(Fixed::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Fixed::parse(b"0.1000000000"), Some(Fixed(ONE / 10)));
    }

    #[test]
    fn multiplies_and_divides_towards_zero() {
        assert_eq!(Fixed(3).times(Fixed(ONE / 2)), Some(Fixed(1)));
        assert_eq!(Fixed(i64::MAX).times(Fixed(2 * ONE)), None);
        assert_eq!(Fixed(ONE).over(Fixed(3 * ONE)), Some(Fixed(33_333_333)));
        assert_eq!(Fixed(ONE).over(Fixed(0)), None);
    }

    #[test]
    fn writes_a_negative_fraction_with_its_sign() {
        assert_eq!(Fixed(-ONE / 2).text(3).to_string(), "-0.500");
    }
}
