//! What a client sends: texts and control frames, masked.

/// A control frame of ours.
#[derive(Clone, Copy, Debug)]
pub enum Control {
    Close = 8,
    Ping = 9,
    Pong = 10,
}

const TEXT: u8 = 1;

/// Adds a control frame to `out`; `payload` is cut to the 125 bytes that it may have.
pub fn control(kind: Control, payload: &[u8], mask: u32, out: &mut Vec<u8>) {
    frame(kind as u8, &payload[..payload.len().min(125)], mask, out);
}

/// Adds a whole text message to `out`.
pub fn text(message: &str, mask: u32, out: &mut Vec<u8>) {
    frame(TEXT, message.as_bytes(), mask, out);
}

fn frame(opcode: u8, payload: &[u8], mask: u32, out: &mut Vec<u8>) {
    let mask = mask.to_be_bytes();
    out.push(0x80 | opcode);
    match payload.len() {
        bytes @ 0..=125 => out.push(0x80 | bytes as u8),
        bytes @ 126..=0xFFFF => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(bytes as u16).to_be_bytes());
        }
        bytes => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(bytes as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(message: &str) -> Vec<u8> {
        let mut out = Vec::new();
        text(message, 0, &mut out);
        out
    }

    #[test]
    fn our_frames_are_masked() {
        let mut out = Vec::new();
        control(Control::Pong, b"ab", 0x0102_0304, &mut out);
        assert_eq!(out, [0x8A, 0x82, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2]);
        text("c", 0x0102_0304, &mut out);
        assert_eq!(
            out[8..],
            [0x81, 0x81, 1, 2, 3, 4, b'c' ^ 1],
            "added behind what is there"
        );
    }

    #[test]
    fn long_ones_say_so_and_control_frames_are_cut() {
        assert_eq!(text_of(&"x".repeat(125))[..2], [0x81, 0x80 | 125]);
        assert_eq!(text_of(&"x".repeat(126))[..4], [0x81, 0x80 | 126, 0, 126]);
        assert_eq!(
            text_of(&"x".repeat(70_000))[..10],
            [0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70]
        );
        let mut out = Vec::new();
        control(Control::Ping, &[0; 300], 0, &mut out);
        assert_eq!(out.len(), 2 + 4 + 125);
    }
}
