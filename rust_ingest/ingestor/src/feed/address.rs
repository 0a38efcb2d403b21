//! A server by host and port, reached in the clear or through TLS.

use std::fmt::{self, Display, Formatter};
use std::future::Future;
use std::io;
use std::time::Duration;

use fastwebsockets::WebSocketError;
use hyper::Uri;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

const CONNECT_MAX: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Plain,
    Tls,
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
    #[error("{host} does not answer as HTTP does: {source}")]
    Http { host: String, source: hyper::Error },
    #[error("{host} does not open the stream: status {status}: {body}")]
    Status { host: String, status: u16, body: String },
    #[error("no request can be made to {host}: {source}")]
    Path { host: String, source: hyper::http::Error },
    #[error("{host}:{port} did not answer within {} s", CONNECT_MAX.as_secs())]
    Timeout { host: String, port: u16 },
}

/// What `opening` comes to, if it does in time.
pub async fn in_time<T>(
    address: &Address,
    opening: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    let timeout = ConnectError::Timeout {
        host: address.host.clone(),
        port: address.port,
    };
    tokio::time::timeout(CONNECT_MAX, opening).await.map_err(|_| timeout)?
}

/// Of a URL all but the scheme's name, and the user and password that it may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub scheme: Scheme,
    pub host: String,
    pub port: u16,
    /// Path of the endpoint itself, without a slash at its end.
    pub base: String,
}

impl Address {
    /// `plain` and `tls` are what the schemes are called. `None` if the URL is none of these.
    pub fn parse(url: &str, plain: &str, tls: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let (scheme, default_port) = match uri.scheme_str()? {
            name if name == tls => (Scheme::Tls, 443),
            name if name == plain => (Scheme::Plain, 80),
            _ => return None,
        };
        Some(Self {
            scheme,
            host: uri.host().filter(|host| !host.is_empty())?.to_owned(),
            port: uri.port_u16().unwrap_or(default_port),
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// As the header `Host` names it.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub async fn tcp(&self) -> Result<TcpStream, ConnectError> {
        let failed = |source| ConnectError::Tcp {
            host: self.host.clone(),
            port: self.port,
            source,
        };
        let stream = TcpStream::connect((self.name(), self.port)).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(stream)
    }

    pub async fn tls(
        &self,
        tcp: TcpStream,
    ) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static + use<>, ConnectError> {
        let failed = |reason| ConnectError::Tls {
            host: self.host.clone(),
            reason,
        };
        let client = tls::client().map_err(|error| failed(error.to_string()))?;
        let name = ServerName::try_from(self.name().to_owned()).map_err(|error| failed(error.to_string()))?;
        let connected = TlsConnector::from(client).connect(name, tcp).await;
        connected.map_err(|error| failed(tls::explain(&error)))
    }

    /// The host without the brackets of an IPv6 address.
    fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }
}

/// Without the scheme: `example.com:443/base`.
impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}", self.host, self.port, self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_scheme_host_and_port() {
        let parts = |url: &str| Address::parse(url, "ws", "wss").map(|a| (a.scheme, a.host, a.port, a.base));
        let expected = Some((Scheme::Tls, "stream.binance.com".to_owned(), 9443, String::new()));
        assert_eq!(parts("wss://stream.binance.com:9443"), expected);
        assert_eq!(
            parts("ws://127.0.0.1/base/"),
            Some((Scheme::Plain, "127.0.0.1".to_owned(), 80, "/base".to_owned()))
        );
        for url in ["https://stream.binance.com", "stream.binance.com", "", "wss://"] {
            assert_eq!(parts(url), None, "{url:?}");
        }
        let secret = Address::parse("https://user:password@example.com/base?token=x", "http", "https").unwrap();
        assert_eq!(secret.to_string(), "example.com:443/base");
    }
}
