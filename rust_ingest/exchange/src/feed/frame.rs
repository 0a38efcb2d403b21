//! WebSocket frames as a server writes them (RFC 6455, section 5.2): whole, unmasked.

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// UTF-8 text.
    Text = 1,
    /// Bytes.
    Binary = 2,
    /// The end of the connection.
    Close = 8,
    /// A request for a pong with the same payload.
    Ping = 9,
    /// The answer to a ping.
    Pong = 10,
}

const FINAL: u8 = 0x80;

/// Appends one frame to `out`.
pub fn append(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    out.push(FINAL | opcode as u8);
    match payload.len() {
        short @ 0..=125 => out.push(short as u8),
        medium @ 126..=0xffff => {
            out.push(126);
            out.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            out.push(127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

/// Appends a message as the venue does: text. What is not UTF-8 can only go out as a binary frame.
pub fn append_message(out: &mut Vec<u8>, payload: &[u8]) {
    let opcode = if std::str::from_utf8(payload).is_ok() {
        Opcode::Text
    } else {
        Opcode::Binary
    };
    append(out, opcode, payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_each_form_of_length() {
        for (length, header) in [
            (0, &[0x81, 0][..]),
            (125, &[0x81, 125]),
            (126, &[0x81, 126, 0, 126]),
            (65_535, &[0x81, 126, 0xff, 0xff]),
            (65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            append_message(&mut out, &vec![b'x'; length]);
            assert_eq!(&out[..header.len()], header);
            assert_eq!(out.len(), header.len() + length);
        }
    }

    #[test]
    fn sends_what_is_not_utf8_as_binary() {
        let mut out = Vec::new();
        append_message(&mut out, b"\xff\xfe");
        assert_eq!(out, [0x82, 2, 0xff, 0xfe]);
    }
}
