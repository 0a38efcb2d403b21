//! Reading past values that nobody asked for, by JSON's grammar.

use super::{ScanError, Scanner};
use crate::digits::DigitRun;

/// Deeper nesting than any venue's, and no danger to the stack.
pub(super) const DEPTH_MAX: usize = 64;

impl Scanner<'_> {
    /// Reads past one value of any kind.
    #[inline]
    pub fn skip(&mut self) -> Result<(), ScanError> {
        match self.skip_plain() || self.skip_plain_list() {
            true => Ok(()),
            false => self.skip_nested(0),
        }
    }

    /// True if a text or an integer in plain form stands here, which is then read; otherwise nothing moves.
    #[inline(always)]
    fn skip_plain(&mut self) -> bool {
        self.skip_plain_string() || self.skip_plain_integer()
    }

    /// A string without escapes.
    #[inline(always)]
    fn skip_plain_string(&mut self) -> bool {
        if self.peek() != Some(b'"') {
            return false;
        }
        let end = self.plain_text_end(self.position + 1);
        let is_plain = self.text.as_bytes().get(end) == Some(&b'"');
        if is_plain {
            self.position = end + 1;
        }
        is_plain
    }

    /// One to seven digits, the first of which is no zero.
    #[inline(always)]
    fn skip_plain_integer(&mut self) -> bool {
        if !matches!(self.peek(), Some(b'1'..=b'9')) {
            return false;
        }
        let bytes = self.text.as_bytes();
        let digits = DigitRun::at(bytes, self.position).length;
        let end = self.position + digits as usize;
        let is_plain = digits < 8 && matches!(bytes.get(end), Some(b',' | b']' | b'}'));
        if is_plain {
            self.position = end;
        }
        is_plain
    }

    /// A list of plain values without blanks.
    #[inline(always)]
    fn skip_plain_list(&mut self) -> bool {
        let start = self.position;
        if self.peek() != Some(b'[') {
            return false;
        }
        self.position += 1;
        while self.skip_plain() {
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b']') => {
                    self.position += 1;
                    return true;
                }
                _ => break,
            }
        }
        self.position = start;
        false
    }

    fn skip_nested(&mut self, depth: usize) -> Result<(), ScanError> {
        if depth > DEPTH_MAX {
            return Err(ScanError::TooDeep {
                position: self.position,
            });
        }
        self.white_space();
        match self.peek() {
            Some(b'{') => {
                let mut entries = self.object()?;
                while self.next_entry(&mut entries, b'}', "`,` or `}`")? {
                    self.skip_string()?;
                    self.punctuation(b':', "`:`")?;
                    self.skip_nested(depth + 1)?;
                }
                Ok(())
            }
            Some(b'[') => {
                let mut entries = self.array()?;
                while self.element(&mut entries)? {
                    if !self.skip_plain_string() {
                        self.skip_nested(depth + 1)?;
                    }
                }
                Ok(())
            }
            Some(b'"') => self.skip_string(),
            Some(b'-' | b'0'..=b'9') => self.skip_number(),
            _ if self.accept("true") || self.accept("false") || self.accept("null") => Ok(()),
            _ => self.expected("a value"),
        }
    }

    fn skip_string(&mut self) -> Result<(), ScanError> {
        self.open_string("a string")?;
        self.rest_of_string()
    }

    /// From inside a string to past its closing quote.
    pub(super) fn rest_of_string(&mut self) -> Result<(), ScanError> {
        loop {
            self.position = self.plain_text_end(self.position);
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(());
                }
                Some(b'\\') => self.skip_escape()?,
                Some(_) => return self.expected("no control character in a string"),
                None => return self.expected("the end of a string"),
            }
        }
    }

    fn skip_escape(&mut self) -> Result<(), ScanError> {
        self.position += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.position += 1,
            Some(b'u') => {
                self.position += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return self.expected("four hexadecimal digits");
                    }
                    self.position += 1;
                }
            }
            _ => return self.expected("an escape"),
        }
        Ok(())
    }

    pub(super) fn skip_number(&mut self) -> Result<(), ScanError> {
        let _ = self.accept("-");
        if !self.accept("0") {
            self.skip_digits()?;
        }
        if self.accept(".") {
            self.skip_digits()?;
        }
        if self.accept("e") || self.accept("E") {
            let _ = self.accept("+") || self.accept("-");
            self.skip_digits()?;
        }
        Ok(())
    }

    fn skip_digits(&mut self) -> Result<(), ScanError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.expected("a digit");
        }
        while let Some(b'0'..=b'9') = self.peek() {
            self.position += 1;
        }
        Ok(())
    }

    pub(super) fn expected(&self, expected: &'static str) -> Result<(), ScanError> {
        Err(ScanError::Expected {
            position: self.position,
            expected,
        })
    }
}
