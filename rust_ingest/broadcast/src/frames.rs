//! WebSocket frames, many in one buffer.

use fastwebsockets::{Frame, OpCode, Payload};

/// The longest head that an unmasked frame has (RFC 6455, section 5.2).
const HEAD_BYTES_MAX: usize = 10;

/// Appends a whole, unmasked frame.
pub fn append(out: &mut Vec<u8>, opcode: OpCode, payload: &[u8]) {
    let mut head = [0; HEAD_BYTES_MAX];
    let length = Frame::new(true, opcode, None, Payload::Borrowed(payload)).fmt_head(&mut head);
    out.extend_from_slice(&head[..length]);
    out.extend_from_slice(payload);
}

/// Appends a close frame. The reason is to have 123 bytes at most (RFC 6455, section 5.5).
pub fn append_close(out: &mut Vec<u8>, code: u16, reason: &str) {
    append(out, OpCode::Close, &[&code.to_be_bytes(), reason.as_bytes()].concat());
}

/// Messages of some streams, framed, in one buffer that many clients share.
#[derive(Debug, Default)]
pub struct Chunk {
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

/// One message of a chunk.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Where its frame ends; it begins where the one before ends.
    end: usize,
    /// Of which stream it is: its index. `None` is for what is told about the client itself.
    pub stream: Option<usize>,
}

impl Chunk {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub fn messages(&self) -> usize {
        self.parts.len()
    }

    /// Forgets the frames, keeps their memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.parts.clear();
    }

    /// Adds a frame, as `append` made it.
    pub fn push(&mut self, frame: &[u8], stream: Option<usize>) {
        self.bytes.extend_from_slice(frame);
        let end = self.bytes.len();
        self.parts.push(Part { end, stream });
    }

    /// The frames, in order.
    pub fn frames(&self) -> impl DoubleEndedIterator<Item = (&[u8], Part)> {
        (0..self.parts.len()).map(|index| {
            let part = self.parts[index];
            (&self.bytes[self.start_of(index)..part.end], part)
        })
    }

    /// Where the frame ends that byte `at` is in; `at` itself if a frame begins there.
    pub fn end_of_frame_at(&self, at: usize) -> usize {
        let index = self.parts.partition_point(|part| part.end < at);
        self.parts
            .get(index)
            .map_or(at, |part| if at == 0 { 0 } else { part.end })
    }

    fn start_of(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.parts[before].end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_length() {
        for (length, head) in [
            (0, &[0x82, 0][..]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (65_535, &[0x82, 126, 0xff, 0xff]),
            (65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            append(&mut out, OpCode::Binary, &vec![b'x'; length]);
            assert_eq!(&out[..head.len()], head);
            assert_eq!(out.len(), head.len() + length);
        }
    }

    #[test]
    fn a_chunk_knows_its_frames() {
        let mut chunk = Chunk::default();
        chunk.push(b"abc", Some(7));
        chunk.push(b"de", None);
        let frames: Vec<_> = chunk.frames().map(|(frame, part)| (frame, part.stream)).collect();
        assert_eq!(frames, [(&b"abc"[..], Some(7)), (b"de", None)]);
        let ends = [0, 1, 3, 4, 5].map(|at| chunk.end_of_frame_at(at));
        assert_eq!(ends, [0, 3, 3, 5, 5]);
    }
}
