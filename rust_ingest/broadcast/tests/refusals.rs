//! What is no request for a stream is refused in plain HTTP, and a place that must not be listened on at the start.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use broadcast::{Broadcast, BroadcastError, Settings};
use common::{Client, Market, Message, handshake, start, websocket_only};
use contracts::SchemaIds;

fn answer(address: SocketAddr, request: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn garbage_and_wrong_requests() {
    let broadcast = start(&websocket_only(1 << 20));
    let address = broadcast.websocket().unwrap();
    let good = handshake(address, "/stream");
    for (request, status, words) in [
        ("\u{1}\u{2} nonsense\r\n\r\n".to_owned(), "400", ""),
        (handshake(address, "/elsewhere"), "404", "only /stream"),
        (
            format!("GET /stream HTTP/1.1\r\nHost: {address}\r\n\r\n"),
            "426",
            "WebSocket",
        ),
        (handshake(address, "/stream?kinds=Order"), "400", "no kind \"Order\""),
        (handshake(address, "/stream?on_slow=wait"), "400", "conflate, close"),
        (good.replace("Version: 13", "Version: 12"), "400", "handshake"),
        (
            good.replace(&address.to_string(), "rebound.example:9301"),
            "421",
            "127.0.0.1",
        ),
        (
            good.replace("\r\n\r\n", "\r\nOrigin: http://elsewhere.example\r\n\r\n"),
            "403",
            "other sites",
        ),
    ] {
        let answer = answer(address, &request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request}: {answer}"
        );
        assert!(answer.contains(words), "{request}: {answer}");
    }
    let mut client = Client::open(address, "");
    let mut market = Market::default();
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 5);
    assert_eq!(client.message().json()["send_ns"], 5, "and it still serves");
}

#[test]
fn more_clients_than_are_served_are_turned_away_until_one_leaves() {
    let settings = Settings {
        clients_max: 2,
        ..websocket_only(1 << 20)
    };
    let broadcast = start(&settings);
    let address = broadcast.websocket().unwrap();
    let mut market = Market::default();
    let mut listening = [Client::open(address, ""), Client::open(address, "")];
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 5);
    for client in &mut listening {
        assert_eq!(client.message().json()["send_ns"], 5);
    }
    let refused = answer(address, &handshake(address, "/stream"));
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    assert!(
        refused.contains("2 clients listen already") && refused.contains("--broadcast-clients"),
        "{refused}"
    );
    let [mut leaving, mut staying] = listening;
    leaving.send(8, &1000_u16.to_be_bytes());
    assert_eq!(leaving.message(), Message::Close(1000, String::new()));
    assert!(leaving.is_at_end());
    let mut next = Client::open(address, "");
    market.batch.clear();
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 6);
    for client in [&mut staying, &mut next] {
        assert_eq!(client.message().json()["send_ns"], 6);
    }
}

#[test]
fn clients_have_nothing_to_say() {
    let broadcast = start(&websocket_only(1 << 20));
    let mut client = Client::open(broadcast.websocket().unwrap(), "");
    client.send(1, b"subscribe");
    assert!(matches!(client.message(), Message::Close(1003, reason) if reason.contains("URL")));
    let mut polite = Client::open(broadcast.websocket().unwrap(), "");
    polite.send(8, &1000_u16.to_be_bytes());
    assert_eq!(polite.message(), Message::Close(1000, String::new()));
    assert!(polite.is_at_end());
}

#[test]
fn other_machines_only_when_it_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let start = |settings: &Settings| Broadcast::start(settings, &SchemaIds::embedded(), 1);
    let everywhere = Some("0.0.0.0:0".parse().unwrap());
    let wide = Settings {
        websocket: everywhere,
        ..websocket_only(1)
    };
    let error = start(&wide).unwrap_err();
    assert!(error.to_string().contains("--broadcast-beyond-loopback"), "{error}");
    let wide_zmq = Settings {
        websocket: None,
        zmq: everywhere,
        ..wide.clone()
    };
    assert!(matches!(
        start(&wide_zmq),
        Err(BroadcastError::BeyondLoopback {
            option: "--zmq-bind",
            ..
        })
    ));
    let twice = Settings {
        websocket: Some(taken.local_addr().unwrap()),
        ..wide.clone()
    };
    assert!(matches!(start(&twice), Err(BroadcastError::Listen { .. })));
    let allowed = Settings {
        beyond_loopback: true,
        ..wide
    };
    assert!(start(&allowed).is_ok());
}

/// In a process of its own, which may have a file descriptor for each end of each connection.
#[test]
fn as_many_clients_as_it_serves_and_no_more() {
    let run = Command::new("bash")
        .args([
            "-c",
            "ulimit -n 4096; exec \"$0\" --ignored --exact --nocapture fill_up",
        ])
        .arg(std::env::current_exe().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

#[test]
#[ignore = "run by the other test, under its limit"]
fn fill_up() {
    let broadcast = start(&websocket_only(1 << 20));
    let address = broadcast.websocket().unwrap();
    let mut clients: Vec<Client> = (0..1_024).map(|_| Client::open(address, "kinds=Trade")).collect();
    let refused = answer(address, &handshake(address, "/stream"));
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    let mut market = Market::default();
    market.trade("BTC-USDT");
    broadcast.publish(market.batch.iter(), 5);
    for client in &mut clients {
        assert_eq!(client.message().json()["send_ns"], 5, "those it has are served");
    }
    let mut left = clients.pop().unwrap();
    left.send(8, &1000_u16.to_be_bytes());
    assert_eq!(left.message(), Message::Close(1000, String::new()));
    assert!(left.is_at_end());
    Client::open(address, "kinds=Trade");
}
