//! Numbers that a venue writes without quotes, exactly.

use super::{ScanError, Scanner};
use crate::fixed::{FixedError, Scale};

impl<'a> Scanner<'a> {
    /// An unquoted number from zero up, counted in units of `scale`: `45285.2`, `0.00100000`, `5e-8`.
    #[inline(always)]
    pub fn number(&mut self, scale: Scale) -> Result<i64, ScanError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            self.white_space();
        }
        let bytes = self.text.as_bytes();
        let start = self.position;
        let has_leading_zero = matches!(bytes.get(start..start + 2), Some([b'0', b'0'..=b'9']));
        if let Ok((value @ 0.., end)) = scale.read(bytes, start)
            && !has_leading_zero
            && !matches!(bytes.get(end), Some(b'e' | b'E'))
        {
            self.position = end;
            return Ok(value);
        }
        self.any_number(scale)
    }

    /// The same for powers of ten, and for what is refused.
    #[cold]
    fn any_number(&mut self, scale: Scale) -> Result<i64, ScanError> {
        let start = self.position;
        let text = self.number_text()?;
        let refused = |source| ScanError::Fixed {
            position: start,
            source,
        };
        let (mantissa, power) = match text.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.parse::<i8>().ok()),
            None => (text, Some(0)),
        };
        let exponent = scale.exponent();
        let unit = power.and_then(|power| Scale::new(exponent.checked_sub(power)?));
        let value = match unit {
            Some(unit) => unit
                .parse(mantissa)
                .map_err(|error| refused(in_units_of(exponent, error)))?,
            None if mantissa.bytes().all(|byte| matches!(byte, b'0' | b'.')) => 0,
            None if text.contains("e-") || text.contains("E-") => {
                return Err(refused(FixedError::TooFine { exponent }));
            }
            None => return Err(refused(FixedError::TooLarge { exponent })),
        };
        if value < 0 {
            return Err(refused(FixedError::Negative));
        }
        Ok(value)
    }

    /// An integer from 0 to 2^63 - 1, in quotes or without.
    #[inline]
    pub fn integer_or_quoted(&mut self) -> Result<i64, ScanError> {
        let mut quoted = self.clone();
        quoted.white_space();
        if !quoted.accept("\"") {
            return self.integer();
        }
        let start = quoted.position();
        let value = quoted.integer()?;
        let is_bare = quoted.since(start).starts_with(|first: char| first.is_ascii_digit());
        if !is_bare || !quoted.accept("\"") {
            return Err(ScanError::Expected {
                position: start,
                expected: "an integer in quotes",
            });
        }
        *self = quoted;
        Ok(value)
    }

    /// A number as it is written.
    pub fn number_text(&mut self) -> Result<&'a str, ScanError> {
        self.white_space();
        let start = self.position;
        self.skip_number()?;
        Ok(self.since(start))
    }
}

/// The same error in the caller's units, not in those of the mantissa.
fn in_units_of(exponent: i8, error: FixedError) -> FixedError {
    match error {
        FixedError::TooFine { .. } => FixedError::TooFine { exponent },
        FixedError::TooLarge { .. } => FixedError::TooLarge { exponent },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::NANO;

    fn number(text: &str) -> Result<i64, ScanError> {
        let mut scanner = Scanner::new(text);
        let value = scanner.number(NANO)?;
        scanner.end()?;
        Ok(value)
    }

    #[test]
    fn reads_every_form_of_a_number() {
        for (text, expected) in [
            ("45285.2", 45_285_200_000_000),
            ("0.00100000", 1_000_000),
            (" 7", 7_000_000_000),
            ("0", 0),
            ("5e-8", 50),
            ("1.25E+2", 125_000_000_000),
            ("0e99", 0),
        ] {
            assert_eq!(number(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn integers_with_and_without_quotes() {
        let integer = |text: &str| {
            let mut scanner = Scanner::new(text);
            let value = scanner.integer_or_quoted()?;
            scanner.end()?;
            Ok::<i64, ScanError>(value)
        };
        assert_eq!(
            (integer("12"), integer("\"12\""), integer("\"0\"")),
            (Ok(12), Ok(12), Ok(0))
        );
        assert_eq!(
            (integer(" 12"), integer(" \"12\"")),
            (Ok(12), Ok(12)),
            "JSON may have spaces"
        );
        for text in ["\"\"", "\" 1\"", "\"1 \"", "\"1", "\"-1\"", "\"1.5\"", "1\""] {
            assert!(integer(text).is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest_with_its_position() {
        let fixed = |position, source| Err(ScanError::Fixed { position, source });
        assert_eq!(number("-1"), fixed(0, FixedError::Negative));
        assert_eq!(number(" 5e-10"), fixed(1, FixedError::TooFine { exponent: -9 }));
        assert_eq!(number("5e-99"), fixed(0, FixedError::TooFine { exponent: -9 }));
        assert_eq!(number("1e99"), fixed(0, FixedError::TooLarge { exponent: -9 }));
        assert_eq!(number("1e999"), fixed(0, FixedError::TooLarge { exponent: -9 }));
        for text in ["", "\"1\"", "01", "1.", ".5", "1e", "NaN", "+1", "1x"] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
