//! Markets of several partitions at once, on threads.
//!
//! A market reads its partition and nothing else, so it makes the same whichever thread runs it, and whatever the others
//! do meanwhile. Each thread has whole markets, and takes their ticks in the order of the batch; what it makes of them
//! comes back in that order too, in pieces, and whoever gets them takes all in the order of the batch, while the threads
//! go on.

use std::mem::take;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::scope;

use contracts::{Batch, Entry};

use super::market::Market;
use super::places::{Log, Place};

/// Ticks of a piece: a piece costs an allocation and a wake-up, and is waited for.
const PIECE_TICKS: usize = 1024;

/// Which thread has which market.
pub(super) struct Shares {
    /// By partition.
    thread_of: Vec<usize>,
    threads: usize,
}

impl Shares {
    /// Among as many threads as may be, and no more than have a tick; the market with the most ticks first, each to the
    /// thread that has the fewest. Who has which shows in the time alone.
    pub fn new(threads_max: NonZeroUsize, markets: usize, places: &[Place]) -> Self {
        let mut ticks = vec![0_usize; markets];
        if threads_max.get() > 1 {
            for place in places.iter().filter(|place| place.log == Log::Ticks) {
                ticks[place.partition as usize] += 1;
            }
        }
        let mut busiest: Vec<_> = (0..markets).filter(|at| ticks[*at] > 0).collect();
        busiest.sort_by_key(|at| std::cmp::Reverse(ticks[*at]));
        let threads = threads_max.get().min(busiest.len()).max(1);
        let mut thread_of = vec![0; markets];
        let mut taken = vec![0; threads];
        for at in busiest {
            let fewest = (0..threads).min_by_key(|thread| taken[*thread]);
            thread_of[at] = fewest.expect("one thread at least");
            taken[thread_of[at]] += ticks[at];
        }
        Self { thread_of, threads }
    }

    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The markets of each thread, by partition.
    fn crews<'m>(&self, markets: &'m mut [Market]) -> Vec<Vec<Option<&'m mut Market>>> {
        let mut crews: Vec<Vec<_>> = (0..self.threads).map(|_| Vec::new()).collect();
        for (market, thread) in markets.iter_mut().zip(&self.thread_of) {
            crews.iter_mut().for_each(|crew| crew.push(None));
            *crews[*thread].last_mut().expect("just pushed") = Some(market);
        }
        crews
    }
}

/// What a thread made of its next ticks.
#[derive(Default)]
struct Piece {
    made: Batch,
    /// Of each tick, where in `made` that ends which was made of it.
    ends: Vec<usize>,
}

/// What came of a record on its way through a market, in order.
pub(super) struct Made<'p> {
    of: &'p Batch,
    range: Range<usize>,
}

impl<'p> Made<'p> {
    pub fn iter(self) -> impl Iterator<Item = Entry<'p>> {
        self.range.map(|index| self.of.get(index))
    }
}

/// Runs the ticks of `records` through their markets, and calls `behind` for every record in their order: with its place,
/// and what its market made of it, which is nothing of a record of the inbox.
///
/// # Panics
/// If a market does, with the same panic; or if the system has no thread to give.
pub(super) fn run(
    markets: &mut [Market],
    shares: &Shares,
    records: &Batch,
    places: &[Place],
    mut behind: impl FnMut(Entry<'_>, Place, Made<'_>),
) {
    let nothing = Batch::default();
    #[expect(
        clippy::disallowed_methods,
        reason = "each kernel stays one thread's, and shares nothing: that is why several can run at once"
    )]
    scope(|threads| {
        let (mut fronts, mut running) = (Vec::new(), Vec::new());
        for crew in shares.crews(markets) {
            let (pieces, received) = channel();
            running.push(threads.spawn(move || work(crew, records, places, &pieces)));
            fronts.push(Front::new(received));
        }
        for (record, place) in records.iter().zip(places) {
            let made = match place.log {
                Log::Ticks => fronts[shares.thread_of[place.partition as usize]].next(),
                Log::Inbox => Some(Made {
                    of: &nothing,
                    range: 0..0,
                }),
            };
            // Of a thread that has panicked there is no more: it is told below.
            let Some(made) = made else { break };
            behind(record, *place, made);
        }
        for thread in running {
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
    });
}

