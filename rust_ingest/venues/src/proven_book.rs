//! One symbol's book, proven by a checksum over decimals as the venue writes them: Kraken's, so far.
//!
//! No message has a number: that one is missing shows in the checksum, which each update has. It is summed over the
//! best ten levels alone, so that a lost change further out shows only when its level comes up.

use kernels::Scale as BookScale;
use serde::{Deserialize, Serialize};

use crate::book_steps::StreamStep;
use crate::l2_book::{BookError, KrakenDecimals, L2Book, Levels, Top};
use crate::streamed_book::{StreamRule, StreamedBook};
use crate::symbols::Symbol;

/// A book that says whether it is the venue's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProvenBook {
    scale: BookScale,
    /// Levels a side that are subscribed.
    depth: u32,
    /// Given with the symbol; otherwise read from the snapshot.
    decimals: Option<KrakenDecimals>,
    state: State,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum State {
    /// No snapshot yet.
    Nothing,
    /// A snapshot without a level, so that nobody knows yet how many decimals the venue writes.
    Empty,
    Streamed(StreamedBook),
}

impl ProvenBook {
    /// `depth` is what is subscribed: after each message the book is cut to it, as no removal comes for levels that
    /// fall out of it ("Maintaining the book").
    pub fn new(symbol: &Symbol, depth: u32) -> Self {
        let (price, quantity) = (symbol.price.exponent(), symbol.quantity.exponent());
        Self {
            scale: BookScale::new(i32::from(price), i32::from(quantity)),
            depth,
            decimals: symbol.decimals,
            state: State::Nothing,
        }
    }

    /// Takes one message, all its changes together, and says whether the book is the venue's after it. After a wrong
    /// checksum there is no book until the next snapshot: subscribe again.
    ///
    /// # Errors
    /// A level has more decimals than the venue writes; there is no book then either.
    pub fn on_levels(
        &mut self,
        is_snapshot: bool,
        checksum: Option<i64>,
        decimals: Option<KrakenDecimals>,
        levels: &Levels,
    ) -> Result<StreamStep, BookError> {
        if is_snapshot {
            let Some(mut streamed) = self.start(decimals)? else {
                self.state = State::Empty;
                return Ok(StreamStep::Taken(Top::default()));
            };
            let step = streamed.on_snapshot(levels, None, checksum);
            self.state = State::Streamed(streamed);
            return step;
        }
        if matches!(self.state, State::Empty)
            && let Some(mut streamed) = self.start(decimals)?
        {
            streamed.on_snapshot(&Levels::default(), None, None)?;
            self.state = State::Streamed(streamed);
        }
        match &mut self.state {
            State::Streamed(streamed) => streamed.on_update(levels, None, checksum),
            State::Empty => Ok(StreamStep::Taken(Top::default())),
            State::Nothing => Ok(StreamStep::NoSnapshot),
        }
    }

    /// An empty book, if it is known how the venue writes decimals.
    fn start(&self, written: Option<KrakenDecimals>) -> Result<Option<StreamedBook>, BookError> {
        let Some(decimals) = self.decimals.or(written) else {
            return Ok(None);
        };
        let rule = StreamRule::Kraken {
            scale: self.scale,
            decimals,
        };
        let book = L2Book::limited(i64::from(self.depth))?;
        Ok(Some(StreamedBook::new(rule, book)))
    }

    /// The connection was lost: nothing is known until the next snapshot.
    pub fn disconnect(&mut self) {
        self.state = State::Nothing;
    }

    pub fn is_synchronised(&self) -> bool {
        match &self.state {
            State::Streamed(streamed) => streamed.is_synchronised(),
            State::Empty => true,
            State::Nothing => false,
        }
    }

    /// Levels a side that are subscribed.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The best levels, if the book is synchronised.
    pub fn top(&self) -> Option<Top> {
        match &self.state {
            State::Streamed(streamed) => streamed.top(),
            State::Empty => Some(Top::default()),
            State::Nothing => None,
        }
    }

    /// The book itself, if it is synchronised and holds a level.
    pub fn book(&self) -> Option<&L2Book> {
        match &self.state {
            State::Streamed(streamed) => streamed.book(),
            _ => None,
        }
    }
}
