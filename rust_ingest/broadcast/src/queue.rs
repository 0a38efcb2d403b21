//! What waits for one client, bounded in bytes. Pure: no socket, no clock.
//!
//! A client that keeps up gets every message in order. One that does not, and asked for `conflate`: of the quotes that wait,
//! the older ones of each instrument go; if that makes too little room, then until half of the queue is read quotes wait
//! outside, the newest of each instrument, and all else is lost, counted by kind. Behind what was read stands a message with the
//! exact counts, at the place where the records are missing.

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use contracts::Kind;
use fastwebsockets::OpCode;

use crate::frames::{self, Chunk};
use crate::wishes::OnSlow;

/// What may wait besides messages.
const CONTROL_BYTES_MAX: usize = 64 << 10;

/// The client asked to be cut off rather than lose anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSlow {
    pub messages: usize,
    pub bytes: usize,
}

/// What was not sent, and why; counts since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Records other than quotes, or that never reached the queue.
    pub lost: u64,
    /// Quotes for which a newer one of the same instrument stands.
    pub conflated: u64,
}

#[derive(Debug)]
pub struct Queue {
    limit_bytes: usize,
    on_slow: OnSlow,
    chunks: VecDeque<Rc<Chunk>>,
    /// How much of the first chunk is sent.
    sent_of_first: usize,
    bytes: usize,
    /// What came while there was no room.
    overflow: Option<Overflow>,
    /// To be told to the client with the next count.
    conflated: u64,
    unsent: Unsent,
}

#[derive(Debug)]
struct Overflow {
    lost: [u64; Kind::ALL.len()],
    /// By stream: the newest quote's frame, and its place in the order.
    quotes: HashMap<usize, (u64, Vec<u8>)>,
    order: u64,
}

// By hand: an array of more than 32 has no default.
impl Default for Overflow {
    fn default() -> Self {
        Self {
            lost: [0; Kind::ALL.len()],
            quotes: HashMap::new(),
            order: 0,
        }
    }
}

impl Queue {
    pub fn new(limit_bytes: usize, on_slow: OnSlow) -> Self {
        Self {
            limit_bytes,
            on_slow,
            chunks: VecDeque::new(),
            sent_of_first: 0,
            bytes: 0,
            overflow: None,
            conflated: 0,
            unsent: Unsent::default(),
        }
    }

    /// Adds messages; `kind_of` tells a stream's kind. At most one chunk more than the limit is held.
    pub fn push(&mut self, chunk: &Rc<Chunk>, kind_of: impl Fn(usize) -> Kind) -> Result<(), TooSlow> {
        if let Some(overflow) = &mut self.overflow {
            let unsent = overflow.take(chunk, kind_of);
            self.conflated += unsent.conflated;
            self.unsent.lost += unsent.lost;
            self.unsent.conflated += unsent.conflated;
            return Ok(());
        }
        if self.on_slow == OnSlow::Miss && self.bytes + chunk.bytes().len() > self.limit_bytes {
            self.unsent.lost += chunk.messages() as u64;
            return Ok(());
        }
        self.bytes += chunk.bytes().len();
        self.chunks.push_back(chunk.clone());
        if self.bytes <= self.limit_bytes {
            return Ok(());
        }
        match self.on_slow {
            // Without room it was not taken.
            OnSlow::Miss => Ok(()),
            OnSlow::Close => Err(TooSlow {
                messages: self.chunks.iter().map(|chunk| chunk.messages()).sum(),
                bytes: self.bytes,
            }),
            OnSlow::Conflate => {
                self.conflate(kind_of);
                // Looked through again only after a quarter of the limit has come: else each message could cost a look.
                if self.bytes > self.limit_bytes / 4 * 3 {
                    self.overflow = Some(Overflow::default());
                }
                Ok(())
            }
        }
    }

    /// Records that never came this far: the client is told at this place.
    pub fn lose(&mut self, kind: Kind, count: u64) {
        self.unsent.lost += count;
        if self.on_slow == OnSlow::Miss {
            return;
        }
        if let Some(overflow) = &mut self.overflow {
            overflow.lost[kind as usize] += count;
            return;
        }
        let mut lost = [0; Kind::ALL.len()];
        lost[kind as usize] = count;
        self.tell(&lost);
    }

    /// Adds a frame that no limit keeps out: a pong, a ping, the farewell.
    pub fn push_control(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut frame = Vec::new();
        write(&mut frame);
        let mut chunk = Chunk::default();
        chunk.push(&frame, None);
        self.bytes += frame.len();
        self.chunks.push_back(Rc::new(chunk));
    }

    /// Drops all but the rest of a frame that is half sent.
    pub fn clear(&mut self) {
        self.overflow = None;
        let rest = self.chunks.front().map_or(Chunk::default(), |first| {
            let mut rest = Chunk::default();
            let end = first.end_of_frame_at(self.sent_of_first);
            if end > self.sent_of_first {
                rest.push(&first.bytes()[self.sent_of_first..end], None);
            }
            rest
        });
        self.chunks.clear();
        self.sent_of_first = 0;
        self.bytes = rest.bytes().len();
        if !rest.is_empty() {
            self.chunks.push_back(Rc::new(rest));
        }
    }

