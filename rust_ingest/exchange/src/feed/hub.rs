//! All connected WebSocket clients. The playback asks it who listens.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Condvar, Mutex};

use super::client::Client;
use super::stream;
use crate::user_stream::keys::is_listen_key;

/// The connected clients. A version number tells the playback when they or their subscriptions changed.
#[derive(Debug, Default)]
pub struct Hub {
    clients: Mutex<Vec<Arc<Client>>>,
    users: Mutex<HashMap<String, Vec<Arc<Client>>>>,
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
        client.user_keys().iter().for_each(|key| self.ignore_user(client, key));
        self.announce();
    }

    /// Adds streams to a client's subscriptions.
    pub fn subscribe(&self, client: &Arc<Client>, names: &[String], since_line: u64) {
        let (keys, names): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| is_listen_key(name));
        for key in keys {
            client.listen_to_user(key);
            let mut users = self.users.lock();
            let listeners = users.entry(key.clone()).or_default();
            if !listeners.iter().any(|other| other.id == client.id) {
                listeners.push(client.clone());
            }
        }
        client.subscribe(&names, since_line);
        self.announce();
    }

    /// Takes streams from a client's subscriptions.
    pub fn unsubscribe(&self, client: &Client, names: &[String]) {
        for name in names {
            client.unsubscribe(name);
            self.ignore_user(client, name);
        }
        self.announce();
    }

    fn ignore_user(&self, client: &Client, key: &str) {
        client.ignore_user(key);
        let mut users = self.users.lock();
        if let Some(listeners) = users.get_mut(key) {
            listeners.retain(|other| other.id != client.id);
            if listeners.is_empty() {
                users.remove(key);
            }
        }
    }

    /// The clients that listen to a user-data stream.
    pub fn listeners_of_user(&self, key: &str) -> Vec<Arc<Client>> {
        self.users.lock().get(key).cloned().unwrap_or_default()
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
