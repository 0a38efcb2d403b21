//! Clients with the same wishes share one buffer of frames, so that a message is framed once for all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;

use super::client::{Chunk, Client};
use super::hub::Hub;
use super::{frame, stream};

/// A buffer is handed over when it has this many bytes at the latest.
const CHUNK_BYTES: usize = 32 << 10;

/// How to treat a client that does not keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The playback waits for it.
    Wait,
    /// It is disconnected.
    Disconnect,
}

/// Clients that want the same streams in the same form.
struct Audience {
    combined: bool,
    streams: BTreeSet<String>,
    wants: Vec<Option<bool>>,
    members: Vec<Arc<Client>>,
    frames: Vec<u8>,
    messages: u64,
}

/// Sends messages to the clients that are subscribed to them.
pub struct Broadcast {
    hub: Arc<Hub>,
    seen_version: u64,
    when_full: WhenFull,
    audiences: Vec<Audience>,
}

impl Broadcast {
    /// A sender to the clients of `hub`.
    pub fn new(hub: Arc<Hub>, when_full: WhenFull) -> Broadcast {
        let seen_version = hub.version();
        let mut broadcast = Broadcast {
            hub,
            seen_version,
            when_full,
            audiences: Vec::new(),
        };
        broadcast.regroup();
        broadcast
    }

    /// Takes notice of clients that came, went, or changed their subscriptions.
    pub fn refresh(&mut self) {
        let version = self.hub.version();
        if version != self.seen_version {
            self.flush();
            self.seen_version = version;
            self.regroup();
        }
    }

    fn regroup(&mut self) {
        let mut groups: BTreeMap<(bool, Vec<String>), Vec<Arc<Client>>> = BTreeMap::new();
        for client in self.hub.clients() {
            let streams = client.canonical_streams();
            if !streams.is_empty() {
                groups.entry((client.is_combined(), streams)).or_default().push(client);
            }
        }
        let audience = |((combined, streams), members): ((bool, Vec<String>), _)| Audience {
            combined,
            streams: streams.into_iter().collect(),
            wants: Vec::new(),
            members,
            frames: Vec::with_capacity(2 * CHUNK_BYTES),
            messages: 0,
        };
        self.audiences = groups.into_iter().map(audience).collect();
    }

    /// Whether nobody is subscribed to anything.
    pub fn is_deserted(&self) -> bool {
        self.audiences.is_empty()
    }

    /// Queues a message of a stream: `number` is the stream's own, `name` its canonical name.
    pub fn push(&mut self, number: usize, name: &str, body: &[u8]) {
        for audience in &mut self.audiences {
            if audience.wants(number, name) {
                let raw = if audience.combined { None } else { stream::payload(body) };
                audience.append(raw.unwrap_or(body));
            }
        }
        self.flush_full();
    }

    /// Queues a message that cannot be attributed to a stream, for everyone.
    pub fn push_to_all(&mut self, body: &[u8]) {
        self.audiences.iter_mut().for_each(|audience| audience.append(body));
        self.flush_full();
    }

    fn flush_full(&mut self) {
        for audience in &mut self.audiences {
            if audience.frames.len() >= CHUNK_BYTES {
                audience.flush(self.when_full);
            }
        }
    }

    /// Hands over all that is queued.
    pub fn flush(&mut self) {
        self.audiences
            .iter_mut()
            .for_each(|audience| audience.flush(self.when_full));
    }
}

impl Audience {
    fn wants(&mut self, number: usize, name: &str) -> bool {
        if self.wants.len() <= number {
            self.wants.resize(number + 1, None);
        }
        *self.wants[number].get_or_insert_with(|| self.streams.contains(name))
    }

    fn append(&mut self, message: &[u8]) {
        frame::append_message(&mut self.frames, message);
        self.messages += 1;
    }

    fn flush(&mut self, when_full: WhenFull) {
        if self.messages == 0 {
            return;
        }
        let empty = Vec::with_capacity(self.frames.len() + 1024);
        let frames = Bytes::from(std::mem::replace(&mut self.frames, empty));
        let chunk = Chunk {
            frames,
            messages: std::mem::take(&mut self.messages),
        };
        for member in &self.members {
            match when_full {
                WhenFull::Wait => member.send_waiting(chunk.clone()),
                WhenFull::Disconnect => member.send_or_disconnect(chunk.clone()),
            }
        }
    }
}
