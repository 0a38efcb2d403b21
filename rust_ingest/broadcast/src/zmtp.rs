//! ZeroMQ's protocol ZMTP 3.0 (RFC 23) as a PUB socket speaks it, with the mechanism NULL: bytes, no I/O.
//!
//! Why not a library: `zmq` builds libzmq 4.3.4 (LGPL, C++); the queue of each subscriber of `zeromq` 0.7 has no bound, whatever
//! its capacity (each send clones the channel's sender, which brings a slot of its own). What a PUB socket needs of ZMTP is this
//! file, and then subscribers share buffers, bounds and counts with all other clients.

/// Flags of a frame (RFC 23, "Framing").
const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

pub const GREETING_BYTES: usize = 64;
/// Signature, version 3.0, mechanism, as-server 0, and zeros (RFC 23, "Version Negotiation").
pub const GREETING: [u8; GREETING_BYTES] = {
    let mut greeting = [0; GREETING_BYTES];
    greeting[0] = 0xFF;
    greeting[8] = 1;
    greeting[9] = 0x7F;
    greeting[10] = 3;
    let mechanism = *b"NULL";
    let mut index = 0;
    while index < mechanism.len() {
        greeting[12 + index] = mechanism[index];
        index += 1;
    }
    greeting
};

/// What a subscriber says. Longer frames than this are an attack or a mistake.
pub const FRAME_BYTES_MAX: u64 = 64 << 10;

/// Why a peer is no subscriber of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSubscriber {
    #[error("it does not speak ZMTP 3")]
    Greeting,
    #[error("it asks for a security mechanism, and only NULL is spoken here")]
    Mechanism,
    #[error("it is no SUB or XSUB socket")]
    SocketType,
    #[error("it sent a frame that nobody who subscribes sends")]
    Frame,
}

/// Checks what the other side begins with.
pub fn check_greeting(greeting: &[u8; GREETING_BYTES]) -> Result<(), NoSubscriber> {
    if greeting[0] != 0xFF || greeting[9] & 1 == 0 || greeting[10] < 3 {
        return Err(NoSubscriber::Greeting);
    }
    if greeting[12..32] != GREETING[12..32] {
        return Err(NoSubscriber::Mechanism);
    }
    Ok(())
}

/// The head of a frame: what it is, and how long its body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub is_command: bool,
    pub has_more: bool,
    pub is_long: bool,
}

impl Head {
    /// From a frame's first byte.
    pub fn of(flags: u8) -> Result<Self, NoSubscriber> {
        if flags & !(MORE | LONG | COMMAND) != 0 {
            return Err(NoSubscriber::Frame);
        }
        Ok(Self {
            is_command: flags & COMMAND != 0,
            has_more: flags & MORE != 0,
            is_long: flags & LONG != 0,
        })
    }
}

/// Appends the command that ends the handshake.
pub fn append_ready(out: &mut Vec<u8>) {
    append(out, COMMAND, b"\x05READY\x0bSocket-Type\0\0\0\x03PUB");
}

/// Checks the other side's READY: its properties name its socket.
pub fn check_ready(body: &[u8]) -> Result<(), NoSubscriber> {
    let mut rest = body.strip_prefix(b"\x05READY").ok_or(NoSubscriber::Frame)?;
    while let [length, after @ ..] = rest {
        let (name, after) = after
            .split_at_checked(usize::from(*length))
            .ok_or(NoSubscriber::Frame)?;
        let (length, after) = after.split_first_chunk::<4>().ok_or(NoSubscriber::Frame)?;
        let length = u32::from_be_bytes(*length) as usize;
        let (value, after) = after.split_at_checked(length).ok_or(NoSubscriber::Frame)?;
        // Names of properties are the same in any case (RFC 23, "The NULL Security Mechanism").
        if name.eq_ignore_ascii_case(b"Socket-Type") {
            return match value {
                b"SUB" | b"XSUB" => Ok(()),
                _ => Err(NoSubscriber::SocketType),
            };
        }
        rest = after;
    }
    Err(NoSubscriber::SocketType)
}

