//! Whole ticks and lots without a division.

/// A positive size of which numbers must be multiples.
///
/// Exact division by multiplication (Hacker's Delight, 10-17): size = odd * 2^shift; a multiple times the inverse of `odd`
/// modulo 2^64, rotated right by `shift`, is its quotient, and what is no multiple ends above every quotient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    size: i64,
    inverse: u64,
    shift: u32,
    quotient_max: u64,
}

impl Step {
    /// `size` is positive.
    pub(super) fn new(size: i64) -> Self {
        let shift = size.trailing_zeros();
        let odd = size.cast_unsigned() >> shift;
        // Newton: odd is its own inverse modulo 8, and each round doubles the bits that are right.
        let mut inverse = odd;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        Self {
            size,
            inverse,
            shift,
            quotient_max: u64::MAX / size.cast_unsigned(),
        }
    }

    #[inline]
    pub(super) fn size(&self) -> i64 {
        self.size
    }

    /// How many steps a positive number is; none if it is not positive or not whole.
    #[inline]
    pub(super) fn count(&self, number: i64) -> Option<i64> {
        if number <= 0 {
            return None;
        }
        let quotient = self.exact(number);
        (quotient.cast_unsigned() <= self.quotient_max).then_some(quotient)
    }

    /// How many steps a whole number is.
    #[inline]
    pub(super) fn exact(&self, number: i64) -> i64 {
        let product = number.cast_unsigned().wrapping_mul(self.inverse);
        product.rotate_right(self.shift).cast_signed()
    }

    /// How many whole steps go into a number that is not negative.
    pub(super) fn floor(&self, number: i64) -> i64 {
        number / self.size
    }

    /// How many steps reach a number that is not negative.
    pub(super) fn ceil(&self, number: i64) -> i64 {
        number / self.size + i64::from(number % self.size != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_like_a_division() {
        let numbers = [
            1,
            2,
            3,
            5,
            6,
            7,
            10,
            12,
            25,
            96,
            1_000,
            4_096,
            999_999_937,
            i64::MAX / 3 * 3,
            i64::MAX - 1,
            i64::MAX,
        ];
        for size in numbers {
            let step = Step::new(size);
            for number in numbers
                .into_iter()
                .chain(numbers.map(|number| number.wrapping_mul(size)))
                .chain(-3..100)
            {
                let expected = (number > 0 && number % size == 0).then(|| number / size);
                assert_eq!(step.count(number), expected, "{number} in steps of {size}");
                if let Some(steps) = expected {
                    assert_eq!(step.exact(number), steps);
                }
            }
        }
    }
}
