//! Lines of a byte stream, without a copy per line, that survive a stream which breaks off.

use std::io::{self, Read};
use std::ops::Range;

const READ_SIZE: usize = 1 << 18;

/// Splits a reader at its newlines.
pub struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    line: Range<usize>,
    start: usize,
    end: usize,
    searched: usize,
    finished: bool,
    failure: Option<io::Error>,
}

impl<R: Read> Lines<R> {
    /// Lines of `input`.
    pub fn new(input: R) -> Lines<R> {
        Lines {
            input,
            buffer: vec![0; 2 * READ_SIZE],
            line: 0..0,
            start: 0,
            end: 0,
            searched: 0,
            finished: false,
            failure: None,
        }
    }

    /// The line that [`Lines::advance`] found, without its newline.
    pub fn line(&self) -> &[u8] {
        &self.buffer[self.line.clone()]
    }

    /// Goes to the next line; false at the end. A last line needs no newline.
    ///
    /// # Errors
    /// The stream broke off. All that was read before has been given out as lines.
    pub fn advance(&mut self) -> io::Result<bool> {
        loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[self.searched..self.end]) {
                self.line = self.start..self.searched + found;
                self.start = self.line.end + 1;
                self.searched = self.start;
                return Ok(true);
            }
            self.searched = self.end;
            if self.finished {
                self.line = self.start..self.end;
                self.start = self.end;
                if !self.line.is_empty() {
                    return Ok(true);
                }
                return self.failure.take().map_or(Ok(false), Err);
            }
            self.read_more();
        }
    }

    fn read_more(&mut self) {
        if self.buffer.len() - self.end < READ_SIZE {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.searched -= self.start;
            self.start = 0;
            if self.buffer.len() - self.end < READ_SIZE {
                self.buffer.resize(self.end + 2 * READ_SIZE, 0);
            }
        }
        match self.input.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.finished = true,
            Ok(count) => self.end += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                self.finished = true;
                self.failure = Some(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: impl Read) -> (Vec<Vec<u8>>, Option<io::ErrorKind>) {
        let mut lines = Lines::new(input);
        let mut found = Vec::new();
        loop {
            match lines.advance() {
                Ok(true) => found.push(lines.line().to_vec()),
                Ok(false) => return (found, None),
                Err(error) => return (found, Some(error.kind())),
            }
        }
    }

    #[test]
    fn keeps_empty_lines_and_a_last_line_without_newline() {
        let (lines, failure) = all(&b"one\n\ntwo\nlast"[..]);
        assert_eq!(lines, [&b"one"[..], b"", b"two", b"last"]);
        assert_eq!(failure, None);
    }

    #[test]
    fn splits_lines_longer_than_the_buffer() {
        let long = vec![b'x'; 5 * READ_SIZE];
        let input = [b"a\n", long.as_slice(), b"\nb\n"].concat();
        let (lines, _) = all(&input[..]);
        assert_eq!(lines, [b"a".to_vec(), long, b"b".to_vec()]);
    }

    #[test]
    fn gives_all_lines_before_the_failure() {
        struct Broken(&'static [u8]);
        impl Read for Broken {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                if self.0.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                let count = self.0.len().min(3).min(into.len());
                into[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let (lines, failure) = all(Broken(b"first\nhalf of the sec"));
        assert_eq!(lines, [&b"first"[..], b"half of the sec"]);
        assert_eq!(failure, Some(io::ErrorKind::UnexpectedEof));
    }
}
