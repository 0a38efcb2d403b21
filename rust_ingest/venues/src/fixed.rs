//! Decimal text to a 64-bit count of `10^exponent`: exact, or an error; never a rounding.

use serde::{Deserialize, Serialize};

use crate::digits::{DigitRun, POWERS_OF_TEN};

/// Why a decimal is not a count of `10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FixedError {
    #[error("not a decimal number")]
    NotADecimal,
    #[error("more decimals than units of 1e{exponent} hold: the instrument needs a finer exponent")]
    TooFine { exponent: i8 },
    #[error("too large for 64 bits in units of 1e{exponent}: the instrument needs a coarser exponent")]
    TooLarge { exponent: i8 },
    #[error("negative, where the venue only has amounts from zero up")]
    Negative,
}

/// Units that a decimal is counted in; written as their exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i8", into = "i8")]
pub struct Scale {
    exponent: i8,
    /// What turns a count of 1e-8 into a count of units; 1 where units are coarser.
    units_per_e8: u64,
    /// How many 1e-8 a unit has; 1 where units are finer, 0 where they are coarser than 1.
    e8_per_unit: i64,
}

/// Prices and quantities are usually counted in 1e-9.
pub const NANO: Scale = Scale::of(-9);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("exponent {0} is not within -18..=18")]
pub struct ExponentOutOfRange(i8);

impl TryFrom<i8> for Scale {
    type Error = ExponentOutOfRange;

    fn try_from(exponent: i8) -> Result<Self, Self::Error> {
        Self::new(exponent).ok_or(ExponentOutOfRange(exponent))
    }
}

impl From<Scale> for i8 {
    fn from(scale: Scale) -> Self {
        scale.exponent
    }
}

const EXPONENT_RANGE: std::ops::RangeInclusive<i8> = -18..=18;

impl Scale {
    /// Units of `10^exponent`; `None` unless the exponent is within -18..=18.
    pub fn new(exponent: i8) -> Option<Self> {
        EXPONENT_RANGE.contains(&exponent).then(|| Self::of(exponent))
    }

    const fn of(exponent: i8) -> Self {
        let (units_per_e8, e8_per_unit) = match exponent {
            ..=-8 => (POWERS_OF_TEN[(-8 - exponent) as usize], 1),
            -7..=0 => (1, POWERS_OF_TEN[(exponent + 8) as usize] as i64),
            _ => (1, 0),
        };
        Self {
            exponent,
            units_per_e8,
            e8_per_unit,
        }
    }

    pub const fn exponent(self) -> i8 {
        self.exponent
    }

    /// Reads all of `text`: an optional minus, digits, optionally a dot and digits.
    pub fn parse(self, text: &str) -> Result<i64, FixedError> {
        match self.read(text.as_bytes(), 0)? {
            (value, end) if end == text.len() => Ok(value),
            _ => Err(FixedError::NotADecimal),
        }
    }

    /// Reads the decimal at `position`: its value and the position after it.
    #[inline(always)]
    pub(crate) fn read(self, bytes: &[u8], position: usize) -> Result<(i64, usize), FixedError> {
        let whole = DigitRun::at(bytes, position);
        if matches!(whole.length, 1..=7) {
            let dot = position + whole.length as usize;
            let count_e8 = whole.integer() * POWERS_OF_TEN[8];
            if bytes.get(dot) != Some(&b'.') {
                if let Some(value) = self.of_e8(count_e8) {
                    return Ok((value, dot));
                }
            } else {
                let fraction = DigitRun::at(bytes, dot + 1);
                let end = dot + 1 + fraction.length as usize;
                let ends_here = fraction.length < 8 || !matches!(bytes.get(end), Some(b'0'..=b'9'));
                if fraction.length > 0
                    && ends_here
                    && let Some(value) = self.of_e8(count_e8 + fraction.fraction_e8())
                {
                    return Ok((value, end));
                }
            }
        }
        self.read_any(bytes, position)
    }

    /// Of a count of 1e-8; None where it is no count of units, and where only the long way may tell.
    #[inline(always)]
    fn of_e8(self, count_e8: u64) -> Option<i64> {
        let value = i64::try_from(count_e8.checked_mul(self.units_per_e8)?).ok()?;
        match self.e8_per_unit {
            1 => Some(value),
            0 => None,
            divisor => (value % divisor == 0).then(|| value / divisor),
        }
    }

