//! Frames of the Exchange feed: one message each, told by its `type`.

use super::{Frame, Message};
use crate::coinbase::ParseError;
use crate::coinbase::market::{Book, Heartbeat, Symbol, Ticker, Trade};
use crate::coinbase::status::{Subscriptions, VenueError, read_products};
use crate::coinbase::streams::Streams;
use crate::look_up::look_up;
use crate::scan::{Entries, ScanError, Scanner, Word};

/// Kind and product of what begins as tickers and books do, the most of all messages; of others the look-up finds them.
#[inline(always)]
fn front(mut scanner: Scanner<'_>) -> Option<[Word<'_>; 2]> {
    let mut entries = scanner.object().ok()?;
    let kind = field(&mut scanner, &mut entries, "\"type\":")?;
    let is_sequence = scanner.accept_key(&mut entries, "\"sequence\":");
    if is_sequence {
        scanner.integer().ok()?;
    }
    Some([kind, field(&mut scanner, &mut entries, "\"product_id\":")?])
}

#[inline(always)]
fn field<'a>(scanner: &mut Scanner<'a>, entries: &mut Entries, quoted: &'static str) -> Option<Word<'a>> {
    if !scanner.accept_key(entries, quoted) {
        return None;
    }
    Word::read(scanner).ok()
}

impl Frame {
    #[inline]
    pub(super) fn read_exchange(&mut self, streams: &Streams, text: &str) -> Result<(), ParseError> {
        let mut scanner = Scanner::new(text);
        let [kind, product] = match front(scanner.clone()) {
            Some(words) => words.map(Some),
            None => look_up(scanner.clone(), ["type", "product_id"])?,
        };
        let kind = kind.ok_or(ScanError::Missing { field: "type" })?;
        let message = match (&*kind.text, product) {
            ("match" | "last_match", Some(product)) => {
                let (symbol, terms) = streams.find(product)?;
                let is_past = kind.text == "last_match";
                let trade = Trade::read_exchange(&mut scanner, terms, is_past)?;
                Message::Trade { symbol, trade }
            }
            ("ticker" | "ticker_batch", Some(product)) => {
                let (symbol, terms) = streams.find(product)?;
                let ticker = Ticker::read_exchange(&mut scanner, terms)?;
                Message::Ticker { symbol, ticker }
            }
            ("l2update", Some(product)) => self.read_book(&mut scanner, streams.find(product)?, false)?,
            ("snapshot", Some(product)) => self.read_book(&mut scanner, streams.find(product)?, true)?,
            ("heartbeat", Some(product)) => {
                let (symbol, _) = streams.find(product)?;
                let heartbeat = Heartbeat::read_exchange(&mut scanner)?;
                Message::Heartbeat { symbol, heartbeat }
            }
            ("subscriptions", _) => Message::Subscriptions(Subscriptions::read_exchange(&mut scanner)?),
            ("status", _) => {
                let mut products = Vec::new();
                read_products(&mut scanner, &mut products)?;
                Message::Status(products)
            }
            ("error", _) => Message::Error(VenueError::read(&mut scanner)?),
            ("match" | "last_match" | "ticker" | "ticker_batch" | "l2update" | "snapshot" | "heartbeat", None) => {
                return Err(ScanError::Missing { field: "product_id" }.into());
            }
            _ => return Err(ParseError::unknown_message(kind)),
        };
        scanner.end()?;
        self.messages.push(message);
        Ok(())
    }

    #[inline]
    fn read_book(
        &mut self,
        scanner: &mut Scanner<'_>,
        (symbol, terms): (usize, &Symbol),
        is_snapshot: bool,
    ) -> Result<Message, ParseError> {
        let (levels, changes) = self.new_levels();
        let book = match is_snapshot {
            true => Book::read_exchange_snapshot(scanner, terms, changes)?,
            false => Book::read_exchange_update(scanner, terms, changes)?,
        };
        Ok(Message::Book { symbol, book, levels })
    }
}
