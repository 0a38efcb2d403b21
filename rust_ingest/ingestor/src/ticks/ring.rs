//! The way of ticks from the thread that makes them to the one that writes them. It loses none: where it is full, who
//! makes them waits, counted.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};
use std::time::Duration;

use journal::ticks::Tick;
use rtrb::chunks::ReadChunk;
use rtrb::{Consumer, Producer, PushError, RingBuffer};

/// A reader that falls asleep while it is called hears it so much later.
const SLEEP_MAX: Duration = Duration::from_millis(50);
/// How often a full ring is looked at. The reader empties all of it at once, in less.
const FULL_WAIT: Duration = Duration::from_micros(100);

/// Both ends of a ring with room for so many ticks. The first end never allocates, and only waits where there is no room.
pub fn ring(room: usize) -> (TickSender, TickReceiver) {
    let (sender, receiver) = RingBuffer::new(room);
    let bell = Arc::new(Bell::default());
    let sender = TickSender {
        ring: sender,
        bell: Arc::clone(&bell),
    };
    (sender, TickReceiver { ring: receiver, bell })
}

/// The other end was dropped: its thread ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiverGone;

/// Dropped, it lets the other end finish.
#[derive(Debug)]
pub struct TickSender {
    ring: Producer<Tick>,
    bell: Arc<Bell>,
}

impl TickSender {
    /// Sends a tick, as soon as there is room.
    ///
    /// # Errors
    /// [`ReceiverGone`]: nobody takes it any more.
    #[inline]
    pub fn send(&mut self, tick: Tick) -> Result<(), ReceiverGone> {
        match self.ring.push(tick) {
            Ok(()) => Ok(()),
            Err(PushError::Full(tick)) => self.wait_for_room(tick),
        }
    }

    #[cold]
    fn wait_for_room(&mut self, mut tick: Tick) -> Result<(), ReceiverGone> {
        self.bell.waits.fetch_add(1, Ordering::Relaxed);
        while !self.ring.is_abandoned() {
            self.wake();
            thread::sleep(FULL_WAIT);
            match self.ring.push(tick) {
                Ok(()) => return Ok(()),
                Err(PushError::Full(refused)) => tick = refused,
            }
        }
        Err(ReceiverGone)
    }

    /// Wakes the reader if it sleeps. Once after some ticks: it costs a system call.
    #[inline]
    pub fn wake(&self) {
        // Between what was put in and this look; the reader has the like between going to sleep and its last look.
        fence(Ordering::SeqCst);
        if self.bell.is_asleep.load(Ordering::Relaxed)
            && let Some(reader) = self.bell.reader.get()
        {
            reader.unpark();
        }
    }
}

impl Drop for TickSender {
    fn drop(&mut self) {
        self.wake();
    }
}

#[derive(Debug)]
pub struct TickReceiver {
    ring: Consumer<Tick>,
    bell: Arc<Bell>,
}

impl TickReceiver {
    /// What is there now.
    pub fn ready(&mut self) -> ReadChunk<'_, Tick> {
        let slots = self.ring.slots();
        self.ring.read_chunk(slots).expect("so many were there just now")
    }

    /// The other end was dropped: what is ready now is all.
    pub fn is_over(&self) -> bool {
        self.ring.is_abandoned()
    }

    /// How often there was no room since this was asked the last time.
    pub fn waits(&self) -> u64 {
        self.bell.waits.swap(0, Ordering::Relaxed)
    }

    /// Until there are ticks, the other end is dropped, or some time has passed. Always called from one thread.
    pub fn sleep(&self) {
        self.bell.reader.get_or_init(thread::current);
        self.bell.is_asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if self.ring.is_empty() && !self.ring.is_abandoned() {
            thread::park_timeout(SLEEP_MAX);
        }
        self.bell.is_asleep.store(false, Ordering::Relaxed);
    }
}

#[derive(Debug, Default)]
struct Bell {
    reader: OnceLock<Thread>,
    is_asleep: AtomicBool,
    waits: AtomicU64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: u32 = 1_000;

    fn tick(sequence: u32) -> Tick {
        Tick {
            timestamp_ns: 1,
            symbol_id: 1,
            bid: 1.0,
            ask: 1.0,
            volume: 0.0,
            source: 1,
            flags: 0,
            spread: 0,
            sequence,
        }
    }

    #[test]
    fn a_full_ring_holds_up_and_loses_nothing() {
        let (mut sender, mut receiver) = ring(8);
        let sending = thread::spawn(move || (0..COUNT).try_for_each(|sequence| sender.send(tick(sequence))));
        let mut received = Vec::new();
        loop {
            let is_over = receiver.is_over();
            // As long as there are more than fit, nothing is taken before the other end waits.
            while received.len() < COUNT as usize - 8 && receiver.waits() == 0 {
                thread::yield_now();
            }
            received.extend(receiver.ready().into_iter().map(|tick| tick.sequence));
            if is_over {
                break;
            }
        }
        assert_eq!(sending.join().unwrap(), Ok(()));
        assert_eq!(received, (0..COUNT).collect::<Vec<_>>());
    }

    #[test]
    fn nobody_waits_for_a_reader_that_is_gone() {
        let (mut sender, receiver) = ring(1);
        assert_eq!(sender.send(tick(0)), Ok(()));
        drop(receiver);
        assert_eq!(sender.send(tick(1)), Err(ReceiverGone));
    }

    #[test]
    fn a_reader_that_sleeps_is_woken() {
        let (mut sender, mut receiver) = ring(8);
        let reader = thread::spawn(move || {
            while receiver.ready().is_empty() {
                receiver.sleep();
            }
            let ready = receiver.ready();
            ready.len()
        });
        thread::sleep(Duration::from_millis(5));
        assert_eq!(sender.send(tick(0)), Ok(()));
        sender.wake();
        assert_eq!(reader.join().unwrap(), 1);
    }
}
