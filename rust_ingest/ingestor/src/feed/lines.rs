//! Messages that are lines: of an HTTP answer that does not end, or of a file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::yield_now;
use venues::lines::{LineBuffer, LineTooLong};

use super::address::{Address, ConnectError, Scheme, in_time};
use super::credentials::Credentials;
use super::passing::{Passed, Passing};
use super::wire::{Brought, Messages, Received, Wire};

/// The longest line taken, as the longest message of a WebSocket: what is no message of the venue's is kept whole.
const LINE_BYTES_MAX: usize = 16 << 20;
/// How much of a file is read at once.
const READ_BYTES: usize = 64 << 10;
/// How much of a refusal is read, and quoted.
const REFUSAL_BYTES_MAX: usize = 4_096;
const QUOTE_CHARS_MAX: usize = 200;

/// Lines out of bytes read.
#[derive(Debug)]
pub struct LineReader {
    buffer: LineBuffer,
    /// Of a file: what is there already comes as an empty line, so that those behind keep their numbers.
    passed: Option<Passed>,
}

impl LineReader {
    fn new() -> Self {
        Self {
            buffer: LineBuffer::new(LINE_BYTES_MAX),
            passed: None,
        }
    }
}

impl Messages for LineReader {
    type Error = LineTooLong;

    fn next_received(&mut self) -> Result<Option<Received<'_>>, LineTooLong> {
        let Self { buffer, passed } = self;
        let line = buffer.next_line().transpose()?;
        let mut is_there = |line: &[u8]| passed.as_mut().is_some_and(|passed| passed.has(line));
        Ok(line.map(|line| Received::Message(if is_there(line) { &[] } else { line })))
    }
}

/// The body of an answer.
pub struct HttpLines {
    body: Incoming,
    reader: LineReader,
}

impl HttpLines {
    /// Asks for `path`, with the credentials if there are any.
    pub async fn open(address: &Address, path: &str, credentials: Option<&Credentials>) -> Result<Self, ConnectError> {
        in_time(address, async {
            let tcp = address.tcp().await?;
            let body = match address.scheme {
                Scheme::Tls => ask(address, address.tls(tcp).await?, path, credentials).await?,
                Scheme::Plain => ask(address, tcp, path, credentials).await?,
            };
            let reader = LineReader::new();
            Ok(Self { body, reader })
        })
        .await
    }
}

impl Wire for HttpLines {
    type Reader = LineReader;

    async fn wait(&mut self) -> Result<Brought, String> {
        match self.body.frame().await {
            None => Err("the venue ended the stream".to_owned()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(frame)) => {
                if let Some(piece) = frame.data_ref() {
                    self.reader.buffer.push(piece);
                }
                Ok(Brought::Bytes)
            }
        }
    }

    fn reader(&mut self) -> &mut LineReader {
        &mut self.reader
    }
}

async fn ask<S>(
    address: &Address,
    stream: S,
    path: &str,
    credentials: Option<&Credentials>,
) -> Result<Incoming, ConnectError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let failed = |source| ConnectError::Http {
        host: address.host.clone(),
        source,
    };
    let mut request = Request::get(format!("{}{path}", address.base))
        .header(HOST, address.authority())
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "tapeflow");
    if let Some(credentials) = credentials {
        request = request.header(AUTHORIZATION, credentials.bearer());
    }
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|source| ConnectError::Path {
            host: address.host.clone(),
            source,
        })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    // It ends with the body; why is told there.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(failed)?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer.into_body());
    }
    let refusal = Limited::new(answer.into_body(), REFUSAL_BYTES_MAX).collect().await;
    let refusal = refusal.map_or_else(|error| error.to_string().into(), |refusal| refusal.to_bytes());
    Err(ConnectError::Status {
        host: address.host.clone(),
        status: status.as_u16(),
        body: String::from_utf8_lossy(&refusal)
            .chars()
            .take(QUOTE_CHARS_MAX)
            .collect(),
    })
}

/// A file, from its first line to its last.
pub struct FileLines {
    path: PathBuf,
    file: File,
    reader: LineReader,
    is_read: bool,
}

impl FileLines {
    /// `passing`: what of it is not to be told any more.
    pub fn open(path: &Path, passing: Option<&Passing>) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(format!("{} is no regular file", path.display()));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            reader: LineReader {
                passed: passing.map(Passing::begin),
                ..LineReader::new()
            },
            is_read: false,
        })
    }
}

impl Wire for FileLines {
    type Reader = LineReader;

    /// A local file is always there: what there is to wait for is the broker, for which everybody waits.
    async fn wait(&mut self) -> Result<Brought, String> {
        yield_now().await;
        if self.is_read {
            return Ok(Brought::End);
        }
        let mut piece = [0; READ_BYTES];
        let bytes = self.file.read(&mut piece);
        match bytes.map_err(|error| format!("{}: {error}", self.path.display()))? {
            0 => {
                self.is_read = true;
                // The last line may come without its end.
                if !self.reader.buffer.rest().is_empty() {
                    self.reader.buffer.push(b"\n");
                }
            }
            bytes => self.reader.buffer.push(&piece[..bytes]),
        }
        Ok(Brought::Bytes)
    }

    fn reader(&mut self) -> &mut LineReader {
        &mut self.reader
    }
}
