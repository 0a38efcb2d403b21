//! A scanner over one JSON text, written for market data: no allocation per field, any field order, unknown fields skipped.
//!
//! The short way through each method is the form venues send: no white space, no escapes. Any other
//! valid JSON takes the long way to the same result; what is not JSON, or not what the caller asked for, is a
//! [`ScanError`] with its position. The whole text is validated on the way, skipped values too.

mod error;
mod fields;
mod number;
mod skip;
mod word;

use std::borrow::Cow;

pub use error::ScanError;
pub(crate) use fields::read_fields;
pub(crate) use word::Word;

use crate::digits;
use crate::fixed::{FixedError, Scale};

/// A position in a JSON text.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    position: usize,
}

/// Where an object or array stands: before its first entry, or after one.
#[derive(Debug, Default)]
pub struct Entries {
    started: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.position
    }

    /// What was read since `start`.
    pub fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    #[inline(always)]
    pub fn object(&mut self) -> Result<Entries, ScanError> {
        self.punctuation(b'{', "an object").map(|()| Entries::default())
    }

    #[inline(always)]
    pub fn array(&mut self) -> Result<Entries, ScanError> {
        self.punctuation(b'[', "an array").map(|()| Entries::default())
    }

    /// The next key of an object with its colon, or `None` after its closing brace. Keys are ASCII without escapes in
    /// every dialect; one with an escape is refused, as it might be a known key in disguise.
    #[inline(always)]
    pub fn key(&mut self, entries: &mut Entries) -> Result<Option<&'a [u8]>, ScanError> {
        let bytes = self.text.as_bytes();
        let start = self.position + usize::from(entries.started);
        if let Some([b'"', letter @ b'A'..=b'z', b'"', b':']) = bytes.get(start..start + 4)
            && *letter != b'\\'
            && (!entries.started || bytes[self.position] == b',')
        {
            entries.started = true;
            self.position = start + 4;
            return Ok(Some(std::slice::from_ref(letter)));
        }
        if bytes.get(start) == Some(&b'"') && (!entries.started || bytes[self.position] == b',') {
            let end = self.plain_text_end(start + 1);
            if let Some([b'"', b':']) = bytes.get(end..end + 2) {
                entries.started = true;
                self.position = end + 2;
                return Ok(Some(&bytes[start + 1..end]));
            }
        }
        if self.peek() == Some(b'}') {
            self.position += 1;
            return Ok(None);
        }
        self.any_key(entries)
    }

    fn any_key(&mut self, entries: &mut Entries) -> Result<Option<&'a [u8]>, ScanError> {
        if !self.next_entry(entries, b'}', "`,` or `}`")? {
            return Ok(None);
        }
        let start = self.open_string("a key")?;
        let key = self
            .text
            .as_bytes()
            .get(start..self.plain_text_end(start))
            .unwrap_or_default();
        self.position = start + key.len();
        match self.peek() {
            Some(b'"') => self.position += 1,
            Some(b'\\') => {
                return Err(ScanError::EscapedKey {
                    position: self.position,
                });
            }
            _ => self.expected("the end of a key")?,
        }
        self.punctuation(b':', "`:`")?;
        Ok(Some(key))
    }

    /// Moves to the next element of an array; false after its closing bracket.
    #[inline(always)]
    pub fn element(&mut self, entries: &mut Entries) -> Result<bool, ScanError> {
        self.next_entry(entries, b']', "`,` or `]`")
    }

    #[inline(always)]
    fn next_entry(&mut self, entries: &mut Entries, end: u8, expected: &'static str) -> Result<bool, ScanError> {
        let mut next = self.peek();
        if next != Some(end) && next != Some(b',') {
            self.white_space();
            next = self.peek();
        }
        if next == Some(end) {
            self.position += 1;
            return Ok(false);
        }
        if entries.started {
            self.punctuation(b',', expected)?;
        }
        entries.started = true;
        Ok(true)
    }

    /// A string; it borrows from the text unless it holds escapes.
    #[inline(always)]
    pub fn string(&mut self) -> Result<Cow<'a, str>, ScanError> {
        let start = self.open_string("a string")?;
        let end = self.plain_text_end(start);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return self.escaped_string(start);
        }
        self.position = end + 1;
        Ok(Cow::Borrowed(self.text.get(start..end).unwrap_or_default()))
    }

    #[cold]
    fn escaped_string(&mut self, start: usize) -> Result<Cow<'a, str>, ScanError> {
        self.rest_of_string()?;
        let quoted = self.since(start - 1);
        let decoded = serde_json::from_str(quoted).map_err(|_| ScanError::Expected {
            position: start,
            expected: "a string with valid escapes",
        })?;
        Ok(Cow::Owned(decoded))
    }

    /// True if the next value is this very string, which is then read; otherwise nothing moves.
    #[inline(always)]
    pub fn accept_string(&mut self, plain: &str) -> bool {
        let bytes = self.text.as_bytes();
        let (start, end) = (self.position + 1, self.position + 1 + plain.len());
        let same = bytes.get(self.position) == Some(&b'"')
            && bytes.get(start..end) == Some(plain.as_bytes())
            && bytes.get(end) == Some(&b'"');
        if same {
            self.position = end + 1;
        }
        same
    }

    /// True if the text goes on with `literal`, which is then read; otherwise nothing moves.
    #[inline(always)]
    pub fn accept(&mut self, literal: &str) -> bool {
        let same = self.text.as_bytes()[self.position..].starts_with(literal.as_bytes());
        if same {
            self.position += literal.len();
        }
        same
    }

    /// An integer from 0 to 2^63 - 1: ids and times.
    #[inline(always)]
    pub fn integer(&mut self) -> Result<i64, ScanError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            self.white_space();
        }
        let start = self.position;
        let (value, end) = digits::unsigned(self.text.as_bytes(), start);
        let first = self.text.as_bytes().get(start);
        if end == start || (first == Some(&b'0') && end > start + 1) {
            return Err(ScanError::Expected {
                position: start,
                expected: "an integer from 0 up",
            });
        }
        self.position = end;
        value
            .and_then(|value| i64::try_from(value).ok())
            .ok_or(ScanError::Expected {
                position: start,
                expected: "an integer below 2^63",
            })
    }

    #[inline(always)]
    pub fn boolean(&mut self) -> Result<bool, ScanError> {
        if !matches!(self.peek(), Some(b't' | b'f')) {
            self.white_space();
        }
        if self.accept("true") {
            Ok(true)
        } else if self.accept("false") {
            Ok(false)
        } else {
            Err(ScanError::Expected {
                position: self.position,
                expected: "true or false",
            })
        }
    }

    /// A quoted decimal from zero up, counted in units of `scale`.
    #[inline(always)]
    pub fn amount(&mut self, scale: Scale) -> Result<i64, ScanError> {
        let start = self.open_string("a quoted decimal")?;
        let not_fixed = |source| ScanError::Fixed {
            position: start,
            source,
        };
        let (value, end) = scale.read(self.text.as_bytes(), start).map_err(not_fixed)?;
        if value < 0 {
            return Err(not_fixed(FixedError::Negative));
        }
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return Err(not_fixed(FixedError::NotADecimal));
        }
        self.position = end + 1;
        Ok(value)
    }

    /// Nothing but white space may follow.
    #[inline(always)]
    pub fn end(&mut self) -> Result<(), ScanError> {
        self.white_space();
        if self.position == self.text.len() {
            Ok(())
        } else {
            Err(ScanError::Expected {
                position: self.position,
                expected: "the end of the text",
            })
        }
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    #[inline(always)]
    fn punctuation(&mut self, byte: u8, expected: &'static str) -> Result<(), ScanError> {
        if self.peek() != Some(byte) {
            self.white_space();
            if self.peek() != Some(byte) {
                return Err(ScanError::Expected {
                    position: self.position,
                    expected,
                });
            }
        }
        self.position += 1;
        Ok(())
    }

    /// Reads an opening quote: the position after it.
    #[inline(always)]
    fn open_string(&mut self, expected: &'static str) -> Result<usize, ScanError> {
        self.punctuation(b'"', expected).map(|()| self.position)
    }

    #[inline(always)]
    fn white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.position += 1;
        }
    }

    /// The position of the next quote, backslash or control character from `start` on, or the end of the text.
    #[inline(always)]
    fn plain_text_end(&self, start: usize) -> usize {
        let rest = &self.text.as_bytes()[start..];
        let mut plain = 0;
        for chunk in rest.as_chunks::<8>().0 {
            match specials(u64::from_le_bytes(*chunk)) {
                0 => plain += 8,
                found => return start + plain + found.trailing_zeros() as usize / 8,
            }
        }
        let special = rest[plain..]
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
        start + special.map_or(rest.len(), |index| plain + index)
    }
}

/// Marks the bytes of a word that end plain text, by their top bits. A borrow can only spoil marks above the first one.
#[inline(always)]
fn specials(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = ONES << 7;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let zero_or_less = |value: u64, bound: u64| value.wrapping_sub(ONES * bound) & !value;
    (zero_or_less(quote, 1) | zero_or_less(backslash, 1) | zero_or_less(word, 0x20)) & TOPS
}

#[cfg(test)]
mod tests;
