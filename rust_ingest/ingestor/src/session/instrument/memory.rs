//! What an instrument's records depend on beside the input at hand.

use serde::{Deserialize, Serialize};
use venues::venue_book::VenueBook;

use crate::session::fresh_book::FreshBook;
use crate::session::newest::Newest;
use crate::session::numbers::{LastIds, Numbers};
use crate::session::quiet::Quiet;
use crate::session::trade_ids::TradeIds;

/// All that an instrument remembers of the inputs before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstrumentMemory {
    pub trade_ids: TradeIds,
    /// For what the venue does not number: trades, quotes, messages of the book.
    pub counted_trades: Numbers,
    pub counted_quotes: Numbers,
    pub counted_books: Numbers,
    pub newest_trade: Newest,
    pub newest_quote: Newest,
    pub newest_book: Newest,
    pub book: VenueBook,
    pub fresh_book: FreshBook,
    pub quiet: Quiet,
    /// Why something is missing between the log's end and the next connection, if it is.
    pub missed: Option<String>,
}

impl InstrumentMemory {
    /// Of an instrument that the log knows nothing of.
    pub fn new(book: VenueBook) -> Self {
        Self {
            trade_ids: TradeIds::default(),
            counted_trades: Numbers::new(),
            counted_quotes: Numbers::new(),
            counted_books: Numbers::new(),
            newest_trade: Newest::default(),
            newest_quote: Newest::default(),
            newest_book: Newest::default(),
            book,
            fresh_book: FreshBook::default(),
            quiet: Quiet::default(),
            missed: None,
        }
    }

    /// Goes on behind what the log holds, as far as it is known.
    pub fn resume(&mut self, last: LastIds, reason: &str) {
        self.trade_ids = last.trade.map_or_else(TradeIds::default, TradeIds::after);
        self.counted_trades = Numbers::after(last.trade);
        self.counted_quotes = Numbers::after(last.quote);
        self.counted_books = Numbers::after(last.book);
        self.missed = Some(reason.to_owned());
    }
}
