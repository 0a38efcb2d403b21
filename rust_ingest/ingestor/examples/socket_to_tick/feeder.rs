//! A venue on loopback that sends each message at its time, whatever became of the one before.

use std::cell::RefCell;
use std::error::Error;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU64;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;
use fastwebsockets::upgrade::{UpgradeFut, upgrade};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustix::thread::set_current_timer_slack;
use tokio::runtime;

use crate::processor;

/// So long after a client has come the first message is due.
const SETTLING: Duration = Duration::from_millis(500);
/// A sleep ends late by up to this, on a processor that is kept awake; the rest is waited for in a loop, and takes a processor from those that
/// are measured: no more than a share of the time.
const OVERSLEPT: Duration = Duration::from_micros(50);
const WAITED_IN_A_LOOP: f64 = 0.1;
/// Linux puts wake-ups off by 50 us, so that several are one: the feeder would have to wait for most messages in a loop.
const TIMER_SLACK_NS: NonZeroU64 = NonZeroU64::MIN;

/// When each message was due, and when the feeder had handed it to the system.
pub struct Sent {
    pub due: Vec<Instant>,
    pub sent: Vec<Instant>,
}

pub struct Feeder {
    pub address: SocketAddr,
    thread: JoinHandle<Sent>,
}

impl Feeder {
    /// Serves one client: `messages`, so many a second, and closes.
    pub fn start(messages: &[String], per_s: f64) -> Result<Self, Box<dyn Error>> {
        let frames: Vec<Vec<u8>> = messages.iter().map(|message| text_frame(message.as_bytes())).collect();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let thread = thread::Builder::new().name("feeder".to_owned()).spawn(move || {
            let socket = accept(listener).expect("the client opens a WebSocket");
            feed(socket, &frames, per_s)
        })?;
        Ok(Self { address, thread })
    }

    pub fn join(self) -> Sent {
        self.thread.join().expect("the feeder sends everything")
    }
}

fn feed(mut socket: TcpStream, frames: &[Vec<u8>], per_s: f64) -> Sent {
    set_current_timer_slack(Some(TIMER_SLACK_NS)).expect("Linux");
    processor::take_first().expect("Linux");
    let begin = Instant::now() + SETTLING;
    let due: Vec<Instant> = (0..frames.len())
        .map(|number| begin + Duration::from_secs_f64(number as f64 / per_s))
        .collect();
    let oversleep = OVERSLEPT.min(Duration::from_secs_f64(WAITED_IN_A_LOOP / per_s));
    let mut sent = Vec::with_capacity(frames.len());
    for (frame, due) in frames.iter().zip(&due) {
        let early = due.saturating_duration_since(Instant::now());
        thread::sleep(early.saturating_sub(oversleep));
        while Instant::now() < *due {
            std::hint::spin_loop();
        }
        socket.write_all(frame).expect("the client reads until the end");
        sent.push(Instant::now());
    }
    Sent { due, sent }
}

/// The socket of a client, once it is upgraded.
fn accept(listener: TcpListener) -> Result<TcpStream, Box<dyn Error>> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (socket, _) = listener.accept()?;
    socket.set_nodelay(true)?;
    socket.set_nonblocking(true)?;
    runtime.block_on(async {
        let upgraded: RefCell<Option<UpgradeFut>> = RefCell::new(None);
        let service = service_fn(|mut request: Request<Incoming>| {
            let answer = upgrade(&mut request).map(|(answer, coming): (Response<Empty<Bytes>>, UpgradeFut)| {
                *upgraded.borrow_mut() = Some(coming);
                answer
            });
            std::future::ready(answer)
        });
        let socket = TokioIo::new(tokio::net::TcpStream::from_std(socket)?);
        http1::Builder::new()
            .serve_connection(socket, service)
            .with_upgrades()
            .await?;
        let coming = upgraded.take().ok_or("the client asked for something else")?;
        let bytes = coming.await?.into_inner().into_inner();
        let parts = bytes
            .downcast::<TokioIo<tokio::net::TcpStream>>()
            .map_err(|_| "no plain socket")?;
        let socket = parts.io.into_inner().into_std()?;
        socket.set_nonblocking(false)?;
        Ok(socket)
    })
}

/// An unmasked text frame (RFC 6455, 5.2).
fn text_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match payload.len() {
        short @ ..=125 => frame.push(short as u8),
        middle @ ..=0xFFFF => {
            frame.push(126);
            frame.extend_from_slice(&(middle as u16).to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}
