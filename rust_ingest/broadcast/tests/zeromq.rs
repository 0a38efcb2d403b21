//! A subscriber gets what it subscribed to, as it stands in the topic, with numbers that tell what it misses.

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use broadcast::{Broadcast, CLIENTS_MAX, Settings};
use common::{LOOPBACK, Market, start};

fn publishing(queue_bytes: usize) -> Broadcast {
    start(&Settings {
        websocket: None,
        zmq: Some(LOOPBACK.parse().unwrap()),
        beyond_loopback: false,
        queue_bytes,
        clients_max: CLIENTS_MAX,
    })
}

/// Of this instrument something is published until a subscription has arrived: nobody says when that is.
const PROBE: &str = "PROBE";

/// A subscriber of its own making (ZMTP 3.0, RFC 23), which reads not one byte more than it is told to. That libzmq understands
/// the publisher too is shown by `tests/live`.
struct Subscriber {
    socket: BufReader<TcpStream>,
}

impl Subscriber {
    fn open(broadcast: &Broadcast, prefix: &str) -> Self {
        let mut socket = TcpStream::connect(broadcast.zmq().unwrap()).unwrap();
        let mut greeting = [0; 64];
        greeting[0] = 0xFF;
        greeting[9..16].copy_from_slice(b"\x7f\x03\x00NULL");
        socket.write_all(&greeting).unwrap();
        socket.read_exact(&mut greeting).unwrap();
        socket
            .write_all(b"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB")
            .unwrap();
        let mut subscriber = Self {
            socket: BufReader::new(socket),
        };
        assert_eq!(subscriber.frame().0 & 4, 4, "the publisher is ready");
        subscriber.say(1, prefix);
        subscriber.say(1, &format!("market.ticks/binance/{PROBE}/"));
        let mut market = Market::default();
        market.trade(PROBE);
        subscriber.publish_until_it_hears(broadcast, &market, 0);
        subscriber
    }

    /// Publishes again and again until something comes, as nobody says when a subscription has arrived.
    fn publish_until_it_hears(&mut self, broadcast: &Broadcast, market: &Market, now_ns: i64) {
        let patience = |socket: &BufReader<TcpStream>, wait| socket.get_ref().set_read_timeout(Some(wait)).unwrap();
        patience(&self.socket, Duration::from_millis(20));
        while self.socket.fill_buf().is_err() {
            broadcast.publish(market.batch.iter(), now_ns);
        }
        patience(&self.socket, Duration::from_secs(20));
    }

    /// 1 subscribes to a prefix, 0 cancels that.
    fn say(&mut self, what: u8, prefix: &str) {
        let frame = [&[0, 1 + prefix.len() as u8, what], prefix.as_bytes()].concat();
        self.socket.get_mut().write_all(&frame).unwrap();
    }

    /// Flags and payload of the next frame.
    fn frame(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 2];
        self.socket.read_exact(&mut head).unwrap();
        let mut length = u64::from(head[1]);
        if head[0] & 2 != 0 {
            let mut long = [head[1], 0, 0, 0, 0, 0, 0, 0];
            self.socket.read_exact(&mut long[1..]).unwrap();
            length = u64::from_be_bytes(long);
        }
        let mut payload = vec![0; length as usize];
        self.socket.read_exact(&mut payload).unwrap();
        (head[0], payload)
    }

    /// Topic, value, and (number, send_ns, run_ns) of the next message that is no probe.
    fn receive(&mut self) -> (String, Vec<u8>, [i64; 3]) {
        loop {
            let [(more, topic), (and_more, value), (last, trailer)] = [self.frame(), self.frame(), self.frame()];
            assert_eq!([more & 1, and_more & 1, last & 1], [1, 1, 0], "three parts");
            assert_eq!(trailer.len(), 24);
            let topic = String::from_utf8(topic).unwrap();
            if !topic.contains(PROBE) {
                return (
                    topic,
                    value,
                    [0, 8, 16].map(|at| i64::from_be_bytes(trailer[at..at + 8].try_into().unwrap())),
                );
            }
        }
    }
}

