//! WebSocket frames as a client reads and writes them (RFC 6455, section 5), without I/O.
//!
//! Messages are read in place, many from one buffer. Text is handed out as it came, valid UTF-8 or not: what a venue
//! garbled is to be kept, not to end the connection.

mod outgoing;

pub use outgoing::{Control, control, text};

use super::wire::{Messages, Received};

/// The longest message taken. A depth snapshot is some 200 kB.
const MESSAGE_BYTES_MAX: usize = 16 << 20;
/// Room that is kept for a read.
const SPACE_BYTES: usize = 64 << 10;

/// What the other side sent is not WebSocket; only a new connection helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    #[error("a frame with reserved bits {bits:#04x}: no extension was agreed on")]
    ReservedBits { bits: u8 },
    #[error("a frame with the unknown opcode {opcode}")]
    UnknownOpcode { opcode: u8 },
    #[error("a masked frame: servers send none")]
    Masked,
    #[error("a control frame that is fragmented or longer than 125 bytes")]
    BadControl,
    #[error("a continuation without a beginning, or a new message inside another")]
    OutOfTurn,
    #[error("a message of {bytes} bytes; at most {MESSAGE_BYTES_MAX} are taken")]
    TooLong { bytes: u64 },
}

/// Turns bytes read into messages.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
    /// Unread bytes are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// The fragments of a message that is not whole yet.
    fragments: Vec<u8>,
    in_fragments: bool,
}

struct Header {
    fin: bool,
    opcode: u8,
    /// Where the payload stands in the buffer.
    payload: std::ops::Range<usize>,
}

impl FrameReader {
    /// Where to read the next bytes into; `filled` says how many they were.
    pub fn space(&mut self) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.buffer.len() - self.end < SPACE_BYTES {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.buffer.len() - self.end < SPACE_BYTES {
                self.buffer.resize(self.end + 2 * SPACE_BYTES, 0);
            }
        }
        &mut self.buffer[self.end..]
    }

    pub fn filled(&mut self, bytes: usize) {
        self.end += bytes;
    }

    /// The header of the next frame, once the whole frame is there.
    fn header(&self) -> Result<Option<Header>, FrameError> {
        let bytes = &self.buffer[self.start..self.end];
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (fin, reserved, opcode) = (first & 0x80 != 0, first & 0x70, first & 0x0F);
        if reserved != 0 {
            return Err(FrameError::ReservedBits { bits: reserved });
        }
        if !matches!(opcode, 0..=2 | 8..=10) {
            return Err(FrameError::UnknownOpcode { opcode });
        }
        if second & 0x80 != 0 {
            return Err(FrameError::Masked);
        }
        let (header_bytes, payload_bytes) = match second & 0x7F {
            126 => match rest.first_chunk() {
                Some(length) => (4, u64::from(u16::from_be_bytes(*length))),
                None => return Ok(None),
            },
            127 => match rest.first_chunk() {
                Some(length) => (10, u64::from_be_bytes(*length)),
                None => return Ok(None),
            },
            short => (2, u64::from(short)),
        };
        if opcode >= 8 && (!fin || payload_bytes > 125) {
            return Err(FrameError::BadControl);
        }
        let too_long = FrameError::TooLong { bytes: payload_bytes };
        let payload_bytes = usize::try_from(payload_bytes).map_err(|_| too_long)?;
        if payload_bytes > MESSAGE_BYTES_MAX {
            return Err(too_long);
        }
        if bytes.len() < header_bytes + payload_bytes {
            return Ok(None);
        }
        let payload = self.start + header_bytes;
        Ok(Some(Header {
            fin,
            opcode,
            payload: payload..payload + payload_bytes,
        }))
    }
}

impl Messages for FrameReader {
    type Error = FrameError;

    fn next_received(&mut self) -> Result<Option<Received<'_>>, FrameError> {
        loop {
            let Some(Header { fin, opcode, payload }) = self.header()? else {
                return Ok(None);
            };
            self.start = payload.end;
            match (opcode, fin) {
                (0, _) if !self.in_fragments => return Err(FrameError::OutOfTurn),
                (1 | 2, _) if self.in_fragments => return Err(FrameError::OutOfTurn),
                (1 | 2, true) => return Ok(Some(Received::Message(&self.buffer[payload]))),
                (0..=2, _) => {
                    if !self.in_fragments {
                        self.fragments.clear();
                    }
                    let bytes = self.fragments.len() + payload.len();
                    if bytes > MESSAGE_BYTES_MAX {
                        return Err(FrameError::TooLong { bytes: bytes as u64 });
                    }
                    self.fragments.extend_from_slice(&self.buffer[payload]);
                    self.in_fragments = !fin;
                    if fin {
                        return Ok(Some(Received::Message(&self.fragments)));
                    }
                }
                (8, _) => return Ok(Some(close(&self.buffer[payload]))),
                (9, _) => return Ok(Some(Received::Ping(&self.buffer[payload]))),
                _ => return Ok(Some(Received::Pong)),
            }
        }
    }
}

fn close(payload: &[u8]) -> Received<'static> {
    let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
    let reason = String::from_utf8_lossy(payload.get(2..).unwrap_or_default()).into_owned();
    Received::Close { code, reason }
}

#[cfg(test)]
mod tests;
