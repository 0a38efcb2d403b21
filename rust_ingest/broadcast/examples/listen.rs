//! Connects many WebSocket clients to one publisher and tells how late its messages are: `tests/bench/broadcast.py`.
//!
//! Says `ready` when all are connected, and the figures as one JSON line when the time is over. A message is known by its
//! `"send_ns":` followed by a time, so that another program's messages can be measured by the same reader.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Parser;
use memchr::memmem::Finder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::sleep;

#[derive(Parser)]
struct Options {
    #[arg(long)]
    address: SocketAddr,
    #[arg(long, default_value_t = 1)]
    clients: usize,
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

const MARK: &[u8] = b"\"send_ns\":";
/// Digits of a time in this century.
const DIGITS: usize = 19;
const LOST: &[u8] = b"{\"lost\":";

#[derive(Default)]
struct Seen {
    ages_ns: Vec<i64>,
    told_of_losses: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let mut sockets = Vec::new();
    for _ in 0..options.clients {
        sockets.push(connect(options.address).await?);
    }
    println!("ready");
    let all = Rc::new(RefCell::new(Seen::default()));
    let readers = LocalSet::new();
    for socket in sockets {
        readers.spawn_local(read(socket, all.clone()));
    }
    readers.run_until(sleep(Duration::from_secs_f64(options.seconds))).await;
    let mut all = all.take();
    all.ages_ns.sort_unstable();
    let at = |percent: usize| {
        let index = (all.ages_ns.len() * percent / 100).min(all.ages_ns.len().saturating_sub(1));
        all.ages_ns.get(index).copied().unwrap_or_default() as f64 / 1e3
    };
    let (messages, losses) = (all.ages_ns.len(), all.told_of_losses);
    println!(
        "{{\"messages\":{messages},\"losses\":{losses},\"p50_us\":{:.1},\"p95_us\":{:.1}}}",
        at(50),
        at(95)
    );
    Ok(())
}

async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let mut socket = TcpStream::connect(address).await?;
    let request = format!(
        "GET /stream HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    Ok(socket)
}

async fn read(mut socket: TcpStream, all: Rc<RefCell<Seen>>) {
    let (mark, lost) = (Finder::new(MARK), Finder::new(LOST));
    let mut buffer = vec![0; 256 << 10];
    let mut kept = 0;
    while let Ok(count @ 1..) = socket.read(&mut buffer[kept..]).await {
        let now_ns = now_ns();
        let filled = kept + count;
        let mut seen = all.borrow_mut();
        let mut from = 0;
        while let Some(at) = mark.find(&buffer[from..filled]) {
            let digits = from + at + MARK.len();
            let Some(text) = buffer[..filled].get(digits..digits + DIGITS) else {
                break;
            };
            let sent_ns = std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok());
            seen.ages_ns.extend(sent_ns.map(|sent_ns| now_ns - sent_ns));
            from = digits + DIGITS;
        }
        seen.told_of_losses += usize::from(lost.find(&buffer[..filled]).is_some());
        // What is not a whole mark with its digits yet may become one.
        let rest = filled - from;
        let rest = rest.min(MARK.len() + DIGITS);
        buffer.copy_within(filled - rest..filled, 0);
        kept = rest;
    }
}

fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos() as i64
}
