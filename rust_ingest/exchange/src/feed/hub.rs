//! All connected WebSocket clients. The playback asks it who listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Condvar, Mutex};

use super::client::Client;
use super::stream;

/// The connected clients. A version number tells the playback when they or their subscriptions changed.
#[derive(Debug, Default)]
pub struct Hub {
    clients: Mutex<Vec<Arc<Client>>>,
    changed: Condvar,
    version: AtomicU64,
    connections: AtomicU64,
    sent_by_gone: AtomicU64,
}

impl Hub {
    /// A number for the next connection.
    pub fn next_id(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes in a client.
    pub fn join(&self, client: Arc<Client>) {
        self.clients.lock().push(client);
        self.announce();
    }

    /// Forgets a client; what it was sent stays counted.
    pub fn leave(&self, client: &Client) {
        let mut clients = self.clients.lock();
        clients.retain(|other| other.id != client.id);
        self.sent_by_gone.fetch_add(client.sent_messages(), Ordering::Relaxed);
        drop(clients);
        self.announce();
    }

    /// Adds streams to a client's subscriptions.
    pub fn subscribe(&self, client: &Client, names: &[String], since_line: u64) {
        names.iter().for_each(|name| client.subscribe(name, since_line));
        self.announce();
    }

    /// Takes streams from a client's subscriptions.
    pub fn unsubscribe(&self, client: &Client, names: &[String]) {
        names.iter().for_each(|name| client.unsubscribe(name));
        self.announce();
    }

    /// Chooses between wrapped and raw messages.
    pub fn set_combined(&self, client: &Client, combined: bool) {
        client.set_combined(combined);
        self.announce();
    }

    fn announce(&self) {
        // Under the lock, so that no waiter misses it between its look and its sleep.
        let _clients = self.clients.lock();
        self.version.fetch_add(1, Ordering::Release);
        self.changed.notify_all();
    }

    /// Changes whenever a client comes, goes, or changes its subscriptions.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The clients now connected.
    pub fn clients(&self) -> Vec<Arc<Client>> {
        self.clients.lock().clone()
    }

    /// Messages sent to clients that are gone.
    pub fn sent_to_gone_clients(&self) -> u64 {
        self.sent_by_gone.load(Ordering::Relaxed)
    }

    /// Waits until at least `count` clients have a subscription.
    pub fn wait_for_subscribers(&self, count: usize) {
        let mut clients = self.clients.lock();
        while clients
            .iter()
            .filter(|client| !client.canonical_streams().is_empty())
            .count()
            < count
        {
            self.changed.wait(&mut clients);
        }
    }

    /// Whether a client has listened to the depth of `symbol` since before `line`.
    pub fn has_listener_of_depth_since(&self, symbol: &str, line: u64) -> bool {
        let depth = stream::canonical(&format!("{symbol}@depth"));
        self.clients.lock().iter().any(|client| client.has_seen(&depth, line))
    }

    /// Ends all connections without a farewell.
    pub fn disconnect_all(&self) {
        self.clients.lock().iter().for_each(|client| client.disconnect());
    }
}
