//! Runs of ASCII digits, eight at a time in one 64-bit word.

const ASCII_ZEROS: u64 = 0x3030_3030_3030_3030;

/// Up to eight digits at a position.
#[derive(Clone, Copy)]
pub(crate) struct DigitRun {
    /// Digit values 0..=9, first digit in the lowest byte; zero where no digit is.
    values: u64,
    /// How many digits lead, 0..=8.
    pub length: u32,
}

impl DigitRun {
    /// Reads the digits at `position`; bytes past the end count as no digit.
    #[inline(always)]
    pub fn at(bytes: &[u8], position: usize) -> Self {
        let word = load(bytes, position) ^ ASCII_ZEROS;
        // A byte above 9 gets its top bit set. A carry can only spoil bytes after the first such byte.
        let others = (word.wrapping_add(0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080;
        let length = others.trailing_zeros() / 8;
        let kept = if length == 8 { u64::MAX } else { (1 << (8 * length)) - 1 };
        Self {
            values: word & kept,
            length,
        }
    }

    /// The digits as an integer: `42` is 42.
    #[inline(always)]
    pub fn integer(self) -> u64 {
        if self.length == 0 {
            0
        } else {
            eight_digits(self.values << (64 - 8 * self.length))
        }
    }

    /// The digits as a fraction in units of 1e-8: `42` is 42,000,000.
    #[inline(always)]
    pub fn fraction_e8(self) -> u64 {
        eight_digits(self.values)
    }
}

#[inline(always)]
fn load(bytes: &[u8], position: usize) -> u64 {
    match bytes.get(position..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_tail(bytes, position),
    }
}

/// Near the end of the text.
fn load_tail(bytes: &[u8], position: usize) -> u64 {
    let tail = bytes.get(position..).unwrap_or_default();
    match bytes.last_chunk::<8>() {
        Some(_) if tail.is_empty() => 0,
        Some(last) => u64::from_le_bytes(*last) >> (64 - 8 * tail.len()),
        None => tail.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Joins neighbours: digits to pairs, pairs to fours, fours to eight.
#[inline(always)]
fn eight_digits(values: u64) -> u64 {
    let pairs = (values.wrapping_mul(1 + (10 << 8)) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(1 + (100 << 16)) >> 16) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(1 + (10_000 << 32)) >> 32
}

pub(crate) const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1_u64; 20];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// Reads an unsigned integer of at least one digit: its value, or `None` on overflow, and the position after it.
#[inline(always)]
pub(crate) fn unsigned(bytes: &[u8], position: usize) -> (Option<u64>, usize) {
    let first = DigitRun::at(bytes, position);
    if first.length < 8 {
        return (Some(first.integer()), position + first.length as usize);
    }
    let second = DigitRun::at(bytes, position + 8);
    let value = first.integer() * POWERS_OF_TEN[second.length as usize] + second.integer();
    let end = position + 8 + second.length as usize;
    if second.length < 8 {
        (Some(value), end)
    } else {
        long_unsigned(bytes, value, end)
    }
}

#[cold]
fn long_unsigned(bytes: &[u8], leading: u64, position: usize) -> (Option<u64>, usize) {
    let mut value = Some(leading);
    let mut position = position;
    while let Some(digit @ b'0'..=b'9') = bytes.get(position) {
        value = value.and_then(|v| v.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        position += 1;
    }
    (value, position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_integers_of_every_length() {
        for text in [
            "7",
            "42",
            "1234567",
            "12345678",
            "123456789",
            "1723161255208",
            "18446744073709551615",
        ] {
            for suffix in ["", ",", "\",\"more"] {
                let padded = format!("{text}{suffix}");
                assert_eq!(
                    unsigned(padded.as_bytes(), 0),
                    (text.parse().ok(), text.len()),
                    "{padded}"
                );
            }
        }
    }

    #[test]
    fn overflow_is_told_and_still_consumed() {
        assert_eq!(unsigned(b"18446744073709551616,", 0), (None, 20));
        assert_eq!(unsigned(&[b'9'; 64], 0), (None, 64));
    }

    #[test]
    fn every_other_byte_ends_a_run() {
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
            let run = DigitRun::at(&[b'1', b'2', byte, b'9', byte, b'9', b'9', b'9'], 0);
            assert_eq!(
                (run.length, run.integer(), run.fraction_e8()),
                (2, 12, 12_000_000),
                "{byte}"
            );
        }
    }
}
