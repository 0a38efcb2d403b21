//! Opens a WebSocket, in the clear or through TLS.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use fastwebsockets::handshake;
use http_body_util::Empty;
use hyper::Request;
use hyper::header::{CONNECTION, HOST, UPGRADE, USER_AGENT};
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::address::{Address, ConnectError, Scheme, in_time};
use super::frames::FrameReader;
use super::wire::{Brought, Wire};

/// What we send is short: a venue that does not take it for so long does not listen.
const WRITE_MAX: Duration = Duration::from_secs(10);

/// An open WebSocket.
pub struct WebSocket {
    bytes: TokioIo<Upgraded>,
    reader: FrameReader,
}

impl WebSocket {
    /// Opens `path` at the address.
    pub async fn open(address: &Address, path: &str) -> Result<Self, ConnectError> {
        in_time(address, async {
            let tcp = address.tcp().await?;
            let bytes = match address.scheme {
                Scheme::Tls => upgrade(address, address.tls(tcp).await?, path).await?,
                Scheme::Plain => upgrade(address, tcp, path).await?,
            };
            let reader = FrameReader::default();
            Ok(Self { bytes, reader })
        })
        .await
    }
}

impl Wire for WebSocket {
    type Reader = FrameReader;

    async fn wait(&mut self) -> Result<Brought, String> {
        match self.bytes.read(self.reader.space()).await {
            Ok(0) => Err("the venue closed the connection".to_owned()),
            Ok(bytes) => {
                self.reader.filled(bytes);
                Ok(Brought::Bytes)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn reader(&mut self) -> &mut FrameReader {
        &mut self.reader
    }

    async fn send(&mut self, frames: &[u8]) -> Result<(), String> {
        let sending = async {
            self.bytes.write_all(frames).await?;
            self.bytes.flush().await
        };
        let sent: Result<io::Result<()>, _> = timeout(WRITE_MAX, sending).await;
        match sent {
            Ok(sent) => sent.map_err(|error| error.to_string()),
            Err(_) => Err(format!("the venue takes nothing for {WRITE_MAX:?}")),
        }
    }
}

async fn upgrade<S>(address: &Address, stream: S, path: &str) -> Result<TokioIo<Upgraded>, ConnectError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let request = Request::get(format!("{}{path}", address.base))
        .header(HOST, address.authority())
        .header(UPGRADE, "websocket")
        .header(CONNECTION, "upgrade")
        .header("Sec-WebSocket-Key", handshake::generate_key())
        .header("Sec-WebSocket-Version", "13")
        .header(USER_AGENT, "tapeflow")
        .body(Empty::<Bytes>::new())
        .map_err(|source| ConnectError::Path {
            host: address.host.clone(),
            source,
        })?;
    let (socket, _) = handshake::client(&TokioExecutor::new(), request, stream)
        .await
        .map_err(|source| ConnectError::Handshake {
            host: address.host.clone(),
            source,
        })?;
    Ok(socket.into_inner())
}
