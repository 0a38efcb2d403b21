//! A venue on loopback that does what a test says: a real WebSocket server, its connections scripted.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use fastwebsockets::{Frame, OpCode, Payload, upgrade};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use ingestor::feed::endpoint::Endpoint;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_local;
use tokio::time::sleep;
use venues::dialect::Transport;

/// What the venue does with a connection.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Sends these messages, then closes.
    Close(Vec<String>),
    /// Sends these, then cuts the line without a word.
    Cut(Vec<String>),
    /// Sends these, then nothing, not even pongs.
    Hang(Vec<String>),
    /// Sends these, then what [`Venue::say`] says, and answers pings.
    Serve(Vec<String>),
    /// Answers 503 to the upgrade.
    Refuse,
    /// Answers the upgrade after so long, then serves.
    Late(Duration),
}

#[derive(Debug, Default)]
struct Seen {
    turns: VecDeque<Turn>,
    /// Paths of the connections, refused ones too.
    paths: Vec<String>,
    texts: Vec<String>,
    serving: Vec<UnboundedSender<Said>>,
}

#[derive(Debug)]
enum Said {
    Text(String),
    Cut,
}

/// Clones are the same venue.
#[derive(Clone)]
pub struct Venue {
    pub endpoint: Endpoint,
    seen: Rc<RefCell<Seen>>,
}

impl Venue {
    /// Does one turn after the other; with none left it serves. Needs a `LocalSet`.
    pub async fn start(turns: impl IntoIterator<Item = Turn>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Seen {
            turns: turns.into_iter().collect(),
            ..Seen::default()
        };
        let venue = Self {
            endpoint: Endpoint::parse(Transport::WebSocket, &format!("ws://{address}")).unwrap(),
            seen: Rc::new(RefCell::new(seen)),
        };
        let accepting = venue.clone();
        spawn_local(async move {
            while let Ok((socket, _)) = listener.accept().await {
                spawn_local(accepting.clone().connection(socket));
            }
        });
        venue
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen.borrow().paths.clone()
    }

    /// What clients have sent.
    pub fn texts(&self) -> Vec<String> {
        self.seen.borrow().texts.clone()
    }

    /// Sends a message on every connection that is served.
    pub fn say(&self, message: &str) {
        self.tell(|| Said::Text(message.to_owned()));
    }

    /// Cuts every connection that is served.
    pub fn cut(&self) {
        self.tell(|| Said::Cut);
    }

    fn tell(&self, said: impl Fn() -> Said) {
        self.seen
            .borrow_mut()
            .serving
            .retain(|client| client.send(said()).is_ok());
    }

    async fn connection(self, socket: TcpStream) {
        socket.set_nodelay(true).unwrap();
        let service = service_fn(|request| self.answer(request));
        // Clients are cut off amid things: what the server says to that is of no interest.
        let _ = http1::Builder::new()
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades()
            .await;
    }

    async fn answer(&self, mut request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
        let path = request
            .uri()
            .path_and_query()
            .map_or_else(String::new, ToString::to_string);
        let turn = {
            let mut seen = self.seen.borrow_mut();
            seen.paths.push(path);
            seen.turns.pop_front().unwrap_or(Turn::Serve(Vec::new()))
        };
        match turn {
            Turn::Refuse => {
                let mut refusal = Response::new(Empty::new());
                *refusal.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                return Ok(refusal);
            }
            Turn::Late(late) => sleep(late).await,
            _ => {}
        }
        let (answer, upgraded) = upgrade::upgrade(&mut request).unwrap();
        let (says, said) = unbounded_channel();
        if matches!(turn, Turn::Serve(_) | Turn::Late(_)) {
            self.seen.borrow_mut().serving.push(says);
        }
        let venue = self.clone();
        spawn_local(async move {
            if let Ok(socket) = upgraded.await {
                venue.serve(socket, turn, said).await;
            }
        });
        Ok(answer)
    }

    async fn serve(
        &self,
        mut socket: fastwebsockets::WebSocket<TokioIo<hyper::upgrade::Upgraded>>,
        turn: Turn,
        mut said: UnboundedReceiver<Said>,
    ) {
        let (Turn::Close(messages) | Turn::Cut(messages) | Turn::Hang(messages) | Turn::Serve(messages)) = &turn else {
            return self.go_on(socket, said).await;
        };
        for message in messages {
            let frame = Frame::text(Payload::Borrowed(message.as_bytes()));
            socket.write_frame(frame).await.unwrap();
        }
        match turn {
            Turn::Close(_) => {
                let _ = socket.write_frame(Frame::close(1001, b"going away")).await;
            }
            Turn::Hang(_) => {
                // Holds the socket, and never reads it.
                said.recv().await;
                std::future::pending::<()>().await;
            }
            Turn::Serve(_) => self.go_on(socket, said).await,
            _ => {}
        }
    }

    async fn go_on(
        &self,
        mut socket: fastwebsockets::WebSocket<TokioIo<hyper::upgrade::Upgraded>>,
        mut said: UnboundedReceiver<Said>,
    ) {
        loop {
            tokio::select! {
                message = said.recv() => match message {
                    Some(Said::Text(message)) => {
                        let frame = Frame::text(Payload::Borrowed(message.as_bytes()));
                        if socket.write_frame(frame).await.is_err() {
                            return;
                        }
                    }
                    Some(Said::Cut) | None => return,
                },
                frame = socket.read_frame() => match frame {
                    Ok(frame) if frame.opcode == OpCode::Text => {
                        let text = String::from_utf8(frame.payload.to_vec()).unwrap();
                        self.seen.borrow_mut().texts.push(text);
                    }
                    Ok(frame) if frame.opcode != OpCode::Close => {}
                    _ => return,
                }
            }
        }
    }
}
