//! One WebSocket client: its queue, its socket, and what it says. Nothing here waits for the client but its own task.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use contracts::Kind;
use fastwebsockets::{OpCode, Role, WebSocket};
use tokio::io::AsyncRead;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::frames::{self, Chunk};
use crate::queue::{Queue, Unsent};

const PIECES_PER_WRITE: usize = 32;
/// With clients that say nothing.
const PATIENCE: Patience = Patience {
    look_every: Duration::from_secs(15),
    silent_max: Duration::from_secs(60),
};
/// Clients have nothing to say but pings, pongs and a farewell.
const FRAME_BYTES_MAX: usize = 4096;

/// Close codes of RFC 6455, section 7.4.1.
const UNSUPPORTED: u16 = 1003;
const POLICY: u16 = 1008;
const GOING_AWAY: u16 = 1001;

/// What carries messages to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    WebSocket,
    Zmtp,
}

/// When a client is pinged, and when it is gone.
#[derive(Clone, Copy, Debug)]
struct Patience {
    look_every: Duration,
    /// One that neither answers pings nor takes what waits for it for so long is gone.
    silent_max: Duration,
}

#[derive(Debug)]
pub struct Client {
    pub id: u64,
    carrier: Carrier,
    pub peer: SocketAddr,
    write: OwnedWriteHalf,
    queue: RefCell<Queue>,
    /// The socket takes no more; the client's task writes on when it does.
    is_blocked: Cell<bool>,
    is_closing: Cell<bool>,
    is_gone: Cell<bool>,
    wake: Notify,
    heard: Cell<Instant>,
    sent_bytes: Cell<u64>,
    patience: Patience,
}

impl Client {
    pub fn new(id: u64, carrier: Carrier, (peer, write): (SocketAddr, OwnedWriteHalf), queue: Queue) -> Self {
        Self {
            id,
            carrier,
            peer,
            write,
            queue: RefCell::new(queue),
            is_blocked: Cell::new(false),
            is_closing: Cell::new(false),
            is_gone: Cell::new(false),
            wake: Notify::new(),
            heard: Cell::new(Instant::now()),
            sent_bytes: Cell::new(0),
            patience: PATIENCE,
        }
    }

    /// Queues messages and writes what the socket takes now. Whether it had to be cut off.
    pub fn send(&self, chunk: &Rc<Chunk>, kind_of: impl Fn(usize) -> Kind) -> bool {
        if self.is_closing.get() {
            return false;
        }
        let pushed = self.queue.borrow_mut().push(chunk, kind_of);
        let cut_off = pushed.is_err();
        if let Err(slow) = pushed {
            let (messages, bytes) = (slow.messages, slow.bytes);
            tracing::warn!(client = self.id, peer = %self.peer, messages, bytes, "cut off: it reads too slowly");
            let reason = format!("too slow: {messages} messages waited; read faster, or ask for on_slow=conflate");
            self.close(POLICY, &reason);
        }
        self.write_unless_blocked();
        cut_off
    }

    /// Tells it, at this place, that records are missing which it never could have had.
    pub fn lose(&self, kind: Kind, count: u64) {
        if !self.is_closing.get() {
            self.queue.borrow_mut().lose(kind, count);
            self.write_unless_blocked();
        }
    }

    /// A farewell because this server ends; what waits is sent before it.
    pub fn say_goodbye(&self) {
        if !self.is_closing.replace(true) && self.carrier == Carrier::WebSocket {
            let write = |out: &mut Vec<u8>| frames::append_close(out, GOING_AWAY, "the publisher ends");
            self.queue.borrow_mut().push_control(write);
            self.write_unless_blocked();
        }
    }

    pub fn has_all(&self) -> bool {
        self.is_gone.get() || self.queue.borrow().is_empty()
    }

    pub fn take_unsent(&self) -> Unsent {
        self.queue.borrow_mut().take_unsent()
    }

    /// Bytes written since this was last asked.
    pub fn take_sent_bytes(&self) -> u64 {
        self.sent_bytes.take()
    }

    /// Serves it until it is gone, or `listening` to it ends; says why.
    pub async fn attend(&self, listening: impl Future<Output = &'static str>) -> &'static str {
        let why = tokio::select! {
            why = listening => why,
            why = self.drain() => why,
            why = self.watch() => why,
        };
        self.is_closing.set(true);
        self.is_gone.set(true);
        why
    }

    /// Reads what a WebSocket says.
    pub async fn listen(&self, read: impl AsyncRead + Unpin) -> &'static str {
        let mut socket = WebSocket::after_handshake(tokio::io::join(read, tokio::io::sink()), Role::Server);
        socket.set_auto_pong(false);
        socket.set_auto_close(false);
        socket.set_max_message_size(FRAME_BYTES_MAX);
        while let Ok(frame) = socket.read_frame().await {
            self.heard.set(Instant::now());
            match frame.opcode {
                OpCode::Ping => self.control(|out| frames::append(out, OpCode::Pong, &frame.payload)),
                OpCode::Pong => {}
                OpCode::Close => {
                    // The answer repeats the code, if there is one (RFC 6455, section 5.5.1).
                    let code = frame.payload.get(..2).unwrap_or_default();
                    self.queue.borrow_mut().clear();
                    self.control(|out| frames::append(out, OpCode::Close, code));
                    self.is_closing.set(true);
                    self.wake.notify_one();
                }
                OpCode::Text | OpCode::Binary | OpCode::Continuation => {
                    self.close(UNSUPPORTED, "nothing is taken here: say in the URL what you want");
                    self.write_unless_blocked();
                }
            }
        }
        "it closed the connection"
    }

