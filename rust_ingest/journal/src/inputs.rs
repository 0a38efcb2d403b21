//! What an ingestor is told, and how that stands in its frame log: a frame of a connection as it came, all else under numbers that
//! no connection has.

mod beginning;

use std::str::from_utf8;

pub use beginning::{Head, VERSION, VERSION_OLDEST};

/// Connections are numbered below.
const RESERVED: u16 = 0xFF00;
/// A run begins, or goes on: JSON, and where it goes on a line feed and the session, JSON too.
const BEGINNING: u16 = 0xFFFD;
/// The instrument's number (u32, little endian), and the answer's body.
const SNAPSHOT: u16 = 0xFFFE;
/// What happened (a byte), the connection (u16, little endian), and for people: why.
const EVENT: u16 = 0xFFFF;

const LINE_FEED: u8 = b'\n';

const OPENED: u8 = 1;
const CLOSED: u8 = 2;
const TIME: u8 = 3;

/// What an ingestor can be told. Together with the time it was received, it is all that its records depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The streams of this connection flow.
    Opened { connection: u16 },
    /// They ended; `reason` is for people.
    Closed { connection: u16, reason: &'a str },
    /// A whole message, a datagram or a line.
    Frame { connection: u16, payload: &'a [u8] },
    /// A REST answer: an instrument's book.
    Snapshot { instrument: usize, body: &'a [u8] },
    /// Time went on: heartbeats may be due.
    Time,
}

/// What a frame of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logged<'a> {
    /// A run begins, or goes on. All that a session behind it depends on stands here: what it is made of, and where it goes on what it
    /// remembers.
    Beginning {
        /// JSON, of which every reader reads the [`Head`].
        made_of: &'a [u8],
        /// JSON; empty where a run begins.
        memory: &'a [u8],
    },
    Input(Input<'a>),
}

impl<'a> Logged<'a> {
    /// The frame's connection number, and its payload: in one piece, or made in `buffer`.
    #[inline]
    pub fn write<'b>(self, buffer: &'b mut Vec<u8>) -> (u16, &'b [u8])
    where
        'a: 'b,
    {
        buffer.clear();
        let connection = match self {
            Self::Input(Input::Frame { connection, payload }) => return (connection, payload),
            Self::Beginning { made_of, memory: [] } => return (BEGINNING, made_of),
            Self::Beginning { made_of, memory } => {
                buffer.extend_from_slice(made_of);
                buffer.push(LINE_FEED);
                buffer.extend_from_slice(memory);
                BEGINNING
            }
            Self::Input(Input::Snapshot { instrument, body }) => {
                let instrument = u32::try_from(instrument).expect("a session has fewer instruments");
                buffer.extend_from_slice(&instrument.to_le_bytes());
                buffer.extend_from_slice(body);
                SNAPSHOT
            }
            Self::Input(Input::Opened { connection }) => event(buffer, OPENED, connection, ""),
            Self::Input(Input::Closed { connection, reason }) => event(buffer, CLOSED, connection, reason),
            Self::Input(Input::Time) => event(buffer, TIME, 0, ""),
        };
        (connection, buffer)
    }

    /// The error says what is wrong.
    #[inline]
    pub fn read(connection: u16, payload: &'a [u8]) -> Result<Self, String> {
        Ok(match connection {
            ..RESERVED => Self::Input(Input::Frame { connection, payload }),
            BEGINNING => read_beginning(payload),
            SNAPSHOT => {
                let (instrument, body) = payload.split_first_chunk().ok_or("a snapshot without its instrument")?;
                let instrument = u32::from_le_bytes(*instrument) as usize;
                Self::Input(Input::Snapshot { instrument, body })
            }
            EVENT => Self::Input(read_event(payload)?),
            other => return Err(format!("connection {other:#06x} is reserved")),
        })
    }
}

/// JSON as it is written here has no line feed in it.
fn read_beginning(payload: &[u8]) -> Logged<'_> {
    let end = payload.iter().position(|byte| *byte == LINE_FEED);
    let (made_of, memory) = end.map_or((payload, &payload[..0]), |end| (&payload[..end], &payload[end + 1..]));
    Logged::Beginning { made_of, memory }
}

fn event(buffer: &mut Vec<u8>, what: u8, connection: u16, reason: &str) -> u16 {
    buffer.push(what);
    buffer.extend_from_slice(&connection.to_le_bytes());
    buffer.extend_from_slice(reason.as_bytes());
    EVENT
}

fn read_event(payload: &[u8]) -> Result<Input<'_>, String> {
    let ([what, connection @ ..], reason) = payload.split_first_chunk::<3>().ok_or("an event is cut short")?;
    let connection = u16::from_le_bytes(*connection);
    Ok(match *what {
        OPENED => Input::Opened { connection },
        CLOSED => Input::Closed {
            connection,
            reason: from_utf8(reason).map_err(|error| error.to_string())?,
        },
        TIME => Input::Time,
        other => return Err(format!("event {other} is not known")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut buffer = Vec::new();
        for logged in [
            Logged::Beginning {
                made_of: b"{}",
                memory: b"",
            },
            Logged::Beginning {
                made_of: b"{}",
                memory: b"{\"frames\":1}",
            },
            Logged::Input(Input::Opened { connection: 7 }),
            Logged::Input(Input::Closed {
                connection: 0xFEFF,
                reason: "reset by peer",
            }),
            Logged::Input(Input::Frame {
                connection: 3,
                payload: b"\xFF any bytes",
            }),
            Logged::Input(Input::Snapshot {
                instrument: 70_000,
                body: b"{\"lastUpdateId\":1}",
            }),
            Logged::Input(Input::Time),
        ] {
            let (connection, payload) = logged.write(&mut buffer);
            assert_eq!(Logged::read(connection, payload), Ok(logged));
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (connection, payload) in [
            (0xFF00, &b""[..]),
            (SNAPSHOT, b"123"),
            (EVENT, b""),
            (EVENT, b"\x04\0\0"),
            (EVENT, b"\x02\0\0\xFF"),
        ] {
            assert!(Logged::read(connection, payload).is_err(), "{connection} {payload:?}");
        }
    }
}