/// Takes the ticks of a crew's markets, in the order of the batch.
fn work(mut crew: Vec<Option<&mut Market>>, records: &Batch, places: &[Place], pieces: &Sender<Piece>) {
    let mut piece = Piece::default();
    for (record, place) in records.iter().zip(places) {
        if place.log != Log::Ticks {
            continue;
        }
        let Some(market) = &mut crew[place.partition as usize] else {
            continue;
        };
        market.take(place.of(record), &mut piece.made);
        for made in market.made.iter() {
            piece.made.push(made);
        }
        piece.ends.push(piece.made.len());
        if piece.ends.len() == PIECE_TICKS && pieces.send(take(&mut piece)).is_err() {
            // Nobody waits for more: what is behind the markets has panicked.
            return;
        }
    }
    // Nor is it an error if nobody waits for the last one.
    let _ = pieces.send(piece);
}

/// What a thread has made and nobody has taken yet.
struct Front {
    received: Receiver<Piece>,
    piece: Piece,
    /// Of the piece, the next tick.
    tick: usize,
}

impl Front {
    fn new(received: Receiver<Piece>) -> Self {
        Self {
            received,
            piece: Piece::default(),
            tick: 0,
        }
    }

    /// Of the thread's next tick, once it has come so far; `None` if it has ended before.
    fn next(&mut self) -> Option<Made<'_>> {
        if self.tick == self.piece.ends.len() {
            self.piece = self.received.recv().ok()?;
            self.tick = 0;
        }
        let ends = &self.piece.ends;
        let begin = self.tick.checked_sub(1).map_or(0, |before| ends[before]);
        let range = begin..*ends.get(self.tick)?;
        self.tick += 1;
        Some(Made {
            of: &self.piece.made,
            range,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(partition: i32) -> Place {
        Place {
            log: Log::Ticks,
            partition,
            offset: 0,
        }
    }

    fn shares(threads_max: usize, partitions: &[i32]) -> Shares {
        let places: Vec<_> = partitions.iter().map(|partition| tick(*partition)).collect();
        Shares::new(NonZeroUsize::new(threads_max).unwrap(), 5, &places)
    }

    #[test]
    fn each_thread_has_about_as_many_ticks() {
        let uneven = [3, 3, 3, 3, 0, 0, 0, 1, 1, 4];
        let found = shares(2, &uneven);
        assert_eq!(found.thread_of[3], found.thread_of[4], "{:?}", found.thread_of);
        assert_eq!(found.thread_of[0], found.thread_of[1]);
        assert_ne!(found.thread_of[0], found.thread_of[3]);
    }

    #[test]
    fn there_are_no_threads_without_a_tick() {
        let records_of_the_inbox = Place {
            log: Log::Inbox,
            ..tick(4)
        };
        assert_eq!(shares(8, &[3, 0, 3]).threads(), 2);
        assert_eq!(shares(8, &[2, 2]).threads(), 1);
        let eight = NonZeroUsize::new(8).unwrap();
        assert_eq!(Shares::new(eight, 5, &[tick(0), records_of_the_inbox]).threads(), 1);
        assert_eq!(Shares::new(eight, 5, &[]).threads(), 1);
    }

    #[test]
    fn of_a_thread_that_has_ended_there_is_no_more() {
        let (pieces, received) = channel();
        let mut front = Front::new(received);
        let ends = vec![0, 0];
        pieces
            .send(Piece {
                made: Batch::default(),
                ends,
            })
            .unwrap();
        drop(pieces);
        assert_eq!(front.next().unwrap().iter().count(), 0);
        assert!(front.next().is_some());
        assert!(front.next().is_none());
    }
}
