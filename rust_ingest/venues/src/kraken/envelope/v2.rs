//! Frames of v2: `{"channel":...,"type":...,"data":[...]}`, or the answer to a `method`.

use std::borrow::Cow;

use super::Message;
use crate::field::Field;
use crate::kraken::ParseError;
use crate::kraken::fields::{require, unknown_word};
use crate::kraken::market::{Buffers, v2};
use crate::kraken::status::{Answer, Outcome, Status, System};
use crate::kraken::streams::{Channel, Streams};
use crate::scan::{Entries, ScanError, Scanner};

/// A frame of a channel, opened.
struct Opened<'a> {
    channel: (usize, Cow<'a, str>),
    is_snapshot: bool,
    /// Stands at the data.
    data: Scanner<'a>,
    /// To be read after the data, unless it was read before.
    rest: Option<Entries>,
}

#[inline]
pub(super) fn read<'a>(text: &'a str, streams: &Streams, buffers: &mut Buffers) -> Result<Message<'a>, ParseError> {
    match open(text)? {
        Some(opened) => data(opened, streams, buffers),
        None => other(text),
    }
}

/// The venue's own order of fields; `None` for any other frame.
#[inline]
fn open(text: &str) -> Result<Option<Opened<'_>>, ParseError> {
    let mut scanner = Scanner::new(text);
    let mut entries = scanner.object()?;
    if scanner.key(&mut entries)? != Some(b"channel") {
        return open_any_order(text);
    }
    let channel = (scanner.position(), scanner.string()?);
    if scanner.key(&mut entries)? != Some(b"type") {
        return open_any_order(text);
    }
    let is_snapshot = kind(&mut scanner)?;
    if scanner.key(&mut entries)? != Some(b"data") {
        return open_any_order(text);
    }
    Ok(Some(Opened {
        channel,
        is_snapshot,
        data: scanner,
        rest: Some(entries),
    }))
}

#[cold]
fn open_any_order(text: &str) -> Result<Option<Opened<'_>>, ParseError> {
    let mut channel = Field::named("channel");
    let mut is_snapshot = Field::named("type");
    let mut data = Field::named("data");
    let mut scanner = Scanner::new(text);
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"channel" => channel.set((scanner.position(), scanner.string()?), &scanner)?,
            b"type" => is_snapshot.set(kind(&mut scanner)?, &scanner)?,
            b"data" => {
                let at = scanner.clone();
                scanner.skip()?;
                data.set(at, &scanner)?;
            }
            _ => scanner.skip()?,
        }
    }
    scanner.end()?;
    let Some(data) = data.optional() else {
        return Ok(None);
    };
    Ok(Some(Opened {
        channel: channel.required()?,
        is_snapshot: is_snapshot.required()?,
        data,
        rest: None,
    }))
}

/// Whether the data are a snapshot.
fn kind(scanner: &mut Scanner<'_>) -> Result<bool, ParseError> {
    let position = scanner.position();
    match &*scanner.string()? {
        "update" => Ok(false),
        "snapshot" => Ok(true),
        found => Err(unknown_word(position, "type", found)),
    }
}

#[inline]
fn data<'a>(opened: Opened<'a>, streams: &Streams, buffers: &mut Buffers) -> Result<Message<'a>, ParseError> {
    let (position, name) = opened.channel;
    let is_snapshot = opened.is_snapshot;
    let mut scanner = opened.data;
    let message = match streams.channel(&name) {
        _ if name == "status" => Message::Status(status(&mut scanner)?),
        Some(Channel::Instruments) => {
            scanner.skip()?;
            Message::Instruments
        }
        Some(Channel::Trades) => {
            let mut list = scanner.array()?;
            while scanner.element(&mut list)? {
                let index = symbol_of(&scanner, streams)?;
                let trade = v2::trade(&mut scanner, index, &streams.symbols()[index])?;
                buffers.trades.push(trade);
            }
            Message::Trades { is_snapshot }
        }
        Some(Channel::Ticker) => {
            let (mut list, index) = only_symbol(&mut scanner, streams)?;
            let quote = v2::ticker(&mut scanner, index, &streams.symbols()[index])?;
            no_more(&mut scanner, &mut list)?;
            Message::Quote(quote)
        }
        Some(Channel::Book) => {
            let (mut list, index) = only_symbol(&mut scanner, streams)?;
            let symbol = &streams.symbols()[index];
            let book = v2::book(&mut scanner, index, symbol, is_snapshot, &mut buffers.levels)?;
            no_more(&mut scanner, &mut list)?;
            Message::Book(book)
        }
        Some(Channel::Spread) | None => {
            return Err(ParseError::UnknownChannel {
                position,
                found: name.into_owned(),
            });
        }
    };
    if let Some(mut entries) = opened.rest {
        while let Some(key) = scanner.key(&mut entries)? {
            if let Some(field) = ["channel", "type", "data"]
                .into_iter()
                .find(|field| field.as_bytes() == key)
            {
                let position = scanner.position();
                return Err(ScanError::Repeated { position, field }.into());
            }
            scanner.skip()?;
        }
        scanner.end()?;
    }
    Ok(message)
}

/// Opens `data` of a channel that has one object in each message ("Book (Level 2)", "Ticker (Level 1)").
#[inline]
fn only_symbol(scanner: &mut Scanner<'_>, streams: &Streams) -> Result<(Entries, usize), ParseError> {
    let mut list = scanner.array()?;
    require(scanner, &mut list, "one object in the data")?;
    let index = symbol_of(scanner, streams)?;
    Ok((list, index))
}

