//! Two sockets with the same streams, read as one connection: each update is taken from the side that brings it first.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use venues::dialect::OtherConnection;
use venues::symbols::Symbol;
use venues::update::{Book, BookIds, Update};
use venues::venue::{Connection, ConnectionMemory, ReadError, Venue};

use super::merge::{Mark, Merge, Side, Verdict};
use super::taking::Taking;

/// Trades, quotes and book of a symbol.
const STREAMS: usize = 3;

/// An update that is held back: which one of which frame.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    frame: String,
    index: usize,
}

#[derive(Debug)]
pub struct Pair {
    readers: [Connection; 2],
    /// Reads what was held back.
    again: Connection,
    merge: Merge<Kept>,
}

/// All that a pair remembers of the inputs before.
#[derive(Serialize, Deserialize)]
pub struct PairMemory<'a> {
    readers: [ConnectionMemory; 2],
    again: ConnectionMemory,
    merge: Cow<'a, Merge<Kept>>,
}

impl Pair {
    pub fn new(venue: Venue, symbols: &[Symbol]) -> Self {
        let reader = || venue.connection(symbols.to_vec());
        Self {
            readers: [reader(), reader()],
            again: reader(),
            merge: Merge::new(symbols.len() * STREAMS),
        }
    }

    pub fn memory(&self) -> PairMemory<'_> {
        let Self { readers, again, merge } = self;
        PairMemory {
            readers: readers.each_ref().map(Connection::memory),
            again: again.memory(),
            merge: Cow::Borrowed(merge),
        }
    }

    /// Goes on where another pair with these symbols was.
    pub fn remember(&mut self, memory: PairMemory<'_>) -> Result<(), OtherConnection> {
        if memory.merge.streams() != self.merge.streams() {
            return Err(OtherConnection);
        }
        for (reader, memory) in self.readers.iter_mut().zip(memory.readers) {
            reader.remember(memory)?;
        }
        self.merge = memory.merge.into_owned();
        self.again.remember(memory.again)
    }

    /// True if the feed begins with it.
    pub fn opened(&mut self, side: Side) -> bool {
        self.readers[side as usize].opened();
        self.merge.opened(side)
    }

    /// True if the feed ends with it.
    pub fn closed(&mut self, side: Side, taking: &mut Taking<'_>) -> bool {
        let was_last = self.merge.closed(side);
        release(&mut self.merge, &mut self.again, taking);
        was_last
    }

    #[inline]
    pub fn read(&mut self, side: Side, frame: &str, taking: &mut Taking<'_>) -> Result<(), ReadError> {
        let Self { readers, again, merge } = self;
        let mut index = 0;
        readers[side as usize].read(frame, |update| {
            let keep = || Kept {
                frame: frame.to_owned(),
                index,
            };
            match judge(merge, side, &update, taking, keep) {
                Verdict::Take => taking.update(update),
                Verdict::Duplicate | Verdict::Held => {}
            }
            index += 1;
            release(merge, again, taking);
        })
    }

    /// Whether messages were held back for too long.
    pub fn is_due(&self, now_ns: i64) -> bool {
        self.merge.is_due(now_ns)
    }

    pub fn on_time(&mut self, taking: &mut Taking<'_>) {
        self.merge.on_time(taking.receive_ns);
        release(&mut self.merge, &mut self.again, taking);
    }

    /// Updates that the other side had brought already.
    pub fn duplicates(&self) -> u64 {
        self.merge.duplicates()
    }
}

#[inline]
fn judge(
    merge: &mut Merge<Kept>,
    side: Side,
    update: &Update<'_>,
    taking: &Taking<'_>,
    keep: impl FnOnce() -> Kept,
) -> Verdict {
    let (stream, mark) = match update {
        Update::Trade(trade) if taking.misses(trade) => return Verdict::Take,
        Update::Trade(trade) => {
            let mark = trade.trade_id.map(|number| Mark {
                number,
                after: Some(number - trade.count),
            });
            (trade.symbol * STREAMS, mark)
        }
        Update::Quote(quote) => {
            let mark = quote.update_id.map(|number| Mark { number, after: None });
            (quote.symbol * STREAMS + 1, mark)
        }
        Update::Book(book) => {
            let stream = book.symbol * STREAMS + 2;
            if let Some(mark) = mark_of(book)
                && book.is_snapshot
                && taking.lacks_book(book.symbol)
            {
                merge.restart(side, stream, mark.number);
                return Verdict::Take;
            }
            (stream, mark_of(book))
        }
        // Of the socket, and not of the feed: each side's counts.
        _ => return Verdict::Take,
    };
    // Venues that number everything are asked for pairs alone; a message of theirs without a number is told as it is.
    mark.map_or(Verdict::Take, |mark| {
        merge.offer(side, stream, mark, taking.receive_ns, keep)
    })
}

fn mark_of(book: &Book<'_>) -> Option<Mark> {
    match book.ids {
        BookIds::Depth(ids) => Some(Mark {
            number: ids.last,
            after: Some(ids.previous_final.unwrap_or(ids.first - 1)),
        }),
        BookIds::Stream(ids) => Some(Mark {
            number: ids.last,
            after: (!book.is_snapshot).then_some(ids.previous),
        }),
        BookIds::Rest(_) | BookIds::None => None,
    }
}

/// Takes what was held back and is next now.
fn release(merge: &mut Merge<Kept>, again: &mut Connection, taking: &mut Taking<'_>) {
    while let Some(Kept { frame, index }) = merge.next_released() {
        let mut at = 0;
        let read = again.read(&frame, |update| {
            if at == index {
                taking.update(update);
            }
            at += 1;
        });
        debug_assert!(read.is_ok(), "it was read before");
    }
}
