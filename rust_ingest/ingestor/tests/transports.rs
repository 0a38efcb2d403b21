//! Connections that are no WebSockets: lines of an HTTP answer, datagrams to one and to many, a file. Over real sockets.

#[path = "support/notebook.rs"]
mod notebook;

use std::fs;
use std::mem;
use std::net::UdpSocket;
use std::path::Path;
use std::time::Duration;

use ingestor::feed::credentials::Credentials;
use ingestor::feed::endpoint::Endpoint;
use notebook::{Bench, limits_of, on_one_thread, wait_for};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::spawn_local;
use venues::dialect::Transport;

/// One answer after the other, each to a connection of its own, written out as HTTP has it; then the requests.
async fn answering(answers: &[&str]) -> (Endpoint, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers: Vec<String> = answers.iter().copied().map(str::to_owned).collect();
    let requests = spawn_local(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4_096];
            let bytes = socket.read(&mut request).await.unwrap();
            requests.push(String::from_utf8(request[..bytes].to_vec()).unwrap());
            // Piece by piece, as a stream comes.
            for piece in answer.as_bytes().chunks(7) {
                socket.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
        }
        requests
    });
    (Endpoint::parse(Transport::HttpLines, &url).unwrap(), requests)
}

fn credentials(folder: &Path) -> Credentials {
    let file = folder.join("token");
    fs::write(&file, "5f3a-secret\n").unwrap();
    Credentials::of("oanda", Some("101-001-1-001"), Some(&file)).unwrap()
}

