//! The Avro binary encoding, for the types that our schemas use.
//!
//! Source: Apache Avro 1.12 specification, "Binary Encoding". Decoding borrows strings and bytes from the message.

use thiserror::Error;

/// Why bytes are not the value that they should be; `at` counts bytes from the start of the Avro body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecodeError {
    #[error("the value ends early, at byte {at}")]
    Truncated { at: usize },
    #[error("a number at byte {at} does not fit its type")]
    Overflow { at: usize },
    #[error("a length at byte {at} is negative or longer than the message")]
    BadLength { at: usize },
    #[error("a string at byte {at} is not UTF-8")]
    BadUtf8 { at: usize },
    #[error("byte {at} selects branch or symbol {index}, which the schema does not have")]
    BadIndex { at: usize, index: i64 },
    #[error("{count} bytes are left over from byte {at} on")]
    TrailingBytes { at: usize, count: usize },
}

/// The bit of each byte that is not set in a number's last one.
const ENDS: u64 = 0x8080_8080_8080_8080;

/// The low seven bits of each of eight bytes, side by side.
#[inline]
fn packed(word: u64) -> u64 {
    let pairs = (word & 0x007f_007f_007f_007f) | ((word & 0x7f00_7f00_7f00_7f00) >> 1);
    let fours = (pairs & 0x0000_3fff_0000_3fff) | ((pairs & 0x3fff_0000_3fff_0000) >> 2);
    (fours & 0x0fff_ffff) | ((fours & 0x0fff_ffff_0000_0000) >> 4)
}

/// A position in a message that is being decoded.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    /// Fails unless everything was read.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            count => Err(DecodeError::TrailingBytes { at: self.at, count }),
        }
    }

    #[inline]
    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or(DecodeError::Truncated { at: self.at })?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    // Into each field's place: a record is numbers for the most part, and a call would cost what reading one does.
    #[inline(always)]
    fn varint(&mut self) -> Result<u64, DecodeError> {
        let rest = &self.bytes[self.at..];
        match rest {
            [byte, ..] if *byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(*byte))
            }
            // Prices take 8 bytes and times 9: read as one word they cost what a short number does.
            [a, b, c, d, e, f, g, h, ninth, ..] => {
                let word = u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
                let ends = !word & ENDS;
                if ends != 0 {
                    self.at += ends.trailing_zeros() as usize / 8 + 1;
                    return Ok(packed(word & (ends ^ (ends - 1))));
                }
                if *ninth < 0x80 {
                    self.at += 9;
                    return Ok(packed(word) | u64::from(*ninth) << 56);
                }
                self.varint_by_bytes()
            }
            _ => self.varint_by_bytes(),
        }
    }

    #[cold]
    fn varint_by_bytes(&mut self) -> Result<u64, DecodeError> {
        let start = self.at;
        let mut value = 0u64;
        for (count, &byte) in self.bytes[start..].iter().enumerate() {
            let shift = 7 * count as u32;
            if shift == 63 && byte > 1 {
                return Err(DecodeError::Overflow { at: start });
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                self.at = start + count + 1;
                return Ok(value);
            }
        }
        Err(DecodeError::Truncated { at: start })
    }

    #[inline(always)]
    pub(crate) fn long(&mut self) -> Result<i64, DecodeError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    #[inline]
    fn length(&mut self) -> Result<usize, DecodeError> {
        let at = self.at;
        let length = self.long()?;
        usize::try_from(length)
            .ok()
            .filter(|length| *length <= self.bytes.len() - self.at)
            .ok_or(DecodeError::BadLength { at })
    }
}

/// A type with an Avro encoding.
pub trait Avro<'a>: Sized {
    fn encode(&self, out: &mut Vec<u8>);
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError>;
}

#[inline]
pub(crate) fn write_long(value: i64, out: &mut Vec<u8>) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

impl Avro<'_> for i64 {
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) {
        write_long(*self, out);
    }
    #[inline]
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.long()
    }
}

impl Avro<'_> for i32 {
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) {
        write_long(i64::from(*self), out);
    }
    #[inline]
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let at = reader.at;
        i32::try_from(reader.long()?).map_err(|_| DecodeError::Overflow { at })
    }
}

impl Avro<'_> for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let at = reader.at;
        match reader.take(1)?[0] {
            0 => Ok(false),
            1 => Ok(true),
            index => Err(DecodeError::BadIndex {
                at,
                index: i64::from(index),
            }),
        }
    }
}

impl Avro<'_> for f64 {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(reader.take(8)?);
        Ok(f64::from_le_bytes(bytes))
    }
}

/// `tapeflow.Int128`: a fixed of 16 bytes, big-endian two's complement.
impl Avro<'_> for i128 {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_be_bytes());
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(reader.take(16)?);
        Ok(i128::from_be_bytes(bytes))
    }
}

impl<'a> Avro<'a> for &'a str {
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_bytes().encode(out);
    }
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let at = reader.at;
        std::str::from_utf8(<&[u8]>::decode(reader)?).map_err(|_| DecodeError::BadUtf8 { at })
    }
}

impl<'a> Avro<'a> for &'a [u8] {
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) {
        write_long(self.len() as i64, out);
        out.extend_from_slice(self);
    }
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        reader.take(length)
    }
}

/// `["null", T]`.
impl<'a, T: Avro<'a>> Avro<'a> for Option<T> {
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(2);
                value.encode(out);
            }
        }
    }
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let at = reader.at;
        match reader.long()? {
            0 => Ok(None),
            1 => Ok(Some(T::decode(reader)?)),
            index => Err(DecodeError::BadIndex { at, index }),
        }
    }
}

/// Written as one block, as fastavro does; read in any number of blocks, with or without their sizes in bytes.
impl<'a, T: Avro<'a>> Avro<'a> for Vec<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        if !self.is_empty() {
            write_long(self.len() as i64, out);
            for item in self {
                item.encode(out);
            }
        }
        out.push(0);
    }
    fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut items = Vec::new();
        loop {
            let at = reader.at;
            let mut count = reader.long()?;
            if count == 0 {
                return Ok(items);
            }
            if count < 0 {
                count = count.checked_neg().ok_or(DecodeError::BadLength { at })?;
                reader.length()?;
            }
            // Every item of our schemas takes at least a byte: a larger count is a lie, and must not reserve memory.
            let count = usize::try_from(count)
                .ok()
                .filter(|count| *count <= reader.bytes.len() - reader.at);
            let count = count.ok_or(DecodeError::BadLength { at })?;
            items.reserve(count);
            for _ in 0..count {
                items.push(T::decode(reader)?);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_are_read_back_wherever_they_stand() {
        let edges = (0..64).flat_map(|bit| [(1i64 << bit).wrapping_sub(1), 1i64 << bit, !(1i64 << bit)]);
        for number in edges {
            let mut bytes = Vec::new();
            write_long(number, &mut bytes);
            let length = bytes.len();
            for follows in 0..12 {
                bytes.resize(length + follows, 0xff);
                let mut reader = Reader::new(&bytes);
                assert_eq!(reader.long(), Ok(number));
                assert_eq!(reader.at(), length);
            }
            let mut cut = Reader::new(&bytes[..length - 1]);
            assert_eq!(cut.long(), Err(DecodeError::Truncated { at: 0 }));
        }
        let too_long = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        assert_eq!(Reader::new(&too_long).long(), Err(DecodeError::Overflow { at: 0 }));
    }
}
