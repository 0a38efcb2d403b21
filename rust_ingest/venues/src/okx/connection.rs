//! OKX in the words of all venues.

use super::ParseError;
use super::frame::{Frame, Message};
use super::market::Symbol;
use super::streams::Streams;
use crate::dialect::{self, Fault, Opening, OtherConnection};
use crate::l2_book::Levels;
use crate::update::{self, BookIds, Update};

#[derive(Debug)]
pub struct Connection {
    streams: Streams,
    frame: Frame,
    /// Symbols of which a trade came since the connection was opened: the first one that the venue tells is the last one
    /// before the subscription, as the recordings show.
    told: Vec<bool>,
}

impl Connection {
    pub(super) fn new(symbols: Vec<Symbol>) -> Self {
        Self {
            told: vec![false; symbols.len()],
            streams: Streams::of(symbols),
            frame: Frame::default(),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;
    type Memory = Vec<bool>;

    fn opening(&self) -> Opening {
        Opening {
            path: "/ws/v5/public".to_owned(),
            messages: self.streams.subscribe(),
        }
    }

    /// Numbers are a book's, which begins anew with its snapshot.
    fn opened(&mut self) {
        self.told.fill(false);
    }

    #[inline]
    fn read(&mut self, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        self.frame.read(&self.streams, text)?;
        let (messages, levels) = self.frame.parts();
        for message in messages {
            tell(message, levels, &mut self.told, &mut take);
        }
        Ok(())
    }

    fn fresh_book(&self, symbol: usize) -> Vec<String> {
        let requests = self.streams.resubscribe_book(symbol);
        requests.map_or_else(Vec::new, |requests| requests.to_vec())
    }

    fn fault(error: &ParseError) -> Fault {
        match error {
            ParseError::UnknownMessage { .. } | ParseError::UnknownInstrument { .. } => Fault::Foreign,
            _ => Fault::Unreadable,
        }
    }

    fn memory(&self) -> Self::Memory {
        let Self {
            streams: _,
            frame: _,
            told,
        } = self;
        told.clone()
    }

    fn remember(&mut self, told: Self::Memory) -> Result<(), OtherConnection> {
        if told.len() != self.told.len() {
            return Err(OtherConnection);
        }
        self.told = told;
        Ok(())
    }
}

#[inline]
fn tell(message: &Message, levels: &mut Levels, told: &mut [bool], take: &mut impl FnMut(Update<'_>)) {
    match message {
        Message::Trade { symbol, trade } => take(Update::Trade(update::Trade {
            symbol: *symbol,
            event_ns: trade.event_ns,
            publish_ns: None,
            trade_id: Some(trade.trade_id),
            count: trade.count,
            price: trade.price,
            quantity: trade.quantity,
            aggressor: trade.aggressor,
            kind: "",
            is_past: !std::mem::replace(&mut told[*symbol], true),
        })),
        Message::Quote { symbol, quote } => take(Update::Quote(update::Quote {
            symbol: *symbol,
            event_ns: Some(quote.event_ns),
            publish_ns: None,
            update_id: quote.sequence,
            bid: quote.bid,
            ask: quote.ask,
        })),
        Message::Ticker { symbol, ticker } => take(Update::Quote(update::Quote {
            symbol: *symbol,
            event_ns: Some(ticker.event_ns),
            publish_ns: None,
            update_id: None,
            bid: ticker.bid,
            ask: ticker.ask,
        })),
        Message::Book { symbol, book } => take(Update::Book(update::Book {
            symbol: *symbol,
            event_ns: Some(book.event_ns),
            publish_ns: None,
            is_snapshot: book.is_snapshot,
            ids: book.sequence.map_or(BookIds::None, BookIds::Stream),
            checksum: book.checksum,
            decimals: None,
            levels,
        })),
        Message::Status(status) => take(Update::Status {
            symbol: None,
            message: status.to_string().into(),
        }),
        Message::Notice(notice) if notice.is_closing() => take(Update::Closing {
            message: notice.to_string().into(),
        }),
        Message::Notice(notice) => take(Update::Status {
            symbol: None,
            message: notice.to_string().into(),
        }),
        Message::Error(notice) => take(Update::Refused {
            message: notice.to_string().into(),
        }),
        Message::Connections {
            channel,
            count,
            is_refused: true,
        } => take(Update::Refused {
            message: format!("channel {channel} on {count} connections already").into(),
        }),
        Message::Answer(_) | Message::Connections { .. } => take(Update::Confirmed),
        Message::Pong => take(Update::Pong),
    }
}
