//! What the exchange knows of one connected WebSocket client.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};

use super::stream;

/// What may wait for a client of a paced market before it counts as too slow.
const QUEUE_BYTES_MAX: u64 = 16 << 20;

/// Frames of several messages, ready to be written.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The frames.
    pub frames: Bytes,
    /// How many messages they are.
    pub messages: u64,
}

/// What waits to be written to a client.
#[derive(Debug)]
pub struct Outgoing {
    /// Market data.
    pub data: mpsc::Receiver<Chunk>,
    /// Events of user-data streams.
    pub events: mpsc::UnboundedReceiver<Chunk>,
}

impl Outgoing {
    /// Takes what waits, at most `limit` chunks, events first; waits for the first. Nothing comes when the client is gone.
    pub(super) async fn next(&mut self, chunks: &mut Vec<Chunk>, limit: usize) {
        let first = tokio::select! {
            biased;
            event = self.events.recv() => event,
            data = self.data.recv() => data,
        };
        chunks.extend(first);
        while (1..limit).contains(&chunks.len())
            && let Ok(chunk) = self.events.try_recv().or_else(|_| self.data.try_recv())
        {
            chunks.push(chunk);
        }
    }
}

/// A subscription: the name that the client used and since when it counts.
#[derive(Clone, Debug)]
struct Subscription {
    name: String,
    since_line: u64,
}

/// One WebSocket connection, shared by its session and the playback.
#[derive(Debug)]
pub struct Client {
    /// Number of the connection, from 1.
    pub id: u64,
    /// Where it comes from.
    pub peer: String,
    combined: AtomicBool,
    subscriptions: Mutex<BTreeMap<String, Subscription>>,
    user_keys: Mutex<Vec<String>>,
    data: mpsc::Sender<Chunk>,
    events: mpsc::UnboundedSender<Chunk>,
    queued: AtomicU64,
    queued_bytes: AtomicU64,
    sent: AtomicU64,
    end: Notify,
}

impl Client {
    /// A client and what is to be written to it; `combined` wraps messages with their stream's name, and `queue` is
    /// how many chunks of market data may wait.
    pub fn new(id: u64, peer: String, combined: bool, queue: usize) -> (Client, Outgoing) {
        let (data, data_out) = mpsc::channel(queue);
        let (events, events_out) = mpsc::unbounded_channel();
        let client = Client {
            id,
            peer,
            combined: AtomicBool::new(combined),
            subscriptions: Mutex::default(),
            user_keys: Mutex::default(),
            data,
            events,
            queued: AtomicU64::new(0),
            queued_bytes: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            end: Notify::new(),
        };
        let outgoing = Outgoing {
            data: data_out,
            events: events_out,
        };
        (client, outgoing)
    }

    /// Whether messages come wrapped as `{"stream":…,"data":…}`.
    pub fn is_combined(&self) -> bool {
        self.combined.load(Ordering::Relaxed)
    }

    pub(super) fn set_combined(&self, combined: bool) {
        self.combined.store(combined, Ordering::Relaxed);
    }

    pub(super) fn listen_to_user(&self, key: &str) {
        let mut keys = self.user_keys.lock();
        if !keys.iter().any(|other| other == key) {
            keys.push(key.to_owned());
        }
    }

    pub(super) fn ignore_user(&self, key: &str) {
        self.user_keys.lock().retain(|other| other != key);
    }

    /// The listen keys whose events it gets.
    pub fn user_keys(&self) -> Vec<String> {
        self.user_keys.lock().clone()
    }

    /// Adds streams, all at once: a market that begins with its first listener must not begin with half of what that
    /// listener asked for.
    pub(super) fn subscribe(&self, names: &[&String], since_line: u64) {
        let mut subscriptions = self.subscriptions.lock();
        for &name in names {
            let name = name.clone();
            subscriptions
                .entry(stream::canonical(&name))
                .or_insert(Subscription { name, since_line });
        }
    }

    pub(super) fn unsubscribe(&self, name: &str) {
        self.subscriptions.lock().remove(&stream::canonical(name));
    }

    /// The streams it is subscribed to, as it named them.
    pub fn stream_names(&self) -> Vec<String> {
        self.subscriptions
            .lock()
            .values()
            .map(|subscription| subscription.name.clone())
            .collect()
    }

    /// The streams it is subscribed to, in canonical form.
    pub fn canonical_streams(&self) -> Vec<String> {
        self.subscriptions.lock().keys().cloned().collect()
    }

    /// Whether it has been subscribed to the canonical `stream` since before `line`.
    pub fn has_seen(&self, stream: &str, line: u64) -> bool {
        self.subscriptions
            .lock()
            .get(stream)
            .is_some_and(|subscription| subscription.since_line < line)
    }

    /// Hands over a chunk, waiting for room. A client that is gone takes nothing.
    pub fn send_waiting(&self, chunk: Chunk) {
        let size = self.count_queued(&chunk);
        if self.data.blocking_send(chunk).is_err() {
            self.count_unqueued(size);
        }
    }

    /// Hands over a chunk; a client with too much in its queue is disconnected, as the venue does with a slow one.
    pub fn send_or_disconnect(&self, chunk: Chunk) {
        let size = self.count_queued(&chunk);
        let is_full = self.queued_bytes.load(Ordering::Relaxed) > QUEUE_BYTES_MAX;
        let refused = match (is_full, self.data.try_reserve()) {
            (false, Ok(place)) => {
                place.send(chunk);
                return;
            }
            (_, Err(mpsc::error::TrySendError::Closed(()))) => false,
            _ => true,
        };
        self.count_unqueued(size);
        if refused {
            tracing::warn!(client = self.id, peer = %self.peer, "client reads too slowly, disconnecting it");
            self.disconnect();
        }
    }

    /// Hands over an event of a user-data stream, which never waits for market data; a client that does not read is
    /// disconnected.
    pub fn send_event(&self, chunk: Chunk) {
        let size = self.count_queued(&chunk);
        if self.events.send(chunk).is_err() {
            self.count_unqueued(size);
        } else if self.queued_bytes.load(Ordering::Relaxed) > QUEUE_BYTES_MAX {
            tracing::warn!(client = self.id, peer = %self.peer, "client reads its events too slowly, disconnecting it");
            self.disconnect();
        }
    }

    /// Counts a chunk in; gives its messages and bytes.
    fn count_queued(&self, chunk: &Chunk) -> (u64, u64) {
        let size = (chunk.messages, chunk.frames.len() as u64);
        self.queued.fetch_add(size.0, Ordering::Relaxed);
        self.queued_bytes.fetch_add(size.1, Ordering::Relaxed);
        size
    }

    fn count_unqueued(&self, (messages, bytes): (u64, u64)) {
        self.queued.fetch_sub(messages, Ordering::Release);
        self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Counts messages and bytes as sent: whoever finds nothing queued finds all of it sent.
    pub(super) fn count_sent(&self, (messages, bytes): (u64, u64)) {
        self.sent.fetch_add(messages, Ordering::Relaxed);
        self.count_unqueued((messages, bytes));
    }

    /// Messages written to its socket.
    pub fn sent_messages(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Messages handed over and not yet written.
    pub fn queued_messages(&self) -> u64 {
        self.queued.load(Ordering::Acquire)
    }

    /// Ends the connection without a farewell.
    pub fn disconnect(&self) {
        self.end.notify_one();
    }

    pub(super) async fn disconnected(&self) {
        self.end.notified().await;
    }
}
