//! Records to broadcast, and a client that reads them from a socket.
// Each test file uses some of it.
#![allow(dead_code)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use broadcast::{Broadcast, CLIENTS_MAX, Settings};
use contracts::{Batch, Entry, Kind, Origin, Quote, Record, SchemaIds, Side, Topic, Trade, encode};
use serde_json::Value;

pub const LOOPBACK: &str = "127.0.0.1:0";

pub fn websocket_only(queue_bytes: usize) -> Settings {
    Settings {
        websocket: Some(LOOPBACK.parse().unwrap()),
        zmq: None,
        beyond_loopback: false,
        queue_bytes,
        clients_max: CLIENTS_MAX,
    }
}

pub fn start(settings: &Settings) -> Broadcast {
    Broadcast::start(settings, &SchemaIds::embedded(), 42).unwrap()
}

/// Makes records with ascending ids.
#[derive(Default)]
pub struct Market {
    pub batch: Batch,
    made: i64,
}

impl Market {
    pub fn trade(&mut self, instrument: &str) {
        self.made += 1;
        let trade = Trade {
            venue: "binance",
            instrument,
            price_exponent: -9,
            quantity_exponent: -9,
            event_ns: self.made,
            publish_ns: self.made,
            receive_ns: self.made,
            trade_id: self.made,
            price: i64::MAX - self.made,
            quantity: 1,
            aggressor: Side::Sell,
            trade_type: "MARKET",
            flags: 0,
        };
        self.push(instrument, &Record::Trade(trade));
    }

    pub fn quote(&mut self, instrument: &str) {
        self.made += 1;
        let quote = Quote {
            venue: "binance",
            instrument,
            price_exponent: -9,
            quantity_exponent: -9,
            event_ns: None,
            publish_ns: None,
            receive_ns: self.made,
            update_id: self.made,
            bid_price: self.made,
            bid_quantity: 1,
            ask_price: self.made + 1,
            ask_quantity: 2,
            flags: 0,
        };
        self.push(instrument, &Record::Quote(quote));
    }

    /// So many of each instrument: two quotes on one trade.
    pub fn some(&mut self, instruments: &[&str], rounds: usize) {
        for round in 0..rounds {
            for instrument in instruments {
                if round % 3 == 0 {
                    self.trade(instrument)
                } else {
                    self.quote(instrument)
                }
            }
        }
    }

    fn push(&mut self, key: &str, record: &Record<'_>) {
        let origin = Origin {
            partition: -1,
            offset: -1,
            index: 0,
        };
        let entry = Entry {
            topic: Topic::of_kind(Kind::Trade).unwrap(),
            partition: 0,
            offset: -1,
            timestamp_ms: -1,
            produced_ns: None,
            origin,
            key: key.as_bytes(),
            value: &[],
        };
        self.batch
            .push_with(entry, |out| encode(&SchemaIds::embedded(), record, out));
    }
}

#[derive(Debug, PartialEq)]
pub enum Message {
    Text(Value),
    Binary(Vec<u8>),
    Close(u16, String),
}

impl Message {
    pub fn json(self) -> Value {
        match self {
            Self::Text(value) => value,
            other => panic!("{other:?} instead of text"),
        }
    }
}

/// A client that reads when it is told to.
pub struct Client {
    socket: TcpStream,
    bytes: Vec<u8>,
    read: usize,
}

impl Client {
    /// Connects, and waits until the server has answered.
    pub fn open(address: SocketAddr, query: &str) -> Self {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket
            .write_all(handshake(address, &format!("/stream?{query}")).as_bytes())
            .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        let mut client = Self {
            socket,
            bytes: Vec::new(),
            read: 0,
        };
        // Answered with a pong by the task that serves it: from then on it gets what is published.
        client.send(9, b"there?");
        assert_eq!(client.frame(), (10, b"there?".to_vec()));
        client
    }

    pub fn send(&mut self, opcode: u8, payload: &[u8]) {
        assert!(payload.len() < 126);
        // A mask of zeros is a mask.
        let head = [0x80 | opcode, 0x80 | payload.len() as u8, 0, 0, 0, 0];
        self.socket.write_all(&[&head, payload].concat()).unwrap();
    }

    pub fn message(&mut self) -> Message {
        loop {
            let (opcode, payload) = self.frame();
            match opcode {
                1 => return Message::Text(serde_json::from_slice(&payload).unwrap()),
                2 => return Message::Binary(payload),
                8 => {
                    let code = u16::from_be_bytes(payload[..2].try_into().unwrap());
                    return Message::Close(code, String::from_utf8(payload[2..].to_vec()).unwrap());
                }
                9 => self.send(10, &payload),
                _ => {}
            }
        }
    }

    pub fn messages(&mut self, count: usize) -> Vec<Message> {
        (0..count).map(|_| self.message()).collect()
    }

    /// Whether the server has ended the connection.
    pub fn is_at_end(&mut self) -> bool {
        matches!(self.socket.read(&mut [0]), Ok(0))
    }

    fn frame(&mut self) -> (u8, Vec<u8>) {
        let [first, second] = self.take(2).try_into().unwrap();
        assert_eq!(first & 0xF0, 0x80, "a whole frame");
        let length = match second {
            126 => u64::from(u16::from_be_bytes(self.take(2).try_into().unwrap())),
            127 => u64::from_be_bytes(self.take(8).try_into().unwrap()),
            short => u64::from(short),
        };
        (first & 15, self.take(length as usize))
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        while self.bytes.len() - self.read < count {
            self.bytes.drain(..self.read);
            self.read = 0;
            let mut piece = [0; 1 << 16];
            let count = self.socket.read(&mut piece).unwrap();
            assert!(count > 0, "the server closed the connection");
            self.bytes.extend_from_slice(&piece[..count]);
        }
        self.read += count;
        self.bytes[self.read - count..self.read].to_vec()
    }
}

pub fn handshake(address: SocketAddr, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}
