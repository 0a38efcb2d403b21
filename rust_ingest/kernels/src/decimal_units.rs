//! Decimal text to an instrument's units, exactly.

/// A positive decimal as people write it: `0.001`, `12`. No sign, exponent or grouping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecimalText {
    text: String,
    /// The value counts `10^-places`; at most 38 digits.
    digits: i128,
    places: i32,
}

impl DecimalText {
    /// `None` for what is not a positive decimal of at most 38 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let all = format!("{whole}{fraction}");
        if whole.is_empty() || all.len() > 38 || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = all.parse().ok().filter(|digits: &i128| *digits > 0)?;
        Some(Self {
            text: text.to_owned(),
            digits,
            places: fraction.len() as i32,
        })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value as a count of `10^exponent`; `None` if it is no whole count, or does not fit.
    pub fn units(&self, exponent: i32) -> Option<i64> {
        self.wide_units(exponent).and_then(|units| i64::try_from(units).ok())
    }

    /// The same in 128 bits.
    pub fn wide_units(&self, exponent: i32) -> Option<i128> {
        let shift = -self.places - exponent;
        let power = 10i128.checked_pow(shift.unsigned_abs())?;
        match shift >= 0 {
            true => self.digits.checked_mul(power),
            false => (self.digits % power == 0).then(|| self.digits / power),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_or_nothing() {
        let units = |text, exponent| DecimalText::parse(text).and_then(|decimal| decimal.units(exponent));
        assert_eq!(units("0.001", -9), Some(1_000_000));
        assert_eq!(units("12", 0), Some(12));
        assert_eq!(units("1500", 3), None, "half a unit");
        assert_eq!(units("0.0010", -3), Some(1));
        assert_eq!(units("99999999999", -9), None, "more than 64 bits");
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "0", "0.0", "1_000", "١"] {
            assert_eq!(DecimalText::parse(text), None, "{text}");
        }
    }
}
