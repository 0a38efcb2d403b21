//! OKX in the words of all venues.

use super::ParseError;
use super::dialect::{Dialect, PING, PING_AFTER, book_rule};
use super::frame::{Frame, Message};
use super::instruments::{Listing, kind_of, listing_path, listings};
use super::market::Symbol;
use super::streams::Streams;
use crate::dialect::{self, Fault, ListingRequest, Opening, Probe, boxed};
use crate::fixed::Scale;
use crate::l2_book::{L2Book, Levels};
use crate::streamed_book::StreamedBook;
use crate::terms::{Terms, TermsError};
use crate::update::{self, BookIds, Update};
use crate::venue_book::VenueBook;

#[derive(Debug)]
pub struct Connection {
    streams: Streams,
    frame: Frame,
    /// Symbols of which a trade came since the connection was opened: the first one that the venue tells is the last one
    /// before the subscription, as the recordings show.
    told: Vec<bool>,
}

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn name(self) -> &'static str {
        self.venue()
    }

    fn venue(self) -> &'static str {
        Self::venue(self)
    }

    fn ws_urls(self) -> &'static [&'static str] {
        match self {
            Self::Production => &["wss://ws.okx.com:8443"],
            Self::Demo => &["wss://wspap.okx.com:8443"],
        }
    }

    fn rest_url(self) -> &'static str {
        Self::rest_url(self)
    }

    fn rest_header(self) -> Option<(&'static str, &'static str)> {
        Self::rest_header(self)
    }

    /// Each kind of instrument has a list of its own.
    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        let request = |kind: &str| {
            let of_kind: Vec<&str> = symbols
                .iter()
                .copied()
                .filter(|symbol| kind_of(symbol) == kind)
                .collect();
            (!of_kind.is_empty()).then(|| ListingRequest::of(listing_path(kind), &of_kind))
        };
        ["SPOT", "SWAP", "FUTURES"].into_iter().filter_map(request).collect()
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn dialect::Listing>>, TermsError> {
        listings(answer, symbols).map(boxed)
    }

    /// The stream brings it.
    fn snapshot_path(self, _symbol: &str) -> Option<String> {
        None
    }

    fn book(self, symbol: &Symbol) -> VenueBook {
        VenueBook::streamed(StreamedBook::new(book_rule(symbol), L2Book::default()))
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        Connection {
            told: vec![false; symbols.len()],
            streams: Streams::of(symbols),
            frame: Frame::default(),
        }
    }

    fn numbers_everything(self) -> bool {
        true
    }

    fn probe(self) -> Probe {
        Probe::Text {
            after: PING_AFTER,
            text: PING.to_owned(),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;

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

    fn read_snapshot(&mut self, _symbol: usize, _text: &str, _take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
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
            message: format!("{}: {}", status.title, status.state).into(),
        }),
        Message::Notice(notice) => take(Update::Status {
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

impl dialect::Listing for Listing {
    fn symbol(&self) -> &str {
        Self::symbol(self)
    }

    fn instrument(&self) -> Result<String, TermsError> {
        Self::instrument(self)
    }

    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        match self.contract() {
            None => Self::terms(self, price, quantity),
            Some(contract) => Err(TermsError::Contracts {
                symbol: Self::symbol(self).to_owned(),
                contract: format!("{} x {} {}", contract.multiplier, contract.value, contract.currency),
            }),
        }
    }
}
