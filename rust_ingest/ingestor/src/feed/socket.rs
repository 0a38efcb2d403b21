//! Opens a WebSocket, in the clear or through TLS.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::time::Duration;

use bytes::Bytes;
use fastwebsockets::{WebSocketError, handshake};
use http_body_util::Empty;
use hyper::header::{CONNECTION, HOST, UPGRADE, USER_AGENT};
use hyper::upgrade::Upgraded;
use hyper::{Request, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// The bytes of an open WebSocket.
pub type Socket = TokioIo<Upgraded>;

const CONNECT_MAX: Duration = Duration::from_secs(10);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{url} is no WebSocket URL: it must be like wss://host:port or ws://host:port")]
pub struct BadUrl {
    url: String,
}

/// Why there is no connection. Another try may help.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("cannot connect to {host}:{port}: {source}")]
    Tcp { host: String, port: u16, source: io::Error },
    #[error("no TLS with {host}: {reason}")]
    Tls { host: String, reason: String },
    #[error("{host} does not open the WebSocket: {source}")]
    Handshake { host: String, source: WebSocketError },
    #[error("no request can be made to {host}: {source}")]
    Path { host: String, source: hyper::http::Error },
    #[error("{host}:{port} did not answer within {} s", CONNECT_MAX.as_secs())]
    Timeout { host: String, port: u16 },
}

/// Opens `path` at the endpoint.
pub async fn open(endpoint: &Endpoint, path: &str) -> Result<Socket, ConnectError> {
    let opening = async {
        let tcp = endpoint.tcp().await?;
        if endpoint.tls {
            let tls = endpoint.tls(tcp).await?;
            endpoint.upgrade(tls, path).await
        } else {
            endpoint.upgrade(tcp, path).await
        }
    };
    let timeout = ConnectError::Timeout {
        host: endpoint.host.clone(),
        port: endpoint.port,
    };
    tokio::time::timeout(CONNECT_MAX, opening).await.map_err(|_| timeout)?
}

/// A WebSocket endpoint. Displayed without the user and password that a URL may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    tls: bool,
    host: String,
    port: u16,
    /// Path of the endpoint itself, without a slash at its end.
    base: String,
}

impl Endpoint {
    pub fn parse(url: &str) -> Result<Self, BadUrl> {
        let bad_url = || BadUrl { url: url.to_owned() };
        let uri: Uri = url.parse().map_err(|_| bad_url())?;
        let tls = match uri.scheme_str() {
            Some("wss") => true,
            Some("ws") => false,
            _ => return Err(bad_url()),
        };
        let host = uri.host().ok_or_else(bad_url)?.to_owned();
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        Ok(Self {
            tls,
            host,
            port,
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    async fn tcp(&self) -> Result<TcpStream, ConnectError> {
        let failed = |source| ConnectError::Tcp {
            host: self.host.clone(),
            port: self.port,
            source,
        };
        let stream = TcpStream::connect((self.address(), self.port)).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(stream)
    }

    async fn tls(&self, tcp: TcpStream) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static, ConnectError> {
        let failed = |reason| ConnectError::Tls {
            host: self.host.clone(),
            reason,
        };
        let client = tls::client().map_err(|error| failed(error.to_string()))?;
        let name = ServerName::try_from(self.address().to_owned()).map_err(|error| failed(error.to_string()))?;
        let connected = TlsConnector::from(client).connect(name, tcp).await;
        connected.map_err(|error| failed(tls::explain(&error)))
    }

    /// The host without the brackets of an IPv6 address.
    fn address(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    async fn upgrade<S>(&self, stream: S, path: &str) -> Result<Socket, ConnectError>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let request = Request::get(format!("{}{path}", self.base))
            .header(HOST, format!("{}:{}", self.host, self.port))
            .header(UPGRADE, "websocket")
            .header(CONNECTION, "upgrade")
            .header("Sec-WebSocket-Key", handshake::generate_key())
            .header("Sec-WebSocket-Version", "13")
            .header(USER_AGENT, "tapeflow")
            .body(Empty::<Bytes>::new())
            .map_err(|source| ConnectError::Path {
                host: self.host.clone(),
                source,
            })?;
        let (socket, _) = handshake::client(&TokioExecutor::new(), request, stream)
            .await
            .map_err(|source| ConnectError::Handshake {
                host: self.host.clone(),
                source,
            })?;
        Ok(socket.into_inner())
    }
}

impl Display for Endpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "wss" } else { "ws" };
        write!(f, "{scheme}://{}:{}{}", self.host, self.port, self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_scheme_host_and_port() {
        let parts = |url: &str| Endpoint::parse(url).map(|t| (t.tls, t.host, t.port, t.base)).ok();
        let expected = Some((true, "stream.binance.com".to_owned(), 9443, String::new()));
        assert_eq!(parts("wss://stream.binance.com:9443"), expected);
        assert_eq!(
            parts("ws://127.0.0.1/base/"),
            Some((false, "127.0.0.1".to_owned(), 80, "/base".to_owned()))
        );
        for url in ["https://stream.binance.com", "stream.binance.com", "", "wss://"] {
            assert_eq!(parts(url), None, "{url:?}");
        }
        let secret = Endpoint::parse("wss://user:password@example.com/base?token=x").unwrap();
        assert_eq!(secret.to_string(), "wss://example.com:443/base");
    }
}
