//! Lines out of bytes that arrive in pieces: an HTTP stream's chunks, a file that grows.

/// A line that is longer than any that the venue sends. Its bytes were let go; what follows it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {position} of the stream: a line of more than {max} bytes; is this the right endpoint?")]
pub struct LineTooLong {
    /// Where it began.
    pub position: u64,
    pub max: usize,
}

/// Keeps what has come of a line until the rest does. Memory is bounded by the longest line and the largest piece.
#[derive(Clone, Debug)]
pub struct LineBuffer {
    max: usize,
    bytes: Vec<u8>,
    /// Up to here all lines were given.
    start: usize,
    /// Up to here there is no line's end.
    searched: usize,
    /// Bytes of the stream before `bytes`.
    before: u64,
    /// Where a line that is too long began: until its end all is let go.
    too_long: Option<u64>,
}

impl LineBuffer {
    /// Lines have at most `max` bytes without their ends.
    pub fn new(max: usize) -> Self {
        Self {
            max,
            bytes: Vec::new(),
            start: 0,
            searched: 0,
            before: 0,
            too_long: None,
        }
    }

    /// Takes the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        self.bytes.drain(..self.start);
        self.before += self.start as u64;
        self.searched -= self.start;
        self.start = 0;
        self.bytes.extend_from_slice(piece);
    }

    /// The next whole line without its end (LF or CR LF), if it has come.
    pub fn next_line(&mut self) -> Option<Result<&[u8], LineTooLong>> {
        let end = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
        let Some(end) = end.map(|end| self.searched + end) else {
            self.searched = self.bytes.len();
            if self.searched - self.start > self.max + 1 {
                self.too_long.get_or_insert(self.before + self.start as u64);
                self.start = self.searched;
            }
            return None;
        };
        let line = self.start..end;
        let position = self.before + line.start as u64;
        self.start = end + 1;
        self.searched = self.start;
        let text = self.bytes.get(line).unwrap_or_default();
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let too_long = self.too_long.take().or((text.len() > self.max).then_some(position));
        Some(match too_long {
            Some(position) => Err(LineTooLong {
                position,
                max: self.max,
            }),
            None => Ok(text),
        })
    }

    /// What came behind the last line's end: at the end of a file, a line without one.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(buffer: &mut LineBuffer) -> Vec<Result<String, LineTooLong>> {
        let mut lines = Vec::new();
        while let Some(line) = buffer.next_line() {
            lines.push(line.map(|line| String::from_utf8(line.to_vec()).unwrap()));
        }
        lines
    }

    #[test]
    fn pieces_do_not_matter() {
        let text = b"one\r\ntwo\n\nthree and more\nrest";
        let expected = ["one", "two", "", "three and more"].map(|line| Ok(line.to_owned()));
        for size in 1..=text.len() {
            let mut buffer = LineBuffer::new(20);
            let mut found = Vec::new();
            for piece in text.chunks(size) {
                buffer.push(piece);
                found.extend(lines(&mut buffer));
            }
            assert_eq!(found, expected, "{size}");
            assert_eq!(buffer.rest(), b"rest");
        }
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory() {
        for size in [1, 3, 7, 1_000] {
            let mut buffer = LineBuffer::new(8);
            let mut found = Vec::new();
            for piece in b"good\n0123456789abcdefghijklmnopqrstuvwxyz\nnext\n".chunks(size) {
                buffer.push(piece);
                found.extend(lines(&mut buffer));
                assert!(buffer.rest().len() <= 9 + size);
            }
            let too_long = Err(LineTooLong { position: 5, max: 8 });
            assert_eq!(
                found,
                [Ok("good".to_owned()), too_long, Ok("next".to_owned())],
                "{size}"
            );
        }
    }
}