    /// Writes on whenever the socket takes more again.
    async fn drain(&self) -> &'static str {
        loop {
            self.wake.notified().await;
            while self.is_blocked.get() {
                if self.write.writable().await.is_err() {
                    return "its socket failed";
                }
                let waited = self.queue.borrow().bytes();
                self.is_blocked.set(false);
                self.write_unless_blocked();
                if self.queue.borrow().bytes() < waited {
                    self.heard.set(Instant::now());
                }
            }
            if self.is_gone.get() {
                return "its socket failed";
            }
            if self.is_closing.get() && self.queue.borrow().is_empty() {
                return "it was told why";
            }
        }
    }

    async fn watch(&self) -> &'static str {
        let mut looks = interval(self.patience.look_every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.tick().await;
        loop {
            looks.tick().await;
            if self.is_closing.get() {
                return "it did not take the farewell";
            }
            if self.carrier == Carrier::Zmtp {
                // It has no need to say anything; what it does not take it misses.
                continue;
            }
            if self.heard.get().elapsed() > self.patience.silent_max {
                return "nothing was heard of it for too long";
            }
            self.control(|out| frames::append(out, OpCode::Ping, b""));
        }
    }

    /// Sends something that is no message, at its place among them.
    pub fn control(&self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.is_closing.get() {
            return;
        }
        let mut queue = self.queue.borrow_mut();
        let is_flooded = queue.is_flooded();
        queue.push_control(write);
        drop(queue);
        if is_flooded {
            self.close(POLICY, "pings without reading");
        }
        self.write_unless_blocked();
    }

    fn close(&self, code: u16, reason: &str) {
        if self.is_closing.replace(true) {
            return;
        }
        let mut queue = self.queue.borrow_mut();
        queue.clear();
        if self.carrier == Carrier::WebSocket {
            queue.push_control(|out| frames::append_close(out, code, reason));
        }
        drop(queue);
        // With nothing to wait for, its task still must see that it is over.
        self.wake.notify_one();
    }

    fn write_unless_blocked(&self) {
        if !self.is_blocked.get()
            && let Err(error) = self.write_now()
        {
            if error.kind() == io::ErrorKind::WouldBlock {
                self.is_blocked.set(true);
            } else {
                self.is_gone.set(true);
                self.is_closing.set(true);
            }
            self.wake.notify_one();
        }
    }

    fn write_now(&self) -> io::Result<()> {
        let mut queue = self.queue.borrow_mut();
        while !queue.is_empty() {
            let mut slices = [IoSlice::new(&[]); PIECES_PER_WRITE];
            let mut count = 0;
            for (slice, piece) in slices.iter_mut().zip(queue.pieces()) {
                *slice = IoSlice::new(piece);
                count += 1;
            }
            let written = self.write.try_write_vectored(&slices[..count])?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.sent_bytes.set(self.sent_bytes.get() + written as u64);
            queue.sent(written);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::runtime;

    use super::*;
    use crate::wishes::OnSlow;

    const PING: [u8; 2] = [0x89, 0];
    /// With a mask of zeros.
    const PONG: [u8; 6] = [0x8A, 0x80, 0, 0, 0, 0];

    /// How it ends with a client that answers the first so many pings, and how many it got.
    fn with_pongs(answers: usize) -> (&'static str, usize) {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut far = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let (near, peer) = listener.accept().await.unwrap();
            let (read, write) = near.into_split();
            let queue = Queue::new(1 << 20, OnSlow::Conflate);
            let client = Client {
                patience: Patience {
                    look_every: Duration::from_millis(50),
                    // Much longer than a busy machine leaves this thread without a processor.
                    silent_max: Duration::from_secs(1),
                },
                ..Client::new(1, Carrier::WebSocket, (peer, write), queue)
            };
            let pings = async {
                let mut pings = 0;
                let mut ping = [0; 2];
                while far.read_exact(&mut ping).await.is_ok() && ping == PING {
                    pings += 1;
                    if pings <= answers {
                        far.write_all(&PONG).await.unwrap();
                    }
                }
                pings
            };
            let attended = async {
                let why = client.attend(client.listen(read)).await;
                drop(client);
                why
            };
            tokio::join!(attended, pings)
        })
    }

    #[test]
    fn a_client_that_answers_no_ping_is_gone_and_one_that_does_is_not() {
        let (why, pings) = with_pongs(0);
        assert_eq!(why, "nothing was heard of it for too long");
        assert!(pings >= 2, "{pings}");
        // More than there are in the time after which it would be gone.
        let (why, pings) = with_pongs(30);
        assert_eq!(why, "nothing was heard of it for too long");
        assert!(pings > 30, "it was waited for while it answered: {pings}");
    }
}
