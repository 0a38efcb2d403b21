//! What a connection is made of, whichever way a venue's messages come: a WebSocket, lines of an HTTP answer, datagrams,
//! a file. It brings whole messages; what they say is for others.

use std::fmt::Display;
use std::future::Future;

/// What was read of a wire.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<'a> {
    /// A whole message: text or binary, or a line without its end.
    Message(&'a [u8]),
    Ping(&'a [u8]),
    Pong,
    /// Status code and reason, if the other side gives any.
    Close {
        code: Option<u16>,
        reason: String,
    },
}

/// Bytes that were read, message by message.
pub trait Messages {
    /// What cannot be mended by reading on.
    type Error: Display;

    /// The next message, or `None` until more bytes are there.
    fn next_received(&mut self) -> Result<Option<Received<'_>>, Self::Error>;
}

/// What a wait has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// Bytes for the reader.
    Bytes,
    /// Nothing, and there will be nothing more: all has been read.
    End,
}

/// An open connection. Errors say for people why it is over.
pub trait Wire {
    type Reader: Messages;

    /// Waits for bytes. Given up before it is done, it has taken none.
    fn wait(&mut self) -> impl Future<Output = Result<Brought, String>>;

    fn reader(&mut self) -> &mut Self::Reader;

    /// What is missing right before the bytes that a wait has brought, for people; once. A stream misses nothing.
    fn missing(&mut self) -> Option<String> {
        None
    }

    /// Sends WebSocket frames. Over other wires nothing is said.
    fn send(&mut self, _frames: &[u8]) -> impl Future<Output = Result<(), String>> {
        std::future::ready(Ok(()))
    }
}
