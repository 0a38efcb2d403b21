//! Accepts ZeroMQ subscribers, and keeps what they subscribe to.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::client::{Carrier, Client};
use crate::hub::Hub;
use crate::queue::Queue;
use crate::wishes::{OnSlow, Wishes};
use crate::zmtp::{self, GREETING_BYTES, Head, NoSubscriber, Said};

/// Within this a peer is to have said that it subscribes.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Each record is compared with all of them once for each stream.
const SUBSCRIPTIONS_MAX: usize = 10_000;

pub struct Subscribers {
    pub hub: Rc<Hub>,
    pub queue_bytes: usize,
    pub clients_max: usize,
}

/// Why listening to a peer is over.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error(transparent)]
    Peer(#[from] NoSubscriber),
    #[error("{0}")]
    Socket(#[from] io::Error),
    #[error("it did not finish its handshake in time")]
    Slow,
    #[error("it has too many subscriptions")]
    TooMany,
}

type Reading = BufReader<OwnedReadHalf>;

impl Subscribers {
    /// Serves until the thread ends.
    pub async fn run(self, listener: TcpListener) {
        let subscribers = Rc::new(self);
        loop {
            match listener.accept().await {
                Ok((socket, peer)) if subscribers.hub.clients() < subscribers.clients_max => {
                    spawn_local(subscribers.clone().serve(socket, peer));
                }
                Ok((_, peer)) => {
                    tracing::warn!(%peer, "turned away: {} clients listen already", subscribers.clients_max);
                }
                // Out of file descriptors, or a peer that is gone already: the next one may do better.
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a subscriber");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn serve(self: Rc<Self>, socket: TcpStream, peer: SocketAddr) {
        if let Err(error) = socket.set_nodelay(true) {
            return tracing::debug!(%peer, %error, "connection ended before it began");
        }
        let (read, write) = socket.into_split();
        let queue = Queue::new(self.queue_bytes, OnSlow::Miss);
        let id = self.hub.next_id();
        let client = Rc::new(Client::new(id, Carrier::Zmtp, (peer, write), queue));
        self.hub.join(client.clone(), Wishes::of_prefixes(Vec::new()));
        let listening = async {
            match self.listen(&client, BufReader::new(read)).await {
                End::Socket(_) => "it closed the connection",
                end => {
                    tracing::warn!(%peer, "no subscriber: {end}");
                    "it is no subscriber"
                }
            }
        };
        let why = client.attend(listening).await;
        self.hub.leave(&client);
        tracing::info!(client = id, %peer, "subscriber is gone: {why}");
    }

    async fn listen(&self, client: &Rc<Client>, mut reading: Reading) -> End {
        client.control(|out| out.extend_from_slice(&zmtp::GREETING));
        match timeout(HANDSHAKE_WITHIN, handshake(client, &mut reading)).await {
            Err(_) => return End::Slow,
            Ok(Err(end)) => return end,
            Ok(Ok(())) => tracing::info!(client = client.id, peer = %client.peer, "subscriber connected"),
        }
        let mut prefixes: Vec<Vec<u8>> = Vec::new();
        loop {
            let (head, body) = match frame(&mut reading).await {
                Ok(frame) => frame,
                Err(end) => return end,
            };
            match zmtp::said(head.is_command, &body) {
                Said::Subscribe(_) if prefixes.len() >= SUBSCRIPTIONS_MAX => return End::TooMany,
                Said::Subscribe(prefix) => prefixes.push(prefix.to_vec()),
                Said::Cancel(prefix) => {
                    // The same prefix may be there several times: each is cancelled for itself.
                    let Some(index) = prefixes.iter().position(|other| other == prefix) else {
                        continue;
                    };
                    prefixes.swap_remove(index);
                }
                Said::Ping(context) => {
                    client.control(|out| zmtp::append_pong(out, context));
                    continue;
                }
                Said::Other => continue,
            }
            self.hub.change(client, Wishes::of_prefixes(prefixes.clone()));
        }
    }
}

async fn handshake(client: &Client, reading: &mut Reading) -> Result<(), End> {
    let mut greeting = [0; GREETING_BYTES];
    reading.read_exact(&mut greeting).await?;
    zmtp::check_greeting(&greeting)?;
    client.control(zmtp::append_ready);
    let (head, body) = frame(reading).await?;
    if !head.is_command {
        return Err(NoSubscriber::Frame.into());
    }
    Ok(zmtp::check_ready(&body)?)
}

async fn frame(reading: &mut Reading) -> Result<(Head, Vec<u8>), End> {
    let head = Head::of(reading.read_u8().await?)?;
    let length = if head.is_long {
        reading.read_u64().await?
    } else {
        u64::from(reading.read_u8().await?)
    };
    if length > zmtp::FRAME_BYTES_MAX || head.has_more {
        return Err(NoSubscriber::Frame.into());
    }
    let mut body = vec![0; length as usize];
    reading.read_exact(&mut body).await?;
    Ok((head, body))
}