#[test]
fn lines_of_an_answer_come_whole_and_the_stream_is_asked_for_again() {
    on_one_thread(async {
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
                       8\r\n{\"a\":1}\n\r\n5\r\n{\"b\":\r\n4\r\n2}\r\n\r\n0\r\n\r\n";
        let refused = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 31\r\n\r\n{\"errorMessage\":\"Insufficient\"}\n";
        let cut = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{\"c\"\r\n";
        let (endpoint, requests) = answering(&[chunked, refused, cut]).await;
        let folder = tempfile::tempdir().unwrap();
        let credentials = credentials(folder.path());
        let bench = Bench::connect_as(
            Some(&credentials),
            1,
            &[&endpoint],
            Duration::from_secs(20),
            limits_of("binance"),
        );
        let heard = bench.until(6).await;
        assert_eq!(
            heard[..4],
            [
                "0 opened",
                "0 {\"a\":1}",
                "0 {\"b\":2}",
                "0 closed: the venue ended the stream"
            ]
        );
        assert_eq!(heard[4], "0 opened", "what was refused was never open");
        assert!(heard[5].starts_with("0 closed: "), "{heard:?}");
        for request in requests.await.unwrap() {
            let request = request.to_lowercase();
            assert!(request.starts_with("get /feed/0 http/1.1\r\n"), "{request}");
            assert!(
                request.contains("\r\nauthorization: bearer 5f3a-secret\r\n"),
                "{request}"
            );
        }
    });
}

#[test]
fn a_silent_answer_is_given_up() {
    on_one_thread(async {
        let (endpoint, _requests) = answering(&["HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}\n"]).await;
        let bench = Bench::connect(1, &[&endpoint], Duration::from_secs(1), limits_of("binance"));
        let heard = bench.until(3).await;
        assert_eq!(heard[..2], ["0 opened", "0 {}"]);
        assert!(heard[2].starts_with("0 closed: "), "{heard:?}");
    });
}

/// A port of loopback that nobody has.
fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn at(url: &str) -> Endpoint {
    Endpoint::parse(Transport::Datagrams, url).unwrap()
}

#[test]
fn each_line_of_a_datagram_is_heard() {
    on_one_thread(async {
        let port = free_port();
        let bench = Bench::connect(
            1,
            &[&at(&format!("udp://127.0.0.1:{port}"))],
            Duration::MAX,
            limits_of("truefx"),
        );
        bench.until(1).await;
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for datagram in [&b"a,1\r\nb,2\r\n"[..], b"", b"\xFF,3", b"d,4\n"] {
            sender.send_to(datagram, ("127.0.0.1", port)).unwrap();
        }
        assert_eq!(
            bench.until(5).await,
            ["0 opened", "0 a,1", "0 b,2", "0 \u{FFFD},3", "0 d,4"]
        );
    });
}

#[test]
fn datagrams_that_nobody_reads_in_time_are_counted_where_they_are_missing() {
    // More than any buffer here takes.
    const SENT: usize = 100_000;
    on_one_thread(async {
        let port = free_port();
        let address = at(&format!("udp://127.0.0.1:{port}"));
        let bench = Bench::connect(1, &[&address], Duration::MAX, limits_of("truefx"));
        bench.until(1).await;
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let send = |text: &str| sender.send_to(text.as_bytes(), ("127.0.0.1", port)).unwrap();
        // Sent without a pause: the reader, on this thread, has no turn meanwhile.
        for number in 0..SENT {
            send(&number.to_string());
        }
        let mut before = 1;
        wait_for(|| {
            let now = bench.heard().len();
            mem::replace(&mut before, now) == now && now > 1
        })
        .await;
        send("after");
        wait_for(|| bench.heard().last().is_some_and(|last| last == "0 after")).await;
        send("later");
        wait_for(|| bench.heard().last().is_some_and(|last| last == "0 later")).await;
        let heard = bench.heard();
        let read = heard.len() - 4;
        assert!(read < SENT, "nothing was dropped");
        let numbers = (0..read).map(|number| format!("0 {number}"));
        assert!(heard[1..=read].iter().cloned().eq(numbers));
        let missing = SENT - read;
        let said = format!("0 missed: this system dropped {missing} datagrams that were not read in time");
        assert_eq!(heard[read + 1..], [said.as_str(), "0 after", "0 later"]);
    });
}

#[test]
fn a_group_is_heard_by_all_that_join_it() {
    on_one_thread(async {
        let port = free_port();
        let group = at(&format!("udp://239.255.42.7:{port}?interface=127.0.0.1"));
        let listeners = [0, 1].map(|_| Bench::connect(1, &[&group], Duration::MAX, limits_of("truefx")));
        for bench in &listeners {
            bench.until(1).await;
        }
        let sender = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).unwrap();
        sender.set_multicast_if_v4(&std::net::Ipv4Addr::LOCALHOST).unwrap();
        sender.set_multicast_loop_v4(true).unwrap();
        let to: std::net::SocketAddr = format!("239.255.42.7:{port}").parse().unwrap();
        sender.send_to(b"a,1\nb,2", &to.into()).unwrap();
        // To this port, and not to the group.
        UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .send_to(b"c,3", ("127.0.0.1", port))
            .unwrap();
        sender.send_to(b"d,4", &to.into()).unwrap();
        for bench in &listeners {
            assert_eq!(bench.until(4).await, ["0 opened", "0 a,1", "0 b,2", "0 d,4"]);
        }
    });
}

#[test]
fn a_file_is_read_once_to_its_end() {
    on_one_thread(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticks.csv");
        let lines: Vec<String> = (0..20_000).map(|line| format!("EUR/USD,{line},1.1,1.2")).collect();
        fs::write(&path, lines.join("\n")).unwrap();
        let file = at(&format!("file:{}", path.display()));
        let mut bench = Bench::one(&[&file]);
        bench.tasks.join_next().await.unwrap().unwrap().unwrap();
        let expected = ["opened".to_owned()]
            .into_iter()
            .chain(lines)
            .map(|line| format!("0 {line}"));
        assert!(bench.heard().into_iter().eq(expected));
        let missing = at(&format!("file:{}", folder.path().display()));
        let mut bench = Bench::one(&[&missing]);
        let error = bench.tasks.join_next().await.unwrap().unwrap().unwrap_err().to_string();
        assert!(error.contains("is no regular file"), "{error}");
        wait_for(|| bench.heard().is_empty()).await;
    });
}
