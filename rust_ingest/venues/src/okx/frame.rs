//! A frame as received, read as a whole or not at all, into memory that is used again.

use super::ParseError;
use super::dialect::PONG;
use super::envelope::Arg;
use super::fields::Field;
use super::market::{Book, Quote, Ticker, Trade};
use super::status::{Answer, Notice, Status};
use super::streams::Streams;
use crate::l2_book::Levels;
use crate::scan::{Entries, ScanError, Scanner, Word};

/// `symbol` says which of the connection's symbols, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Trade {
        symbol: usize,
        trade: Trade,
    },
    Ticker {
        symbol: usize,
        ticker: Ticker,
    },
    Quote {
        symbol: usize,
        quote: Quote,
    },
    /// Its levels are [`Frame::levels`].
    Book {
        symbol: usize,
        book: Book,
    },
    Status(Status),
    Answer(Answer),
    /// The venue tells something of the connection: that it will close it.
    Notice(Notice),
    /// The venue refuses something. It is an answer, and no failure to read.
    Error(Notice),
    /// Connections that are subscribed to a channel; refused where there were too many.
    Connections {
        channel: String,
        count: i64,
        is_refused: bool,
    },
    /// The answer to [`super::dialect::PING`].
    Pong,
}

/// What a frame holds.
#[derive(Debug, Default)]
pub struct Frame {
    messages: Vec<Message>,
    levels: Levels,
}

impl Frame {
    /// Replaces what the frame holds by what `text` says; nothing if it cannot be read.
    #[inline]
    pub fn read(&mut self, streams: &Streams, text: &str) -> Result<(), ParseError> {
        self.messages.clear();
        self.levels.clear();
        let read = self.read_any(streams, text);
        if read.is_err() {
            self.messages.clear();
            self.levels.clear();
        }
        read
    }

    /// In the venue's order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The levels of the frame's book: a frame has one at most.
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// The messages, and the levels of the frame's book, to be lent.
    pub fn parts(&mut self) -> (&[Message], &mut Levels) {
        (&self.messages, &mut self.levels)
    }

    #[inline]
    fn read_any(&mut self, streams: &Streams, text: &str) -> Result<(), ParseError> {
        if text == PONG {
            self.messages.push(Message::Pong);
            return Ok(());
        }
        let mut scanner = Scanner::new(text);
        let mut entries = scanner.object()?;
        if scanner.accept_key(&mut entries, "\"arg\":") {
            let arg = Arg::read(&mut scanner)?;
            let action = match scanner.accept_key(&mut entries, "\"action\":") {
                true => Some(Word::read(&mut scanner)?),
                false => None,
            };
            if scanner.accept_key(&mut entries, "\"data\":") && (action.is_some() || arg.channel.text != "books") {
                self.read_data(streams, arg, action, &mut scanner)?;
                return close(scanner, entries);
            }
        }
        self.read_any_order(streams, text)
    }

    #[cold]
    fn read_any_order(&mut self, streams: &Streams, text: &str) -> Result<(), ParseError> {
        let mut scanner = Scanner::new(text);
        let mut arg = Field::named("arg");
        let mut action = Field::named("action");
        let mut data = Field::named("data");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"event" => return self.read_event(text),
                b"arg" => arg.set(Arg::read(&mut scanner)?, &scanner)?,
                b"action" => action.set(Word::read(&mut scanner)?, &scanner)?,
                b"data" => {
                    data.set(scanner.clone(), &scanner)?;
                    scanner.skip()?;
                }
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        self.read_data(streams, arg.required()?, action.optional(), &mut data.required()?)
    }