    /// The same for every form: signed, without a dot, of any length.
    fn read_any(self, bytes: &[u8], position: usize) -> Result<(i64, usize), FixedError> {
        let negative = bytes.get(position) == Some(&b'-');
        let start = position + usize::from(negative);
        let whole = digits_at(bytes, start);
        if whole.is_empty() {
            return Err(FixedError::NotADecimal);
        }
        let mut end = start + whole.len();
        let mut fraction: &[u8] = &[];
        if bytes.get(end) == Some(&b'.') {
            fraction = digits_at(bytes, end + 1);
            if fraction.is_empty() {
                return Err(FixedError::NotADecimal);
            }
            end += 1 + fraction.len();
        }
        let value = self.count(negative, whole, fraction)?;
        Ok((value, end))
    }

    /// Adds up digits from the highest place down to the unit's; what lies below must be zeros.
    fn count(self, negative: bool, whole: &[u8], fraction: &[u8]) -> Result<i64, FixedError> {
        let places = whole.len() as i64;
        let unit_place = places - i64::from(self.exponent);
        let mut value: i64 = 0;
        let mut place = 0;
        for digit in whole.iter().chain(fraction).map(|byte| i64::from(byte - b'0')) {
            if place >= unit_place {
                if digit != 0 {
                    return Err(FixedError::TooFine {
                        exponent: self.exponent,
                    });
                }
            } else {
                value = self.push(value, if negative { -digit } else { digit })?;
            }
            place += 1;
        }
        while place < unit_place && value != 0 {
            value = self.push(value, 0)?;
            place += 1;
        }
        Ok(value)
    }

    fn push(self, value: i64, digit: i64) -> Result<i64, FixedError> {
        value
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(digit))
            .ok_or(FixedError::TooLarge {
                exponent: self.exponent,
            })
    }
}

fn digits_at(bytes: &[u8], start: usize) -> &[u8] {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    &rest[..length]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn trailing_zeros_beyond_the_exponent_are_fine() {
        assert_eq!(Scale::of(-3).parse("1.50000000"), Ok(1_500));
        assert_eq!(NANO.parse("0.000000001000000000000"), Ok(1));
        assert_eq!(Scale::of(2).parse("4200.000"), Ok(42));
    }

    #[test]
    fn a_lost_digit_is_an_error() {
        assert_eq!(NANO.parse("0.0000000001"), Err(FixedError::TooFine { exponent: -9 }));
        assert_eq!(Scale::of(2).parse("4201"), Err(FixedError::TooFine { exponent: 2 }));
        assert_eq!(Scale::of(2).parse("7"), Err(FixedError::TooFine { exponent: 2 }));
    }

    #[test]
    fn the_64_bit_edge() {
        assert_eq!(NANO.parse("9223372036.854775807"), Ok(i64::MAX));
        assert_eq!(NANO.parse("-9223372036.854775808"), Ok(i64::MIN));
        assert_eq!(
            NANO.parse("9223372036.854775808"),
            Err(FixedError::TooLarge { exponent: -9 })
        );
        assert_eq!(NANO.parse("46116860414.00"), Err(FixedError::TooLarge { exponent: -9 }));
        assert_eq!(Scale::of(-18).parse("9.3"), Err(FixedError::TooLarge { exponent: -18 }));
    }

    #[test]
    fn what_is_no_decimal() {
        for text in [
            "", "-", ".", ".5", "5.", "1e3", "+1", "1.2.3", " 1", "1 ", "0x1", "NaN", "--1", "1,5",
        ] {
            assert_eq!(NANO.parse(text), Err(FixedError::NotADecimal), "{text:?}");
        }
    }

    #[test]
    fn scales_outside_64_bits_do_not_exist() {
        assert_eq!(Scale::new(-19), None);
        assert_eq!(Scale::new(19), None);
        assert_eq!(Scale::new(-9), Some(NANO));
    }

    proptest! {
        /// Against plain 128-bit arithmetic, on every form of a decimal.
        #[test]
        fn equals_wide_arithmetic(
            sign in "-?", whole in "[0-9]{1,17}", fraction in "(\\.[0-9]{1,17})?", exponent in -18_i8..=18,
        ) {
            let text = format!("{sign}{whole}{fraction}");
            let decimals = fraction.len().saturating_sub(1);
            let mantissa: i128 = format!("{sign}{whole}{}", &fraction[fraction.len().min(1)..]).parse().unwrap();
            let shift = -i32::from(exponent) - decimals as i32;
            let exact = if shift >= 0 {
                mantissa.checked_mul(10_i128.pow(shift as u32))
            } else {
                let divisor = 10_i128.pow(-shift as u32);
                (mantissa % divisor == 0).then_some(mantissa / divisor)
            };
            let expected = exact.and_then(|value| i64::try_from(value).ok());
            prop_assert_eq!(Scale::of(exponent).parse(&text).ok(), expected, "{}", text);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40), position in 0_usize..50) {
            let _ = NANO.read(&bytes, position);
        }
    }
}
