//! Records, live to other processes: by WebSocket and by ZeroMQ PUB, from a thread of its own.
//!
//! [`Broadcast::publish`] copies framed records into a buffer and returns: whoever calls it never waits for a client, and no
//! trouble with one comes back to it. What clients see, in which order, and what they are told when they are too slow, is in
//! `docs/broadcast.md`.

mod client;
mod error;
mod frames;
mod handover;
mod http;
mod hub;
mod json;
mod metrics;
mod queue;
mod serve;
mod streams;
mod subscribers;
mod wishes;
mod zmtp;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use contracts::{Entry, SchemaIds};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime;

pub use error::BroadcastError;
use handover::Handover;
use json::Shapes;
use serve::Serving;

/// What may wait for one client unless it is said otherwise.
pub const QUEUE_BYTES: usize = 8 << 20;
/// So many are served unless it is said otherwise; each may have a queue of its own.
pub const CLIENTS_MAX: usize = 1024;
/// What the kernel keeps for a client besides: little, so that what a slow one reads is not old.
const SEND_BUFFER_BYTES: u32 = 256 << 10;
const BACKLOG: u32 = 1024;

/// Where, and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Serve `/stream` by WebSocket here.
    pub websocket: Option<SocketAddr>,
    /// Publish by ZeroMQ here.
    pub zmq: Option<SocketAddr>,
    /// Other machines may listen too.
    pub beyond_loopback: bool,
    /// What may wait for one client or subscriber.
    pub queue_bytes: usize,
    /// More clients and subscribers than this are turned away.
    pub clients_max: usize,
}

/// A running broadcast; dropped, it takes leave of its clients, which takes half a second at most.
#[derive(Debug)]
pub struct Broadcast {
    handover: Arc<Handover>,
    thread: Option<JoinHandle<()>>,
    websocket: Option<SocketAddr>,
    zmq: Option<SocketAddr>,
}

impl Broadcast {
    /// Listens, and serves from then on; nothing fails later. `now_ns` tells this run's numbers from those of another.
    pub fn start(settings: &Settings, ids: &SchemaIds, now_ns: i64) -> Result<Self, BroadcastError> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(BroadcastError::Thread)?;
        let handover = Arc::new(Handover::default());
        let serving = {
            let _registers_sockets = runtime.enter();
            let at = |address: Option<SocketAddr>, option| {
                address.map(|address| listen(address, option, settings)).transpose()
            };
            Serving {
                handover: handover.clone(),
                shapes: Shapes::of_market(ids)?,
                websocket: at(settings.websocket, "--broadcast-listen")?,
                zmq: at(settings.zmq, "--zmq-bind")?,
                queue_bytes: settings.queue_bytes,
                clients_max: settings.clients_max,
                is_loopback: settings.websocket.is_some_and(|address| address.ip().is_loopback()),
                began_ns: now_ns,
            }
        };
        let websocket = serving
            .websocket
            .as_ref()
            .and_then(|listener| listener.local_addr().ok());
        let zmq = serving.zmq.as_ref().and_then(|listener| listener.local_addr().ok());
        let thread = thread::Builder::new()
            .name("broadcast".to_owned())
            .spawn(move || {
                runtime.block_on(serving.run());
                // Clients that took no leave are not waited for.
                runtime.shutdown_background();
            })
            .map_err(BroadcastError::Thread)?;
        Ok(Self {
            handover,
            thread: Some(thread),
            websocket,
            zmq,
        })
    }

    /// Hands the records over, in order; those that are about a market are broadcast, `now_ns` as their time of sending.
    /// Never waits for anybody.
    pub fn publish<'e>(&self, entries: impl Iterator<Item = Entry<'e>>, now_ns: i64) {
        self.handover.put(entries, now_ns);
    }

    /// Where it listens for WebSockets.
    pub fn websocket(&self) -> Option<SocketAddr> {
        self.websocket
    }

    /// Where it publishes by ZeroMQ.
    pub fn zmq(&self) -> Option<SocketAddr> {
        self.zmq
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        self.handover.end();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the broadcast ended by a panic");
        }
    }
}

fn listen(address: SocketAddr, option: &'static str, settings: &Settings) -> Result<TcpListener, BroadcastError> {
    if !address.ip().is_loopback() && !settings.beyond_loopback {
        return Err(BroadcastError::BeyondLoopback { address, option });
    }
    let open = || {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }?;
        socket.set_reuseaddr(true)?;
        // Clients' sockets inherit it.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    open().map_err(|source| BroadcastError::Listen {
        address,
        option,
        source,
    })
}