    #[inline]
    fn read_data(
        &mut self,
        streams: &Streams,
        arg: Arg<'_>,
        action: Option<Word<'_>>,
        data: &mut Scanner<'_>,
    ) -> Result<(), ParseError> {
        let mut rows = data.array()?;
        if arg.channel.text == "status" {
            while data.element(&mut rows)? {
                self.messages.push(Message::Status(Status::read(data)?));
            }
            return Ok(());
        }
        let instrument = arg.instrument.ok_or(ScanError::Missing { field: "instId" })?;
        let (symbol, terms) = streams.find(instrument)?;
        let mut books = 0;
        while data.element(&mut rows)? {
            let message = match &*arg.channel.text {
                "tickers" => Message::Ticker {
                    symbol,
                    ticker: Ticker::read(data, terms)?,
                },
                "trades" => Message::Trade {
                    symbol,
                    trade: Trade::read(data, terms)?,
                },
                "bbo-tbt" => Message::Quote {
                    symbol,
                    quote: Quote::read(data, terms, &mut self.levels)?,
                },
                "books" => {
                    books += 1;
                    if books > 1 {
                        return Err(ScanError::Repeated {
                            position: data.position(),
                            field: "data",
                        }
                        .into());
                    }
                    let is_snapshot = is_snapshot(&action)?;
                    let book = Book::read(data, terms, is_snapshot, &mut self.levels)?;
                    Message::Book { symbol, book }
                }
                _ => return Err(ParseError::unknown_message(arg.channel)),
            };
            self.messages.push(message);
        }
        Ok(())
    }

    #[cold]
    fn read_event(&mut self, text: &str) -> Result<(), ParseError> {
        let mut scanner = Scanner::new(text);
        let mut event = Field::named("event");
        let mut arg = Field::named("arg");
        let mut code = Field::named("code");
        let mut message = Field::named("msg");
        let mut channel = Field::named("channel");
        let mut count = Field::named("connCount");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"event" => event.set(Word::read(&mut scanner)?, &scanner)?,
                b"arg" => arg.set(Arg::read(&mut scanner)?, &scanner)?,
                b"code" => code.set(scanner.string()?.into_owned(), &scanner)?,
                b"msg" => message.set(scanner.string()?.into_owned(), &scanner)?,
                b"channel" => channel.set(scanner.string()?.into_owned(), &scanner)?,
                b"connCount" => count.set(scanner.integer_or_quoted()?, &scanner)?,
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        let event = event.required()?;
        let message = match &*event.text {
            "subscribe" | "unsubscribe" => {
                let arg = arg.required()?;
                Message::Answer(Answer {
                    is_subscribed: event.text == "subscribe",
                    channel: arg.channel.text.into_owned(),
                    instrument: arg.instrument.map(|word| word.text.into_owned()),
                })
            }
            "error" | "notice" => {
                let notice = Notice {
                    code: code.required()?,
                    message: message.required()?,
                };
                match &*event.text {
                    "error" => Message::Error(notice),
                    _ => Message::Notice(notice),
                }
            }
            "channel-conn-count" | "channel-conn-count-error" => Message::Connections {
                channel: channel.required()?,
                count: count.required()?,
                is_refused: event.text == "channel-conn-count-error",
            },
            _ => return Err(ParseError::unknown_message(event)),
        };
        self.messages.push(message);
        Ok(())
    }
}

/// Reads what follows the data.
#[inline]
fn close(mut scanner: Scanner<'_>, mut entries: Entries) -> Result<(), ParseError> {
    while let Some(key) = scanner.key(&mut entries)? {
        for field in ["arg", "action", "data"] {
            if key == field.as_bytes() {
                let position = scanner.position();
                return Err(ScanError::Repeated { position, field }.into());
            }
        }
        scanner.skip()?;
    }
    Ok(scanner.end()?)
}

#[inline]
fn is_snapshot(action: &Option<Word<'_>>) -> Result<bool, ParseError> {
    let action = action.as_ref().ok_or(ScanError::Missing { field: "action" })?;
    match &*action.text {
        "snapshot" => Ok(true),
        "update" => Ok(false),
        _ => Err(ParseError::unknown_word("action", action.clone())),
    }
}