/// Closes it.
#[inline]
fn no_more(scanner: &mut Scanner<'_>, list: &mut Entries) -> Result<(), ScanError> {
    if scanner.element(list)? {
        return Err(ScanError::Expected {
            position: scanner.position(),
            expected: "one object in the data, not more",
        });
    }
    Ok(())
}

/// Which symbol the object is of that the scanner stands before: what its decimals count depends on it. The scanner
/// stays where it is.
#[inline]
fn symbol_of(scanner: &Scanner<'_>, streams: &Streams) -> Result<usize, ParseError> {
    let mut ahead = scanner.clone();
    let mut entries = ahead.object()?;
    while let Some(key) = ahead.key(&mut entries)? {
        if key != b"symbol" {
            ahead.skip()?;
            continue;
        }
        let position = ahead.position();
        let name = ahead.string()?;
        return streams.find(&name).ok_or_else(|| ParseError::UnknownSymbol {
            position,
            found: name.into_owned(),
        });
    }
    Err(ScanError::Missing { field: "symbol" }.into())
}

/// `[{"version":"2.0.0","system":"online","api_version":"v2","connection_id":12393906104898154338}]` ("Status").
fn status<'a>(scanner: &mut Scanner<'a>) -> Result<Status<'a>, ParseError> {
    let mut system = Field::named("system");
    let mut version = Field::named("version");
    let mut connection_id = Field::named("connection_id");
    let mut list = scanner.array()?;
    while scanner.element(&mut list)? {
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"system" => system.set(System::of(&scanner.string()?), scanner)?,
                b"version" => version.set(scanner.string()?, scanner)?,
                b"connection_id" => connection_id.set(scanner.number_text()?.parse().ok(), scanner)?,
                _ => scanner.skip()?,
            }
        }
    }
    Ok(Status {
        system: system.required()?,
        version: version.optional().unwrap_or_default(),
        connection_id: connection_id.optional().flatten(),
    })
}

/// A heartbeat, or what became of a request ("Subscribe", "Ping").
#[cold]
fn other(text: &str) -> Result<Message<'_>, ParseError> {
    let mut channel = Field::named("channel");
    let mut method = Field::named("method");
    let mut success = Field::named("success");
    let mut error = Field::named("error");
    let mut symbol = Field::named("symbol");
    let mut request_id = Field::named("req_id");
    let mut result = Field::named("result");
    let mut scanner = Scanner::new(text);
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"channel" => channel.set((scanner.position(), scanner.string()?), &scanner)?,
            b"method" => method.set((scanner.position(), scanner.string()?), &scanner)?,
            b"success" => success.set(scanner.boolean()?, &scanner)?,
            b"error" => error.set(scanner.string()?, &scanner)?,
            b"symbol" => symbol.set(scanner.string()?, &scanner)?,
            b"req_id" => request_id.set(scanner.integer()?, &scanner)?,
            b"result" => result.set(subscription(&mut scanner)?, &scanner)?,
            _ => scanner.skip()?,
        }
    }
    scanner.end()?;
    let request_id = request_id.optional();
    if let Some((position, channel)) = channel.optional() {
        return match &*channel {
            "heartbeat" => Ok(Message::Heartbeat),
            found => Err(ParseError::UnknownChannel {
                position,
                found: found.to_owned(),
            }),
        };
    }
    let (error, method, success) = (error.optional(), method.optional(), success.optional());
    let (position, method) = match (method, &error) {
        (Some(method), _) => method,
        (None, Some(_)) => (0, Cow::Borrowed("error")),
        (None, None) => return Err(ScanError::Missing { field: "method" }.into()),
    };
    let (channel, named) = result.optional().unwrap_or_default();
    let answer = |outcome| {
        Message::Answer(Answer {
            outcome,
            channel,
            symbol: symbol.optional().or(named),
            request_id,
        })
    };
    match (&*method, error) {
        ("subscribe" | "unsubscribe", Some(error)) => Ok(answer(Outcome::Refused(error))),
        (_, Some(message)) => Ok(Message::Error { message, request_id }),
        ("pong", None) => Ok(Message::Pong { request_id }),
        ("subscribe" | "unsubscribe", None) if success != Some(true) => {
            Err(ScanError::Missing { field: "success" }.into())
        }
        ("subscribe", None) => Ok(answer(Outcome::Subscribed)),
        ("unsubscribe", None) => Ok(answer(Outcome::Unsubscribed)),
        (found, None) => Err(unknown_word(position, "method", found)),
    }
}

type Names<'a> = (Option<Cow<'a, str>>, Option<Cow<'a, str>>);

/// Channel and symbol of an answer's `result`.
fn subscription<'a>(scanner: &mut Scanner<'a>) -> Result<Names<'a>, ParseError> {
    let mut channel = Field::named("channel");
    let mut symbol = Field::named("symbol");
    let mut entries = scanner.object()?;
    while let Some(key) = scanner.key(&mut entries)? {
        match key {
            b"channel" => channel.set(scanner.string()?, scanner)?,
            b"symbol" => symbol.set(scanner.string()?, scanner)?,
            _ => scanner.skip()?,
        }
    }
    Ok((channel.optional(), symbol.optional()))
}
