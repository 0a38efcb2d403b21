//! Frames of Advanced Trade: a `channel`, a number, and `events`.

use super::{Frame, Message};
use crate::coinbase::ParseError;
use crate::coinbase::envelope::Seen;
use crate::coinbase::fields::{Field, time};
use crate::coinbase::market::{Book, Ticker, Trade};
use crate::coinbase::status::{Subscriptions, VenueError, read_counter, read_products};
use crate::coinbase::streams::Streams;
use crate::look_up::look_up;
use crate::scan::{ScanError, Scanner, Word};

impl Frame {
    #[inline]
    pub(super) fn read_advanced(&mut self, streams: &Streams, text: &str) -> Result<(), ParseError> {
        let mut scanner = Scanner::new(text);
        let [channel] = look_up(scanner.clone(), ["channel"])?;
        let Some(channel) = channel else {
            return self.read_without_channel(scanner);
        };
        let mut channels = Field::named("channel");
        let mut publish_ns = Field::named("timestamp");
        let mut sequence = Field::named("sequence_num");
        let mut events = Field::named("events");
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"channel" => channels.set(scanner.skip()?, &scanner)?,
                b"timestamp" => publish_ns.set(time(&mut scanner, "timestamp")?, &scanner)?,
                b"sequence_num" => sequence.set(scanner.integer_or_quoted()?, &scanner)?,
                b"events" => events.set(self.read_events(&channel, streams, &mut scanner)?, &scanner)?,
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        events.required()?;
        self.publish_ns = Some(publish_ns.required()?);
        self.sequence = Some(sequence.required()?);
        Ok(())
    }

    /// An error has a `type` instead.
    #[cold]
    fn read_without_channel(&mut self, mut scanner: Scanner<'_>) -> Result<(), ParseError> {
        let [kind] = look_up(scanner.clone(), ["type"])?;
        match kind {
            Some(kind) if kind.text == "error" => {
                let error = VenueError::read(&mut scanner)?;
                scanner.end()?;
                self.messages.push(Message::Error(error));
                Ok(())
            }
            Some(kind) => Err(ParseError::unknown_message(kind)),
            None => Err(ScanError::Missing { field: "channel" }.into()),
        }
    }

    #[inline]
    fn read_events(
        &mut self,
        channel: &Word<'_>,
        streams: &Streams,
        scanner: &mut Scanner<'_>,
    ) -> Result<(), ParseError> {
        let mut all = scanner.array()?;
        let mut subscriptions = Subscriptions::default();
        let mut products = Vec::new();
        while scanner.element(&mut all)? {
            match &*channel.text {
                "l2_data" => self.read_level2(streams, scanner)?,
                "market_trades" => self.read_trades(streams, scanner)?,
                "ticker" | "ticker_batch" => self.read_tickers(streams, scanner)?,
                "heartbeats" => {
                    let counter = read_counter(scanner)?;
                    self.messages.push(Message::Beat { counter });
                }
                "subscriptions" => subscriptions.read_advanced(scanner)?,
                "status" => read_products(scanner, &mut products)?,
                _ => return Err(ParseError::unknown_message(channel.clone())),
            }
        }
        match &*channel.text {
            "subscriptions" => self.messages.push(Message::Subscriptions(subscriptions)),
            "status" => self.messages.push(Message::Status(products)),
            "l2_data" | "market_trades" | "ticker" | "ticker_batch" | "heartbeats" => {}
            _ => return Err(ParseError::unknown_message(channel.clone())),
        }
        Ok(())
    }

    #[inline]
    fn read_level2(&mut self, streams: &Streams, scanner: &mut Scanner<'_>) -> Result<(), ParseError> {
        let [kind, product] = look_up(scanner.clone(), ["type", "product_id"])?;
        let is_snapshot = is_snapshot(kind)?;
        let product = product.ok_or(ScanError::Missing { field: "product_id" })?;
        let (symbol, terms) = streams.find(product)?;
        let (levels, changes) = self.new_levels();
        let book = Book::read_advanced(scanner, terms, is_snapshot, changes)?;
        self.messages.push(Message::Book { symbol, book, levels });
        Ok(())
    }

    /// The venue writes the newest trade first; ids give the order in which they were made.
    #[inline]
    fn read_trades(&mut self, streams: &Streams, scanner: &mut Scanner<'_>) -> Result<(), ParseError> {
        let [kind] = look_up(scanner.clone(), ["type"])?;
        let is_past = is_snapshot(kind)?;
        let first = self.messages.len();
        self.each_of("trades", scanner, |frame, scanner| {
            let (symbol, terms) = streams.find(product_of(scanner)?)?;
            let trade = Trade::read_advanced(scanner, terms, is_past)?;
            frame.messages.push(Message::Trade { symbol, trade });
            Ok(())
        })?;
        self.messages[first..].sort_unstable_by_key(|message| match message {
            Message::Trade { symbol, trade } => Some((*symbol, trade.trade_id)),
            _ => None,
        });
        Ok(())
    }

    fn read_tickers(&mut self, streams: &Streams, scanner: &mut Scanner<'_>) -> Result<(), ParseError> {
        self.each_of("tickers", scanner, |frame, scanner| {
            let (symbol, terms) = streams.find(product_of(scanner)?)?;
            let ticker = Ticker::read_advanced(scanner, terms)?;
            frame.messages.push(Message::Ticker { symbol, ticker });
            Ok(())
        })
    }

    /// Hands each element of the event's array `name` to `read`.
    #[inline(always)]
    fn each_of<'a>(
        &mut self,
        name: &'static str,
        scanner: &mut Scanner<'a>,
        mut read: impl FnMut(&mut Self, &mut Scanner<'a>) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        let mut found = Field::named(name);
        let mut entries = scanner.object()?;
        let mut seen = Seen::default();
        while let Some(key) = scanner.key(&mut entries)? {
            if key != name.as_bytes() {
                seen.pass(key, scanner)?;
                continue;
            }
            let mut all = scanner.array()?;
            while scanner.element(&mut all)? {
                read(self, scanner)?;
            }
            found.set((), scanner)?;
        }
        Ok(found.required()?)
    }
}

#[inline]
fn product_of<'a>(scanner: &Scanner<'a>) -> Result<Word<'a>, ScanError> {
    let [product] = look_up(scanner.clone(), ["product_id"])?;
    product.ok_or(ScanError::Missing { field: "product_id" })
}

#[inline]
fn is_snapshot(kind: Option<Word<'_>>) -> Result<bool, ParseError> {
    let kind = kind.ok_or(ScanError::Missing { field: "type" })?;
    match &*kind.text {
        "snapshot" => Ok(true),
        "update" => Ok(false),
        _ => Err(ParseError::UnknownWord {
            position: kind.position,
            field: "type",
            found: kind.text.into_owned(),
        }),
    }
}