#[test]
fn subscribers_filter_by_prefix() {
    let broadcast = publishing(64 << 20);
    let prefix = "market.ticks/binance/ETH-USDT/Trade";
    let mut all = Subscriber::open(&broadcast, "market.ticks/");
    let mut trades = Subscriber::open(&broadcast, prefix);
    let mut market = Market::default();
    market.some(&["BTC-USDT", "ETH-USDT"], 30);
    broadcast.publish(market.batch.iter(), 77);
    let mut next: HashMap<String, i64> = HashMap::new();
    for entry in market.batch.iter() {
        let got = all.receive();
        let (topic, value, numbers) = &got;
        let number = next.entry(topic.clone()).or_default();
        assert_eq!(
            (value.as_slice(), *numbers),
            (entry.value, [*number, 77, 42]),
            "each topic is numbered without a hole"
        );
        *number += 1;
        assert!(
            topic.starts_with(&format!("market.ticks/binance/{}/", String::from_utf8_lossy(entry.key))),
            "{topic}"
        );
        if topic == prefix {
            assert_eq!(trades.receive(), got);
        }
    }
    assert_eq!(next[prefix], 10);
    // In this order: where the second has arrived, so has the first.
    trades.say(0, prefix);
    trades.say(1, "market.ticks/binance/SOL-USDT/");
    market.batch.clear();
    market.trade("ETH-USDT");
    market.quote("SOL-USDT");
    let topic = loop {
        trades.publish_until_it_hears(&broadcast, &market, 78);
        let topic = trades.receive().0;
        if topic != prefix {
            break topic;
        }
    };
    assert_eq!(topic, "market.ticks/binance/SOL-USDT/Quote");
    let later: Vec<_> = (0..10)
        .map(|_| {
            broadcast.publish(market.batch.iter(), 79);
            trades.receive().0
        })
        .collect();
    assert_eq!(later, vec![topic; 10], "what was cancelled comes no more");
}

#[test]
fn one_that_does_not_read_holds_nobody_up_and_sees_exactly_what_it_missed() {
    const ROUNDS: i64 = 60;
    const TRADES: i64 = 500;
    let broadcast = publishing(256 << 10);
    let mut slow = Subscriber::open(&broadcast, "");
    let mut fast = Subscriber::open(&broadcast, "");
    let mut market = Market::default();
    (0..TRADES).for_each(|_| market.trade("BTC-USDT"));
    // More than its queue and the sockets hold.
    for round in 0..ROUNDS {
        broadcast.publish(market.batch.iter(), round);
        for number in 0..TRADES {
            assert_eq!(
                fast.receive().2[0],
                round * TRADES + number,
                "the fast one misses nothing"
            );
        }
    }
    let (mut received, mut missed) = (0, 0);
    while missed == 0 {
        assert!(received < ROUNDS * TRADES, "a queue is bounded");
        if received % 500 == 0 {
            // There is room again: what comes now tells by its number what did not.
            broadcast.publish(market.batch.iter(), ROUNDS);
        }
        missed = slow.receive().2[0] - received;
        received += 1;
    }
    assert!(missed > 0 && received > 500, "{received} received, {missed} missed");
}

#[test]
fn strangers_are_sent_away_and_nobody_notices() {
    let broadcast = publishing(1 << 20);
    let mut good = Subscriber::open(&broadcast, "");
    for words in [
        &b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n0123456789012345678901234567890123456789"[..],
        &[0xFF; 200],
    ] {
        let mut socket = TcpStream::connect(broadcast.zmq().unwrap()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(words).unwrap();
        // The greeting, and the end: as a reset where it had not read everything.
        let mut answer = Vec::new();
        let ended = socket.read_to_end(&mut answer);
        assert!(answer.len() <= 64 && ended.map_or_else(|error| error.kind() == ErrorKind::ConnectionReset, |_| true));
    }
    let mut market = Market::default();
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 9);
    assert_eq!(good.receive().2, [0, 9, 42]);
}
