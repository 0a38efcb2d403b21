//! One feed out of two connections that carry the same streams: whichever side is first wins.
//!
//! TCP loses nothing inside a connection, so a side that was in step with what came out stays in step until it is cut, or its
//! own numbers jump. From then on its messages are held back until it is known what was missed: the other side brings it,
//! passes it too, is lost, or is given up. Only then does a hole stay a hole, and the numbers tell it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// A side that lags so far behind is not waited for.
pub const HOLD_NS_MAX: i64 = 3_000_000_000;
/// So many messages of a stream are held back at most, which bounds the memory.
const HELD_MAX: usize = 10_000;

/// One of the two connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    A = 0,
    B = 1,
}

/// Where a message stands in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its own number, or its last one; higher than that of each message before.
    pub number: i64,
    /// The number that it follows directly, where the venue tells.
    pub after: Option<i64>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is next. Messages that waited for it are released now.
    Take,
    /// It, or a newer one, was taken before.
    Duplicate,
    /// It waits, or was released right away: [`Merge::next_released`] tells.
    Held,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held<T> {
    mark: Mark,
    unbroken: bool,
    receive_ns: i64,
    message: T,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Lane<T> {
    /// What came last on this connection.
    reached: Option<i64>,
    /// Everything before the first held message was taken, or came here.
    joined: bool,
    held: VecDeque<Held<T>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stream<T> {
    taken: Option<i64>,
    lanes: [Lane<T>; 2],
}

/// `T` is what a message is kept as while it is held back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Merge<T> {
    open: [bool; 2],
    /// The side that has been open longer: where nothing was taken yet, only its first message is known to be the first.
    senior: Option<Side>,
    streams: Vec<Stream<T>>,
    released: VecDeque<T>,
    held: usize,
    duplicates: u64,
}

impl<T> Merge<T> {
    pub fn new(streams: usize) -> Self {
        let lane = || Lane {
            reached: None,
            joined: false,
            held: VecDeque::new(),
        };
        let stream = || Stream {
            taken: None,
            lanes: [lane(), lane()],
        };
        Self {
            open: [false; 2],
            senior: None,
            streams: (0..streams).map(|_| stream()).collect(),
            released: VecDeque::new(),
            held: 0,
            duplicates: 0,
        }
    }

    /// How many there are.
    pub fn streams(&self) -> usize {
        self.streams.len()
    }

    /// A side's streams flow. True if no side's did: the feed begins anew, and so may the venue's numbers.
    pub fn opened(&mut self, side: Side) -> bool {
        let is_first = self.open == [false; 2];
        if is_first {
            for stream in &mut self.streams {
                stream.taken = None;
            }
        }
        self.open[side as usize] = true;
        self.senior.get_or_insert(side);
        is_first
    }

    /// A side is lost. True if it was the last one.
    pub fn closed(&mut self, side: Side) -> bool {
        self.open[side as usize] = false;
        self.senior = [Side::A, Side::B].into_iter().find(|side| self.open[*side as usize]);
        for index in 0..self.streams.len() {
            let lane = &mut self.streams[index].lanes[side as usize];
            (lane.reached, lane.joined) = (None, false);
            self.give_up_hopeless(index);
        }
        self.open == [false; 2]
    }

    /// Judges a message of a stream; `keep` makes what is held back of it. After it, released messages may be there.
    pub fn offer(
        &mut self,
        side: Side,
        stream: usize,
        mark: Mark,
        receive_ns: i64,
        keep: impl FnOnce() -> T,
    ) -> Verdict {
        let Stream { taken, lanes } = &mut self.streams[stream];
        let lane = &mut lanes[side as usize];
        let unbroken = lane
            .reached
            .is_some_and(|reached| mark.after.is_none_or(|after| after <= reached));
        lane.reached = lane.reached.max(Some(mark.number));
        if taken.is_some_and(|taken| mark.number <= taken) {
            lane.joined |= lane.held.is_empty();
            self.duplicates += 1;
            return Verdict::Duplicate;
        }
        if lane.held.is_empty() {
            if is_next(*taken, self.senior == Some(side), lane.joined && unbroken, mark) {
                (*taken, lane.joined) = (Some(mark.number), true);
                self.settle(stream);
                return Verdict::Take;
            }
            lane.joined = false;
        }
        lane.held.push_back(Held {
            mark,
            unbroken,
            receive_ns,
            message: keep(),
        });
        self.held += 1;
        let is_full = lane.held.len() >= HELD_MAX;
        self.settle(stream);
        if is_full {
            self.give_up(stream);
        }
        self.give_up_hopeless(stream);
        Verdict::Held
    }

    /// A stream begins anew on this side, with this number. Released messages may be there afterwards.
    pub fn restart(&mut self, side: Side, stream: usize, number: i64) {
        let Stream { taken, lanes } = &mut self.streams[stream];
        *taken = Some(number);
        for lane in lanes.iter_mut() {
            (lane.reached, lane.joined) = (None, false);
        }
        let lane = &mut lanes[side as usize];
        (lane.reached, lane.joined) = (Some(number), true);
        // They came before what begins now.
        self.held -= lane.held.len();
        self.duplicates += lane.held.len() as u64;
        lane.held.clear();
        self.settle(stream);
    }

    /// The next message that was held back and is due now, in order.
    pub fn next_released(&mut self) -> Option<T> {
        self.released.pop_front()
    }

    /// Something is held back so long that [`Self::on_time`] would release it.
    pub fn is_due(&self, now_ns: i64) -> bool {
        self.held > 0 && self.streams.iter().any(|stream| stream.is_overdue(now_ns))
    }

    /// Releases what was held back for too long.
    pub fn on_time(&mut self, now_ns: i64) {
        for index in 0..self.streams.len() {
            while self.held > 0 && self.streams[index].is_overdue(now_ns) {
                self.give_up(index);
            }
        }
    }

    /// Messages that came on one side after the other had brought them.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Releases what is next by now.
    fn settle(&mut self, stream: usize) {
        let Stream { taken, lanes } = &mut self.streams[stream];
        // Until neither lane moves: each may bring what the other waits for.
        loop {
            let before = *taken;
            for (lane, side) in lanes.iter_mut().zip([Side::A, Side::B]) {
                while let Some(first) = lane.held.front() {
                    let is_old = taken.is_some_and(|taken| first.mark.number <= taken);
                    let is_senior = self.senior == Some(side);
                    if !is_old && !is_next(*taken, is_senior, lane.joined && first.unbroken, first.mark) {
                        lane.joined = false;
                        break;
                    }
                    lane.joined = true;
                    self.held -= 1;
                    if let Some(Held { mark, message, .. }) = lane.held.pop_front() {
                        if is_old {
                            self.duplicates += 1;
                        } else {
                            *taken = Some(mark.number);
                            self.released.push_back(message);
                        }
                    }
                }
            }
            if *taken == before {
                return;
            }
        }
    }

    /// No open side can bring any more what is missing.
    fn give_up_hopeless(&mut self, stream: usize) {
        let is_hopeless = |stream: &Stream<T>, open: [bool; 2]| {
            let mut lanes = stream.lanes.iter().zip(open);
            lanes.all(|(lane, is_open)| !is_open || !lane.held.is_empty())
                && stream.lanes.iter().any(|lane| !lane.held.is_empty())
        };
        while is_hopeless(&self.streams[stream], self.open) {
            self.give_up(stream);
        }
    }

    /// Goes on with the earliest message that is held back.
    fn give_up(&mut self, stream: usize) {
        let lanes = &mut self.streams[stream].lanes;
        let number = |lane: &Lane<T>| lane.held.front().map(|held| held.mark.number);
        let earliest = lanes
            .iter_mut()
            .filter(|lane| !lane.held.is_empty())
            .min_by_key(|lane| number(lane));
        let Some(lane) = earliest else { return };
        if let Some(Held { mark, message, .. }) = lane.held.pop_front() {
            lane.joined = true;
            self.held -= 1;
            self.released.push_back(message);
            self.streams[stream].taken = Some(mark.number);
            self.settle(stream);
        }
    }
}

impl<T> Stream<T> {
    fn is_overdue(&self, now_ns: i64) -> bool {
        let mut fronts = self.lanes.iter().filter_map(|lane| lane.held.front());
        fronts.any(|first| now_ns.saturating_sub(first.receive_ns) >= HOLD_NS_MAX)
    }
}

/// Nothing stands between what was taken and this message.
fn is_next(taken: Option<i64>, is_senior: bool, in_step: bool, mark: Mark) -> bool {
    let Some(taken) = taken else {
        return is_senior;
    };
    in_step || mark.after.is_some_and(|after| after <= taken)
}

#[cfg(test)]
mod tests;