/// What a subscriber wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    Subscribe(&'a [u8]),
    Cancel(&'a [u8]),
    /// To be answered with a pong that has this context (ZMTP 3.1, RFC 37).
    Ping(&'a [u8]),
    /// Of no meaning here.
    Other,
}

/// Reads a frame of a subscriber. By ZMTP 3.0 subscriptions are messages, by 3.1 commands; either is taken.
pub fn said(is_command: bool, body: &[u8]) -> Said<'_> {
    if is_command {
        // A ping has two bytes of time to live before its context.
        let ping = || body.strip_prefix(b"\x04PING")?.get(2..);
        if let Some(prefix) = body.strip_prefix(b"\x09SUBSCRIBE") {
            return Said::Subscribe(prefix);
        }
        if let Some(prefix) = body.strip_prefix(b"\x06CANCEL") {
            return Said::Cancel(prefix);
        }
        return ping().map_or(Said::Other, Said::Ping);
    }
    match body {
        [1, prefix @ ..] => Said::Subscribe(prefix),
        [0, prefix @ ..] => Said::Cancel(prefix),
        _ => Said::Other,
    }
}

/// Appends the answer to a ping.
pub fn append_pong(out: &mut Vec<u8>, context: &[u8]) {
    append(out, COMMAND, &[b"\x04PONG", context].concat());
}

/// Appends a message of three parts: topic, value, and the numbers, big endian.
pub fn append_message(out: &mut Vec<u8>, topic: &[u8], value: &[u8], numbers: [i64; 3]) {
    append(out, MORE, topic);
    append(out, MORE, value);
    let mut trailer = [0; 24];
    for (bytes, number) in trailer.chunks_exact_mut(8).zip(numbers) {
        bytes.copy_from_slice(&number.to_be_bytes());
    }
    append(out, 0, &trailer);
}

fn append(out: &mut Vec<u8>, flags: u8, body: &[u8]) {
    match u8::try_from(body.len()) {
        Ok(length) => out.extend_from_slice(&[flags, length]),
        Err(_) => {
            out.push(flags | LONG);
            out.extend_from_slice(&(body.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greets_and_wants_to_be_greeted() {
        assert_eq!(&GREETING[..16], b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL");
        assert_eq!(check_greeting(&GREETING), Ok(()));
        let mut plain = GREETING;
        plain[12..17].copy_from_slice(b"PLAIN");
        assert_eq!(check_greeting(&plain), Err(NoSubscriber::Mechanism));
        let mut old = GREETING;
        old[10] = 1;
        assert_eq!(check_greeting(&old), Err(NoSubscriber::Greeting));
        assert_eq!(check_greeting(&[b'G'; 64]), Err(NoSubscriber::Greeting));
    }

    #[test]
    fn only_subscribers_are_served() {
        let ready = |socket: &[u8]| {
            let length = (socket.len() as u32).to_be_bytes();
            [b"\x05READY\x08Identity\0\0\0\x01i\x0bsocket-type", &length[..], socket].concat()
        };
        assert_eq!(check_ready(&ready(b"SUB")), Ok(()));
        assert_eq!(check_ready(&ready(b"XSUB")), Ok(()));
        assert_eq!(check_ready(&ready(b"PULL")), Err(NoSubscriber::SocketType));
        let whole = ready(b"SUB");
        for end in 0..whole.len() {
            assert!(check_ready(&whole[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn subscriptions_of_both_versions() {
        assert_eq!(said(false, b"\x01market"), Said::Subscribe(b"market"));
        assert_eq!(said(false, b"\x00market"), Said::Cancel(b"market"));
        assert_eq!(said(true, b"\x09SUBSCRIBEmarket"), Said::Subscribe(b"market"));
        assert_eq!(said(true, b"\x06CANCEL"), Said::Cancel(b""));
        assert_eq!(said(true, b"\x04PING\0\x01there"), Said::Ping(b"there"));
        assert_eq!(said(true, b"\x04PING"), Said::Other);
        assert_eq!(said(false, b""), Said::Other);
    }

    #[test]
    fn long_parts_have_long_lengths() {
        let mut out = Vec::new();
        append_message(&mut out, b"t", &[7; 256], [1, -1, 3]);
        assert_eq!(&out[..3], b"\x01\x01t");
        assert_eq!(&out[3..12], [3, 0, 0, 0, 0, 0, 0, 1, 0]);
        assert_eq!(&out[12 + 256..12 + 256 + 2], [0, 24]);
        assert_eq!(&out[out.len() - 9..], [0xFF, 0, 0, 0, 0, 0, 0, 0, 3]);
    }
}
