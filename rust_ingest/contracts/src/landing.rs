//! One record as one row of its landing table, in ClickHouse's RowBinary format.

use thiserror::Error;

/// The kind of a row that stands for a record which cannot be written as one.
pub const UNDECODABLE: &str = "Undecodable";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LandingError {
    #[error("a {kind} does not belong into table {table}")]
    WrongTable { table: &'static str, kind: &'static str },
    #[error("column {column}: exponent {exponent} is outside what its Decimal holds ({least} to 0)")]
    Exponent {
        column: &'static str,
        exponent: i32,
        least: i32,
    },
}

/// Where a record stands in the log.
#[derive(Debug, Clone, Copy)]
pub struct RowMeta<'m> {
    pub topic: &'m str,
    pub partition: i32,
    pub offset: i64,
    /// Kafka's timestamp.
    pub timestamp_ms: i64,
    /// Header `produced_ns`.
    pub produced_ns: Option<i64>,
}

/// Appends the values of one row.
pub(crate) struct Row<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Row<'o> {
    pub fn new(meta: &RowMeta<'_>, kind: &str, out: &'o mut Vec<u8>) -> Self {
        let mut row = Self { out };
        row.text(meta.topic.as_bytes());
        row.int32(meta.partition);
        row.int64(meta.offset);
        row.int64(meta.timestamp_ms);
        match meta.produced_ns {
            None => row.null(),
            Some(produced_ns) => {
                row.some();
                row.int64(produced_ns);
            }
        }
        row.text(kind.as_bytes());
        row
    }

    pub fn null(&mut self) {
        self.out.push(1);
    }

    pub fn some(&mut self) {
        self.out.push(0);
    }

    pub fn bool(&mut self, value: bool) {
        self.out.push(u8::from(value));
    }

    pub fn int32(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    pub fn int64(&mut self, value: i64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    pub fn float64(&mut self, value: f64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// LEB128, as RowBinary counts bytes and items.
    pub fn length(&mut self, mut length: usize) {
        while length >= 0x80 {
            self.out.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.out.push(length as u8);
    }

    pub fn text(&mut self, value: &[u8]) {
        self.length(value.len());
        self.out.extend_from_slice(value);
    }

    pub fn zero<const WIDTH: usize>(&mut self) {
        self.out.extend_from_slice(&[0; WIDTH]);
    }

    /// `count * 10^exponent` as `Decimal(38, 18)`: at most 2^63 * 10^18 < 10^38.
    pub fn money(&mut self, count: i64, exponent: i32, column: &'static str) -> Result<(), LandingError> {
        let scale = power_of_ten(18, exponent, column)?;
        self.out
            .extend_from_slice(&(i128::from(count) * scale as i128).to_le_bytes());
        Ok(())
    }

    /// `count * 10^exponent` as `Decimal(76, 36)`: at most 2^127 * 10^36 < 10^76, in 256 bits.
    pub fn wide_money(&mut self, count: i128, exponent: i32, column: &'static str) -> Result<(), LandingError> {
        let scale = power_of_ten(36, exponent, column)?;
        let mut limbs = widening_product(count.unsigned_abs(), scale);
        if count < 0 {
            negate(&mut limbs);
        }
        for limb in limbs {
            self.out.extend_from_slice(&limb.to_le_bytes());
        }
        Ok(())
    }
}

/// `10^(digits + exponent)`, for `digits` after the point.
fn power_of_ten(digits: i32, exponent: i32, column: &'static str) -> Result<u128, LandingError> {
    if !(-digits..=0).contains(&exponent) {
        return Err(LandingError::Exponent {
            column,
            exponent,
            least: -digits,
        });
    }
    Ok(10u128.pow((digits + exponent) as u32))
}

/// `a * b` in 256 bits, least significant limb first.
fn widening_product(a: u128, b: u128) -> [u64; 4] {
    let parts = |value: u128| [value as u64, (value >> 64) as u64];
    let (a, b) = (parts(a), parts(b));
    let mut limbs = [0u64; 4];
    for i in 0..2 {
        let mut carry = 0u128;
        for j in 0..2 {
            let sum = u128::from(a[i]) * u128::from(b[j]) + u128::from(limbs[i + j]) + carry;
            limbs[i + j] = sum as u64;
            carry = sum >> 64;
        }
        limbs[i + 2] = carry as u64;
    }
    limbs
}

fn negate(limbs: &mut [u64; 4]) {
    let mut carry = true;
    for limb in limbs {
        (*limb, carry) = (!*limb).overflowing_add(u64::from(carry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_money_is_exact_at_its_bounds() {
        let mut out = Vec::new();
        let mut row = Row { out: &mut out };
        row.wide_money(-1, 0, "notional").unwrap();
        row.wide_money(i128::MAX, -36, "notional").unwrap();
        // -10^36 in two's complement over 256 bits, low half first.
        assert_eq!(out[..16], (-10i128.pow(36)).to_le_bytes());
        assert_eq!(out[16..32], [0xff; 16]);
        assert_eq!(out[32..48], i128::MAX.to_le_bytes());
        assert_eq!(out[48..64], [0; 16]);
    }

    #[test]
    fn an_exponent_outside_the_decimal_is_refused() {
        let mut out = Vec::new();
        let refused = Row { out: &mut out }.money(1, -19, "price");
        assert_eq!(
            refused,
            Err(LandingError::Exponent {
                column: "price",
                exponent: -19,
                least: -18
            })
        );
    }
}
