//! One WebSocket connection from its upgrade to its end: writes data and pings, reads requests and pongs.

use std::sync::Arc;
use std::time::Duration;

use fastwebsockets::{OpCode, Role, WebSocket};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::client::{Chunk, Client, Outgoing};
use super::frame::{self, Opcode};
use super::hub::Hub;
use super::request::{self, Request};
use crate::clock;

/// Chunks taken from the queue for one write.
const CHUNKS_PER_WRITE: usize = 64;
/// Requests of a client are small; more than this is an attack or a mistake.
const REQUEST_BYTES_MAX: usize = 64 << 10;

/// When a connection is pinged, and when it counts as dead.
#[derive(Clone, Copy, Debug)]
pub struct Liveness {
    /// Time between pings.
    pub ping_every: Duration,
    /// Time within which a pong must come.
    pub pong_within: Duration,
}

/// What the reading half tells the writing half.
enum FromReader {
    Frame(Opcode, Vec<u8>),
    Pong,
    Gone,
}

/// Serves one client until either side ends the connection.
pub async fn serve<S>(
    stream: S,
    client: Arc<Client>,
    outgoing: Outgoing,
    hub: Arc<Hub>,
    line_now: impl Fn() -> u64 + Send + 'static,
    liveness: Liveness,
) where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let (reading, writing) = tokio::io::split(stream);
    let (to_writer, from_reader) = mpsc::channel(64);
    let reader = Reader {
        client: client.clone(),
        hub: hub.clone(),
        to_writer,
        line_now,
    };
    let reading = tokio::spawn(reader.run(reading));
    tokio::select! {
        () = write(writing, &client, outgoing, from_reader, liveness) => {}
        () = client.disconnected() => {}
    }
    reading.abort();
    hub.leave(&client);
    tracing::info!(client = client.id, peer = %client.peer, sent = client.sent_messages(), "stream client is gone");
}

async fn write<S: AsyncWrite>(
    mut socket: WriteHalf<S>,
    client: &Client,
    mut outgoing: Outgoing,
    mut from_reader: mpsc::Receiver<FromReader>,
    liveness: Liveness,
) {
    let mut chunks = Vec::with_capacity(CHUNKS_PER_WRITE);
    let mut pings = tokio::time::interval_at(Instant::now() + liveness.ping_every, liveness.ping_every);
    let mut unanswered_since: Option<Instant> = None;
    loop {
        let mut frames = Vec::new();
        let written = tokio::select! {
            biased;
            event = from_reader.recv() => match event {
                Some(FromReader::Frame(opcode, payload)) => {
                    frame::append(&mut frames, opcode, &payload);
                    socket.write_all(&frames).await
                }
                Some(FromReader::Pong) => { unanswered_since = None; Ok(()) }
                Some(FromReader::Gone) | None => return,
            },
            _ = pings.tick() => {
                if unanswered_since.is_some_and(|since| since.elapsed() > liveness.pong_within) {
                    tracing::warn!(client = client.id, peer = %client.peer, "no pong in time, disconnecting the client");
                    return;
                }
                unanswered_since.get_or_insert_with(Instant::now);
                frame::append(&mut frames, Opcode::Ping, clock::now_ms().to_string().as_bytes());
                socket.write_all(&frames).await
            }
            () = outgoing.next(&mut chunks, CHUNKS_PER_WRITE) => {
                if chunks.is_empty() { return; }
                write_chunks(&mut socket, client, &mut frames, &mut chunks).await
            }
        };
        if written.is_err() {
            return;
        }
    }
}

async fn write_chunks<S: AsyncWrite>(
    socket: &mut WriteHalf<S>,
    client: &Client,
    joined: &mut Vec<u8>,
    chunks: &mut Vec<Chunk>,
) -> std::io::Result<()> {
    let messages = chunks.iter().map(|chunk| chunk.messages).sum();
    let bytes = chunks.iter().map(|chunk| chunk.frames.len() as u64).sum();
    let written = if let [only] = chunks.as_slice() {
        socket.write_all(&only.frames).await
    } else {
        // One write for all that waits: with Nagle's algorithm off, each write is a packet.
        chunks.iter().for_each(|chunk| joined.extend_from_slice(&chunk.frames));
        socket.write_all(joined).await
    };
    client.count_sent((messages, bytes));
    chunks.clear();
    written
}

struct Reader<F> {
    client: Arc<Client>,
    hub: Arc<Hub>,
    to_writer: mpsc::Sender<FromReader>,
    line_now: F,
}

impl<F: Fn() -> u64 + Send + 'static> Reader<F> {
    async fn run<S: AsyncRead + AsyncWrite>(self, reading: ReadHalf<S>) {
        // Pongs and the answer to a close go through the writer, which alone owns the socket's other direction.
        let mut socket = WebSocket::after_handshake(tokio::io::join(reading, tokio::io::sink()), Role::Server);
        socket.set_auto_pong(false);
        socket.set_auto_close(false);
        socket.set_max_message_size(REQUEST_BYTES_MAX);
        loop {
            let event = match socket.read_frame().await {
                Ok(frame) => match frame.opcode {
                    OpCode::Text | OpCode::Binary => {
                        FromReader::Frame(Opcode::Text, self.handle(&frame.payload).into_bytes())
                    }
                    OpCode::Ping => FromReader::Frame(Opcode::Pong, frame.payload.to_vec()),
                    OpCode::Pong => FromReader::Pong,
                    OpCode::Close => {
                        let farewell = FromReader::Frame(Opcode::Close, frame.payload.to_vec());
                        // Nobody to tell if the writer is gone: the connection is over either way.
                        let _ = self.to_writer.send(farewell).await;
                        FromReader::Gone
                    }
                    OpCode::Continuation => FromReader::Gone,
                },
                Err(_) => FromReader::Gone,
            };
            let gone = matches!(event, FromReader::Gone);
            if self.to_writer.send(event).await.is_err() || gone {
                return;
            }
        }
    }

    /// Does what a request asks for and gives the answer.
    fn handle(&self, text: &[u8]) -> String {
        let (request, id) = match request::read(text) {
            Ok(read) => read,
            Err(refusal) => return refusal,
        };
        let result = match request {
            Request::Subscribe(names) => {
                self.hub.subscribe(&self.client, &names, (self.line_now)());
                Value::Null
            }
            Request::Unsubscribe(names) => {
                self.hub.unsubscribe(&self.client, &names);
                Value::Null
            }
            Request::List => json!([self.client.stream_names(), self.client.user_keys()].concat()),
            Request::SetCombined(combined) => {
                self.hub.set_combined(&self.client, combined);
                Value::Null
            }
            Request::GetCombined => json!(self.client.is_combined()),
        };
        request::answer(&result, &id)
    }
}
