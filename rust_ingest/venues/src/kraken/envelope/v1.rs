//! Frames of v1: `[channelID, payload, (payload,) channelName, pair]`, or an object with an `event`.

use std::borrow::Cow;

use super::Message;
use crate::field::Field;
use crate::kraken::ParseError;
use crate::kraken::fields::{require, unknown_word};
use crate::kraken::market::{Buffers, v1};
use crate::kraken::status::{Answer, Outcome, Status, System};
use crate::kraken::streams::{Channel, Streams};
use crate::scan::{ScanError, Scanner};

#[inline]
pub(super) fn read<'a>(text: &'a str, streams: &Streams, buffers: &mut Buffers) -> Result<Message<'a>, ParseError> {
    match text.trim_ascii_start().starts_with('[') {
        true => data(text, streams, buffers),
        false => event(text),
    }
}

/// A payload can only be read by whoever knows the channel and the pair, and these stand behind it. So they are read
/// from the frame's end first, and once more when the payload is read. The channel id in front would say it too, but
/// the venue asks not to use it ("channelID: deprecated, use channelName and pair").
#[inline]
fn data<'a>(text: &'a str, streams: &Streams, buffers: &mut Buffers) -> Result<Message<'a>, ParseError> {
    let names = match names_at_end(text, streams) {
        Some(names) => names,
        None => names_in_any_form(text, streams)?,
    };
    let Names { channel, index, .. } = names;
    let symbol = &streams.symbols()[index];
    let mut scanner = Scanner::new(text);
    let mut frame = scanner.array()?;
    require(&mut scanner, &mut frame, "a channel id")?;
    scanner.skip()?;
    require(&mut scanner, &mut frame, "a payload")?;
    let message = match channel {
        Channel::Trades => {
            v1::trades(&mut scanner, index, symbol, &mut buffers.trades)?;
            Message::Trades { is_snapshot: false }
        }
        Channel::Spread => Message::Quote(v1::spread(&mut scanner, index, symbol)?),
        Channel::Ticker => Message::Quote(v1::ticker(&mut scanner, index, symbol)?),
        Channel::Book => {
            let mut parts = v1::BookParts::default();
            parts.read(&mut scanner, symbol, &mut buffers.levels)?;
            require(&mut scanner, &mut frame, "a second payload, or the channel's name")?;
            let mut second = scanner.clone();
            if second.object().is_ok() {
                parts.read(&mut scanner, symbol, &mut buffers.levels)?;
                require(&mut scanner, &mut frame, "the channel's name")?;
            }
            return close(scanner, frame, streams, names, Message::Book(parts.finish(index)?));
        }
        Channel::Instruments => return Err(not_here(text, "instrument")),
    };
    require(&mut scanner, &mut frame, "the channel's name")?;
    close(scanner, frame, streams, names, message)
}

/// Reads the names where they belong: they must be those that the payload was read by.
#[inline]
fn close<'a>(
    mut scanner: Scanner<'a>,
    mut frame: crate::scan::Entries,
    streams: &Streams,
    Names { channel, index, at }: Names,
    message: Message<'a>,
) -> Result<Message<'a>, ParseError> {
    let position = scanner.position();
    let name = scanner.string()?;
    if at.is_none_or(|[channel_at, _]| channel_at != position) && streams.channel(&name) != Some(channel) {
        return Err(unknown_channel(position, &name));
    }
    require(&mut scanner, &mut frame, "a pair")?;
    let position = scanner.position();
    let pair = scanner.string()?;
    if at.is_none_or(|[_, pair_at]| pair_at != position) && streams.find(&pair) != Some(index) {
        return Err(unknown_symbol(position, &pair));
    }
    if scanner.element(&mut frame)? {
        return Err(ScanError::Expected {
            position: scanner.position(),
            expected: "the end of the frame",
        }
        .into());
    }
    scanner.end()?;
    Ok(message)
}

/// What a payload is read by.
#[derive(Clone, Copy)]
struct Names {
    channel: Channel,
    index: usize,
    /// Where the quotes before both stand, if both are in plain form.
    at: Option<[usize; 2]>,
}

/// Those of `...,"book-10","XBT/USD"]`.
#[inline]
fn names_at_end(text: &str, streams: &Streams) -> Option<Names> {
    let rest = text.trim_ascii_end().strip_suffix(']')?.trim_ascii_end();
    let (before_pair, pair) = quoted_at_end(rest)?;
    let rest = before_pair.trim_ascii_end().strip_suffix(',')?.trim_ascii_end();
    let (before_channel, channel) = quoted_at_end(rest)?;
    Some(Names {
        channel: streams.channel(channel)?,
        index: streams.find(pair)?,
        at: Some([before_channel.len(), before_pair.len()]),
    })
}

