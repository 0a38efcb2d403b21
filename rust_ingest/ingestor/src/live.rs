//! Broadcasting to other processes, as the command line asks for it.

use std::net::SocketAddr;

use broadcast::{Broadcast, BroadcastError, CLIENTS_MAX, QUEUE_BYTES, Settings};
use clap::Args;
use contracts::SchemaIds;

#[derive(Clone, Debug, Args)]
pub struct LiveOptions {
    /// Broadcast what is written by WebSocket, from ws://ADDRESS/stream, as 127.0.0.1:9301; not by default.
    #[arg(long, value_name = "ADDRESS")]
    pub broadcast_listen: Option<SocketAddr>,
    /// Broadcast it by ZeroMQ PUB, as tcp://127.0.0.1:9302; not by default.
    #[arg(long, value_name = "tcp://ADDRESS", value_parser = zmq_address)]
    pub zmq_bind: Option<SocketAddr>,
    /// Let other machines listen too: these addresses need not be loopback ones.
    #[arg(long)]
    pub broadcast_beyond_loopback: bool,
    /// What may wait for one client that does not keep up.
    #[arg(long, default_value_t = QUEUE_BYTES, value_name = "BYTES")]
    pub broadcast_queue_bytes: usize,
    /// More clients and subscribers than this are turned away: each may have a queue of that size.
    #[arg(long, default_value_t = CLIENTS_MAX, value_name = "N")]
    pub broadcast_clients: usize,
}

impl LiveOptions {
    /// Begins to serve, if it is asked for.
    pub fn start(&self, ids: &SchemaIds) -> Result<Option<Broadcast>, BroadcastError> {
        if self.broadcast_listen.is_none() && self.zmq_bind.is_none() {
            return Ok(None);
        }
        let settings = Settings {
            websocket: self.broadcast_listen,
            zmq: self.zmq_bind,
            beyond_loopback: self.broadcast_beyond_loopback,
            queue_bytes: self.broadcast_queue_bytes,
            clients_max: self.broadcast_clients,
        };
        let live = Broadcast::start(&settings, ids, tapelog::now_ns())?;
        tracing::info!(websocket = ?live.websocket(), zmq = ?live.zmq(), "broadcasting");
        Ok(Some(live))
    }
}

fn zmq_address(text: &str) -> Result<SocketAddr, String> {
    let address = text.strip_prefix("tcp://").and_then(|address| address.parse().ok());
    address.ok_or_else(|| "write it like tcp://127.0.0.1:9302".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zeromq_address_is_written_as_zeromq_does() {
        assert_eq!(
            zmq_address("tcp://127.0.0.1:9302"),
            Ok("127.0.0.1:9302".parse().unwrap())
        );
        for wrong in ["127.0.0.1:9302", "tcp://*:9302", "ipc:///tmp/x", "tcp://127.0.0.1"] {
            assert!(
                zmq_address(wrong).unwrap_err().contains("tcp://127.0.0.1:9302"),
                "{wrong}"
            );
        }
    }
}