    /// What is to be written next, piece by piece.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let mut skip = self.sent_of_first;
        self.chunks
            .iter()
            .map(move |chunk| &chunk.bytes()[std::mem::take(&mut skip)..])
    }

    /// So many bytes are written.
    pub fn sent(&mut self, mut bytes: usize) {
        self.bytes -= bytes;
        while let Some(first) = self.chunks.front() {
            let rest = first.bytes().len() - self.sent_of_first;
            if bytes < rest {
                self.sent_of_first += bytes;
                break;
            }
            bytes -= rest;
            self.chunks.pop_front();
            self.sent_of_first = 0;
        }
        if self.bytes <= self.limit_bytes / 2 {
            self.settle();
        }
    }

    /// Whether so many pongs wait that the client must be pinging without reading.
    pub fn is_flooded(&self) -> bool {
        self.bytes > 2 * self.limit_bytes + CONTROL_BYTES_MAX
    }

    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What was not sent since this was last asked.
    pub fn take_unsent(&mut self) -> Unsent {
        std::mem::take(&mut self.unsent)
    }

    /// There is room again: says what is missing, and goes on with the quotes that waited.
    fn settle(&mut self) {
        if let Some(overflow) = self.overflow.take() {
            self.tell(&overflow.lost);
            let mut quotes: Vec<_> = overflow.quotes.into_iter().collect();
            quotes.sort_unstable_by_key(|(_, (order, _))| *order);
            let mut chunk = Chunk::default();
            for (stream, (_, frame)) in quotes {
                chunk.push(&frame, Some(stream));
            }
            if !chunk.is_empty() {
                self.bytes += chunk.bytes().len();
                self.chunks.push_back(Rc::new(chunk));
            }
        } else if self.conflated > 0 {
            self.tell(&[0; Kind::ALL.len()]);
        }
    }

    /// Puts the counts into the queue, as a message.
    fn tell(&mut self, lost: &[u64; Kind::ALL.len()]) {
        let conflated = std::mem::take(&mut self.conflated);
        let text = told(lost, conflated);
        self.push_control(|out| frames::append(out, OpCode::Text, text.as_bytes()));
    }

    /// Of the quotes that wait, leaves the newest of each stream. A chunk that is half sent stays as it is.
    fn conflate(&mut self, kind_of: impl Fn(usize) -> Kind) {
        let begun = (self.sent_of_first > 0).then(|| self.chunks.pop_front()).flatten();
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        for (frame, part) in self.chunks.iter().rev().flat_map(|chunk| chunk.frames().rev()) {
            let superseded = part
                .stream
                .is_some_and(|stream| is_quote(&kind_of, stream) && !seen.insert(stream));
            if superseded {
                self.conflated += 1;
                self.unsent.conflated += 1;
            } else {
                kept.push((frame, part.stream));
            }
        }
        let mut rest = Chunk::default();
        for (frame, stream) in kept.into_iter().rev() {
            rest.push(frame, stream);
        }
        let chunks = begun.into_iter().chain((!rest.is_empty()).then(|| Rc::new(rest)));
        self.chunks = chunks.collect();
        let all: usize = self.chunks.iter().map(|chunk| chunk.bytes().len()).sum();
        self.bytes = all - self.sent_of_first;
    }
}

impl Overflow {
    fn take(&mut self, chunk: &Chunk, kind_of: impl Fn(usize) -> Kind) -> Unsent {
        let mut unsent = Unsent::default();
        for (frame, part) in chunk.frames() {
            let Some(stream) = part.stream else { continue };
            if is_quote(&kind_of, stream) {
                self.order += 1;
                let slot = self.quotes.entry(stream).or_default();
                unsent.conflated += u64::from(!slot.1.is_empty());
                slot.0 = self.order;
                slot.1.clear();
                slot.1.extend_from_slice(frame);
            } else {
                self.lost[kind_of(stream) as usize] += 1;
                unsent.lost += 1;
            }
        }
        unsent
    }
}

fn is_quote(kind_of: &impl Fn(usize) -> Kind, stream: usize) -> bool {
    kind_of(stream) == Kind::Quote
}

/// `{"lost":3,"kinds":{"Trade":3},"conflated":7}`
fn told(lost: &[u64; Kind::ALL.len()], conflated: u64) -> String {
    let kinds: Vec<String> = Kind::ALL
        .into_iter()
        .filter(|kind| lost[*kind as usize] > 0)
        .map(|kind| format!("\"{}\":{}", kind.name(), lost[kind as usize]))
        .collect();
    let total: u64 = lost.iter().sum();
    format!(
        "{{\"lost\":{total},\"kinds\":{{{}}},\"conflated\":{conflated}}}",
        kinds.join(",")
    )
}

#[cfg(test)]
mod tests;
