//! Why nothing can be broadcast. All of it shows at the start: once it serves, a broadcast ends no process.

use std::net::SocketAddr;

#[derive(Debug, thiserror::Error)]
pub enum BroadcastError {
    #[error("cannot listen on {address}: {source}; choose another {option}")]
    Listen {
        address: SocketAddr,
        option: &'static str,
        source: std::io::Error,
    },
    #[error(
        "{option} {address} can be reached from other machines, and anyone there could listen: \
         use a loopback address, or say --broadcast-beyond-loopback too"
    )]
    BeyondLoopback { address: SocketAddr, option: &'static str },
    #[error("schema {id} ({kind}) cannot be broadcast: {what}")]
    Schema { id: i32, kind: &'static str, what: String },
    #[error("no thread or runtime to broadcast: {0}; end other programs")]
    Thread(std::io::Error),
}
