//! Opens a WebSocket, in the clear or through TLS.

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

/// The bytes of an open WebSocket.
pub type Socket = TokioIo<Upgraded>;

const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Why there is no connection. Another try may help, except where the URL is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("{url} is no WebSocket URL: it must be like wss://host:port or ws://host:port")]
    BadUrl { url: String },
    #[error("cannot connect to {host}:{port}: {source}")]
    Tcp { host: String, port: u16, source: io::Error },
    #[error("no TLS with {host}: {source}")]
    Tls { host: String, source: native_tls::Error },
    #[error("{host} does not open the WebSocket: {source}")]
    Handshake { host: String, source: WebSocketError },
    #[error("{host}:{port} did not answer within {} s", CONNECT_MAX.as_secs())]
    Timeout { host: String, port: u16 },
}

/// Opens `path` at the endpoint `url`.
pub async fn open(url: &str, path: &str) -> Result<Socket, ConnectError> {
    let target = Target::parse(url)?;
    let opening = async {
        let tcp = target.tcp().await?;
        if target.tls {
            let tls = target.tls(tcp).await?;
            target.upgrade(tls, path).await
        } else {
            target.upgrade(tcp, path).await
        }
    };
    let timeout = ConnectError::Timeout {
        host: target.host.clone(),
        port: target.port,
    };
    tokio::time::timeout(CONNECT_MAX, opening).await.map_err(|_| timeout)?
}

struct Target {
    tls: bool,
    host: String,
    port: u16,
    /// Path of the endpoint itself, without a slash at its end.
    base: String,
}

impl Target {
    fn parse(url: &str) -> Result<Self, ConnectError> {
        let bad_url = || ConnectError::BadUrl { url: url.to_owned() };
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
        let address = self.host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((address, self.port)).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(stream)
    }

    async fn tls(&self, tcp: TcpStream) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static, ConnectError> {
        let failed = |source| ConnectError::Tls {
            host: self.host.clone(),
            source,
        };
        let connector = tokio_native_tls::TlsConnector::from(native_tls::TlsConnector::new().map_err(failed)?);
        connector.connect(&self.host, tcp).await.map_err(failed)
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
            .map_err(|_| ConnectError::BadUrl {
                url: format!("{}{path}", self.base),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_scheme_host_and_port() {
        let parts = |url: &str| Target::parse(url).map(|t| (t.tls, t.host, t.port, t.base)).ok();
        let expected = Some((true, "stream.binance.com".to_owned(), 9443, String::new()));
        assert_eq!(parts("wss://stream.binance.com:9443"), expected);
        assert_eq!(
            parts("ws://127.0.0.1/base/"),
            Some((false, "127.0.0.1".to_owned(), 80, "/base".to_owned()))
        );
        for url in ["https://stream.binance.com", "stream.binance.com", "", "wss://"] {
            assert_eq!(parts(url), None, "{url:?}");
        }
    }
}
