//! What a column may count in.

pub(super) trait Number: Copy + PartialOrd {
    const ZERO: Self;

    fn is_finite(self) -> bool;

    /// The sum in order of numbers that are not negative, from `self` on; or the place of the one that does not fit.
    fn plus_all(self, others: &[Self]) -> Result<Self, usize>;
}

impl Number for i64 {
    const ZERO: Self = 0;

    #[inline]
    fn is_finite(self) -> bool {
        true
    }

    #[inline]
    fn plus_all(mut self, others: &[Self]) -> Result<Self, usize> {
        for (place, other) in others.iter().enumerate() {
            self = self.checked_add(*other).ok_or(place)?;
        }
        Ok(self)
    }
}

impl Number for f64 {
    const ZERO: Self = 0.0;

    #[inline]
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }

    #[inline]
    fn plus_all(self, others: &[Self]) -> Result<Self, usize> {
        // What is infinite stays so: asking once is enough.
        let total = others.iter().fold(self, |total, other| total + other);
        if f64::is_finite(total) {
            return Ok(total);
        }
        let mut total = self;
        let is_beyond = |other: &f64| {
            total += other;
            !f64::is_finite(total)
        };
        Err(others.iter().position(is_beyond).unwrap_or(0))
    }
}
