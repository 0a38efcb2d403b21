//! Accepts connections: `/stream` becomes a WebSocket, everything else is refused in plain HTTP.

use std::convert::Infallible;
use std::io::Cursor;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use fastwebsockets::upgrade;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;

use crate::client::{Carrier, Client};
use crate::hub::Hub;
use crate::queue::Queue;
use crate::wishes::{OnSlow, Wishes};

/// Within this a request is to be whole.
pub const REQUEST_WITHIN: Duration = Duration::from_secs(10);

type Answer = Response<Full<Bytes>>;

pub struct Server {
    pub hub: Rc<Hub>,
    pub queue_bytes: usize,
    pub clients_max: usize,
    pub request_within: Duration,
    /// Only this machine can ask, and only names of it are taken for ours.
    pub is_loopback: bool,
}

impl Server {
    /// Serves until the thread ends.
    pub async fn run(self, listener: TcpListener) {
        let server = Rc::new(self);
        loop {
            match listener.accept().await {
                Ok((socket, peer)) => {
                    spawn_local(server.clone().connection(socket, peer));
                }
                // Out of file descriptors, or a peer that is gone already: the next one may do better.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn connection(self: Rc<Self>, socket: TcpStream, peer: SocketAddr) {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%peer, %error, "connection ended before it began");
            return;
        }
        let service = service_fn(|request| {
            let answer = self.clone().answer(request, peer);
            async { Ok::<_, Infallible>(answer) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.request_within)
            .keep_alive(false)
            .serve_connection(TokioIo::new(socket), service);
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%peer, %error, "connection ended");
        }
    }

    fn answer(self: Rc<Self>, mut request: Request<Incoming>, peer: SocketAddr) -> Answer {
        let (wishes, on_slow) = match self.check(&request) {
            Ok(asked) => asked,
            Err((status, reason)) => return refusal(status, &reason),
        };
        let (answer, upgraded) = match upgrade::upgrade(&mut request) {
            Ok(accepted) => accepted,
            Err(error) => return refusal(StatusCode::BAD_REQUEST, &format!("no WebSocket handshake: {error}")),
        };
        spawn_local(async move {
            let upgraded = match upgraded.await {
                Ok(socket) => socket.into_inner().into_inner(),
                Err(error) => return tracing::debug!(%peer, %error, "upgrade failed"),
            };
            match upgraded.downcast::<TokioIo<TcpStream>>() {
                Ok(parts) => {
                    let begun = Cursor::new(parts.read_buf);
                    self.serve(parts.io.into_inner(), begun, (wishes, on_slow), peer).await;
                }
                Err(_) => tracing::error!(%peer, "an upgraded connection that is no TCP stream"),
            }
        });
        answer.map(|_| Full::new(Bytes::new()))
    }

    fn check(&self, request: &Request<Incoming>) -> Result<(Wishes, OnSlow), (StatusCode, String)> {
        let refuse = |status, reason: &str| Err((status, reason.to_owned()));
        let header = |name| {
            request
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap_or_default())
        };
        let host = header(HOST).unwrap_or_default();
        if self.is_loopback && !is_this_machine(host) {
            // A name that was made to point here (DNS rebinding) is not ours.
            return refuse(
                StatusCode::MISDIRECTED_REQUEST,
                "this answers to 127.0.0.1 and localhost only",
            );
        }
        if let Some(origin) = header(ORIGIN)
            && origin.strip_prefix("http://") != Some(host)
        {
            return refuse(StatusCode::FORBIDDEN, "pages of other sites may not listen here");
        }
        if request.uri().path() != "/stream" {
            return refuse(StatusCode::NOT_FOUND, "there is only /stream");
        }
        if !upgrade::is_upgrade_request(request) {
            return refuse(
                StatusCode::UPGRADE_REQUIRED,
                "this is a WebSocket: connect to ws://HOST:PORT/stream",
            );
        }
        if self.hub.clients() >= self.clients_max {
            let most = self.clients_max;
            let reason = format!(
                "{most} clients listen already, as many as are served here: come back later, or raise --broadcast-clients"
            );
            return refuse(StatusCode::SERVICE_UNAVAILABLE, &reason);
        }
        let asked = Wishes::of_query(request.uri().query().unwrap_or_default());
        asked.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
    }

    async fn serve(
        &self,
        socket: TcpStream,
        begun: Cursor<Bytes>,
        (wishes, on_slow): (Wishes, OnSlow),
        peer: SocketAddr,
    ) {
        let id = self.hub.next_id();
        let (read, write) = socket.into_split();
        let queue = Queue::new(self.queue_bytes, on_slow);
        let client = Rc::new(Client::new(id, Carrier::WebSocket, (peer, write), queue));
        tracing::info!(client = id, %peer, ?on_slow, "live client connected");
        self.hub.join(client.clone(), wishes);
        let why = client.attend(client.listen(begun.chain(read))).await;
        self.hub.leave(&client);
        tracing::info!(client = id, %peer, "live client is gone: {why}");
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn refusal(status: StatusCode, reason: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(format!("{reason}\n"))));
    *answer.status_mut() = status;
    let plain = hyper::header::HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, plain);
    answer
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::runtime;
    use tokio::task::LocalSet;

    use super::*;

    #[test]
    fn whoever_does_not_end_its_request_is_not_waited_for() {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        LocalSet::new().block_on(&runtime, async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let server = Server {
                hub: Rc::default(),
                queue_bytes: 1,
                clients_max: 1,
                request_within: Duration::from_millis(50),
                is_loopback: true,
            };
            spawn_local(server.run(listener));
            silent
                .write_all(b"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                .await
                .unwrap();
            let mut answer = String::new();
            let ended = tokio::time::timeout(Duration::from_secs(20), silent.read_to_string(&mut answer));
            assert!(ended.await.is_ok(), "it is cut off");
            assert!(!answer.contains(" 101 "), "{answer}");
        });
    }
}
