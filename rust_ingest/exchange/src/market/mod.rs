//! Where the messages come from that the exchange shows: a recording, or a market that happens here.

pub mod capture;
pub mod chance;
pub mod frames;
pub mod lines;
pub mod live;
pub mod recording;
#[cfg(test)]
mod recordings_tests;
pub mod survey;

use std::path::PathBuf;

/// One message of the market and when its recorder received it.
#[derive(Debug)]
pub struct Line<'a> {
    /// Nanoseconds since 1970; None if the line does not begin with a time.
    pub receive_ns: Option<u64>,
    /// The message, byte for byte as it is to be sent.
    pub body: &'a [u8],
}

impl<'a> Line<'a> {
    /// Splits `<recv_ns> <message>`. A line without a leading time is a message as a whole.
    pub fn split(text: &'a [u8]) -> Line<'a> {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let time = std::str::from_utf8(&text[..digits])
            .ok()
            .and_then(|digits| digits.parse().ok());
        match (time, text.get(digits)) {
            (Some(receive_ns), Some(b' ')) => Line {
                receive_ns: Some(receive_ns),
                body: &text[digits + 1..],
            },
            _ => Line {
                receive_ns: None,
                body: text,
            },
        }
    }
}

/// A part of the market that cannot be had. What follows it is still played.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    /// The file cannot be opened at all.
    #[error("cannot open capture {}: {source}; check the path and its permissions", path.display())]
    Open {
        /// The capture.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file breaks off: what could be read of it has been played.
    #[error("capture {} breaks off after line {line}: {source}; played what could be read", path.display())]
    BreaksOff {
        /// The capture.
        path: PathBuf,
        /// Lines that were read from it.
        line: u64,
        /// What the reader said.
        source: std::io::Error,
    },
    /// The frame log cannot be read, or not from here on: what could be read of it has been played.
    #[error(transparent)]
    Frames(journal::frames::ReadError),
    /// The frame log ends amid a frame: all before it has been played.
    #[error("{0}")]
    TornEnd(journal::frames::TornEnd),
    /// No ingestor began to write there.
    #[error("{} has no run of an ingestor: name the folder that tapeflow-ingestor --frames writes to", folder.display())]
    NoRun {
        /// The frame log.
        folder: PathBuf,
    },
    /// The exchange does not speak that venue's dialect.
    #[error("{} is the frame log of {venue}: the exchange plays those of binance and binance_usdm", folder.display())]
    OtherVenue {
        /// The frame log.
        folder: PathBuf,
        /// Whose it is.
        venue: String,
    },
    /// What stands there is not known.
    #[error("{}: frame {sequence} cannot be played: {reason}; was the log written by a newer version?", folder.display())]
    UnknownFrame {
        /// The frame log.
        folder: PathBuf,
        /// The frame's number.
        sequence: u64,
        /// Why it is not known.
        reason: String,
    },
}

/// A source of messages in the order in which they are shown.
pub trait Market: Send {
    /// The next message; None at the end.
    ///
    /// # Errors
    /// A part could not be read; the next call goes on behind it.
    fn next_line(&mut self) -> Result<Option<Line<'_>>, MarketError>;
}
