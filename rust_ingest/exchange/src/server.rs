//! Accepts connections: WebSocket upgrades go to the feed, everything else to REST.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use fastwebsockets::upgrade;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::exchange::Exchange;
use crate::feed::client::Client;
use crate::feed::session::{self, Liveness};
use crate::pace::Speed;
use crate::rest::reply::{Answer, Refusal};
use crate::rest::route::{self, Dropped};

/// Chunks that wait for a client when the playback waits for it too: little, so that the book that orders trade
/// against is not far ahead of what the client has seen.
const QUEUE_WHEN_WAITING: usize = 4;
/// Chunks that wait for a client of a paced market; how many bytes they may be is bounded besides.
const QUEUE_WHEN_PACED: usize = 65_536;

/// The listening side.
pub struct Server {
    exchange: Arc<Exchange>,
    queue: usize,
    liveness: Liveness,
}

impl Server {
    /// A server of `exchange`, whose market is played at `speed`.
    pub fn new(exchange: Arc<Exchange>, speed: Speed, liveness: Liveness) -> Server {
        let queue = if speed == Speed::Max {
            QUEUE_WHEN_WAITING
        } else {
            QUEUE_WHEN_PACED
        };
        Server {
            exchange,
            queue,
            liveness,
        }
    }

    /// Serves until the process ends.
    pub async fn run(self, listener: TcpListener) {
        let server = Arc::new(self);
        loop {
            match listener.accept().await {
                Ok((socket, peer)) => {
                    tokio::spawn(server.clone().connection(socket, peer));
                }
                // Out of file descriptors, or a peer that is gone already: the next one may do better.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn connection(self: Arc<Self>, socket: TcpStream, peer: SocketAddr) {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%peer, %error, "connection ended before it began");
            return;
        }
        let service = service_fn(|request| self.clone().answer(request, peer));
        let connection = http1::Builder::new()
            .keep_alive(true)
            .serve_connection(TokioIo::new(socket), service);
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%peer, %error, "connection ended");
        }
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: SocketAddr) -> Result<Answer, Dropped> {
        if upgrade::is_upgrade_request(&request) {
            return Ok(self.upgrade(request, peer));
        }
        route::answer(self.exchange.clone(), request, peer.ip()).await
    }

    fn upgrade(self: Arc<Self>, mut request: Request<Incoming>, peer: SocketAddr) -> Answer {
        let Some((combined, streams)) = streams_of_path(request.uri().path(), request.uri().query()) else {
            return Refusal::new(StatusCode::NOT_FOUND, -1099, "Not found.").answer();
        };
        let (answer, upgraded) = match upgrade::upgrade(&mut request) {
            Ok(accepted) => accepted,
            Err(error) => return Refusal::bad_request(-1130, format!("no WebSocket handshake: {error}")).answer(),
        };
        tokio::spawn(async move {
            match upgraded.await {
                Ok(socket) => self.session(socket.into_inner(), peer, combined, &streams).await,
                Err(error) => tracing::debug!(%peer, %error, "upgrade failed"),
            }
        });
        answer.map(|_| Full::new(Bytes::new()))
    }

    async fn session<S>(&self, socket: S, peer: SocketAddr, combined: bool, streams: &[String])
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + 'static,
    {
        let exchange = self.exchange.clone();
        let (client, outgoing) = Client::new(exchange.hub.next_id(), peer.to_string(), combined, self.queue);
        let client = Arc::new(client);
        exchange.hub.join(client.clone());
        exchange.hub.subscribe(&client, streams, exchange.progress.lines());
        // A listen key is a secret: only streams of the market are named.
        let (streams, keys) = (client.stream_names(), client.user_keys().len());
        tracing::info!(client = client.id, %peer, ?streams, keys, "stream client connected");
        let hub = exchange.hub.clone();
        let line_now = move || exchange.progress.lines();
        session::serve(socket, client, outgoing, hub, line_now, self.liveness).await;
    }
}

/// Whether messages are wrapped, and the streams: `/stream?streams=a/b` wraps them, `/ws/a/b` does not.
fn streams_of_path(path: &str, query: Option<&str>) -> Option<(bool, Vec<String>)> {
    let names = |list: &str| {
        list.split('/')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    };
    if path.trim_end_matches('/') == "/stream" {
        let list = query
            .unwrap_or_default()
            .split('&')
            .find_map(|pair| pair.strip_prefix("streams="));
        return Some((
            true,
            names(&list.unwrap_or_default().replace("%2F", "/").replace("%40", "@")),
        ));
    }
    let list = path.strip_prefix("/ws")?;
    (list.is_empty() || list.starts_with('/')).then(|| (false, names(list)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_streams_of_a_path() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            streams_of_path("/stream", Some("streams=a@trade/b@depth")),
            Some((true, names(&["a@trade", "b@depth"])))
        );
        assert_eq!(streams_of_path("/stream", None), Some((true, vec![])));
        assert_eq!(streams_of_path("/ws/a@trade", None), Some((false, names(&["a@trade"]))));
        assert_eq!(streams_of_path("/ws", None), Some((false, vec![])));
        assert_eq!(streams_of_path("/wsx", None), None);
    }
}