/// What stands before the last quoted text, and that text. It is short: a search for long ones would cost more.
#[inline(always)]
fn quoted_at_end(text: &str) -> Option<(&str, &str)> {
    let open = text.strip_suffix('"')?;
    let quote = open.bytes().rposition(|byte| byte == b'"')?;
    Some((&text[..quote], &open[quote + 1..]))
}

/// The same by the rules of JSON, and what is wrong with them.
#[cold]
fn names_in_any_form(text: &str, streams: &Streams) -> Result<Names, ParseError> {
    let mut scanner = Scanner::new(text);
    let mut frame = scanner.array()?;
    let mut names: [Option<(usize, Cow<'_, str>)>; 2] = [None, None];
    while scanner.element(&mut frame)? {
        let mut ahead = scanner.clone();
        let name = ahead.string().ok();
        let position = scanner.position();
        scanner.skip()?;
        names.swap(0, 1);
        names[1] = name.map(|name| (position, name));
    }
    scanner.end()?;
    let [Some((at, channel)), Some((pair_at, pair))] = names else {
        return Err(ScanError::Expected {
            position: scanner.position(),
            expected: "a channel's name and a pair at the end of the frame",
        }
        .into());
    };
    Ok(Names {
        channel: streams.channel(&channel).ok_or_else(|| unknown_channel(at, &channel))?,
        index: streams.find(&pair).ok_or_else(|| unknown_symbol(pair_at, &pair))?,
        at: None,
    })
}

/// `{"event": ...}` ("General Messages").
fn event(text: &str) -> Result<Message<'_>, ParseError> {
    let mut event = Field::named("event");
    let mut status = Field::named("status");
    let mut version = Field::named("version");
    let mut connection_id = Field::named("connectionID");
    let mut channel = Field::named("channelName");
    let mut pair = Field::named("pair");
    let mut error = Field::named("errorMessage");
    let mut request_id = Field::named("reqid");
    let mut scanner = Scanner::new(text);
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"event" => event.set((scanner.position(), scanner.string()?), &scanner)?,
            b"status" => status.set((scanner.position(), scanner.string()?), &scanner)?,
            b"version" => version.set(scanner.string()?, &scanner)?,
            b"connectionID" => connection_id.set(scanner.number_text()?.parse().ok(), &scanner)?,
            b"channelName" => channel.set(scanner.string()?, &scanner)?,
            b"pair" => pair.set(scanner.string()?, &scanner)?,
            b"errorMessage" => error.set(scanner.string()?, &scanner)?,
            b"reqid" => request_id.set(scanner.integer()?, &scanner)?,
            _ => scanner.skip()?,
        }
    }
    scanner.end()?;
    let (position, event) = event.required()?;
    let request_id = request_id.optional();
    Ok(match &*event {
        "heartbeat" => Message::Heartbeat,
        "pong" => Message::Pong { request_id },
        "error" => Message::Error {
            message: error.required()?,
            request_id,
        },
        "systemStatus" => Message::Status(Status {
            system: System::of(&status.required()?.1),
            version: version.optional().unwrap_or_default(),
            connection_id: connection_id.optional().flatten(),
        }),
        "subscriptionStatus" => {
            let (position, status) = status.required()?;
            let outcome = match &*status {
                "subscribed" => Outcome::Subscribed,
                "unsubscribed" => Outcome::Unsubscribed,
                "error" => Outcome::Refused(error.required()?),
                other => return Err(unknown_word(position, "status", other)),
            };
            Message::Answer(Answer {
                outcome,
                channel: channel.optional(),
                symbol: pair.optional(),
                request_id,
            })
        }
        other => return Err(unknown_word(position, "event", other)),
    })
}

#[cold]
fn not_here(text: &str, channel: &str) -> ParseError {
    unknown_channel(text.find(channel).unwrap_or_default(), channel)
}

#[cold]
fn unknown_channel(position: usize, found: &str) -> ParseError {
    ParseError::UnknownChannel {
        position,
        found: found.to_owned(),
    }
}

#[cold]
fn unknown_symbol(position: usize, found: &str) -> ParseError {
    ParseError::UnknownSymbol {
        position,
        found: found.to_owned(),
    }
}
