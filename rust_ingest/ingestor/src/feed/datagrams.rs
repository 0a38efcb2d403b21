//! Messages that are lines of datagrams, sent to this machine or to a group that it joins.
//!
//! A datagram has no number: one that is lost on its way, comes twice or late cannot be told, and none is asked for again. How many
//! this system dropped, because nobody read them in time, it tells with the next one.

use std::io::{self, IoSliceMut};
use std::mem;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;

use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use super::wire::{Brought, Messages, Received, Wire};

/// The most that one datagram holds: 65,535 bytes less the headers of UDP and IPv4 (RFC 768, RFC 791).
const DATAGRAM_BYTES_MAX: usize = 65_507;
/// Where datagrams wait while the broker is slow. The system may grant less (`net.core.rmem_max`); beyond it they are
/// lost, and a gap tells so.
const WAITING_BYTES: usize = 8 << 20;

/// Where datagrams come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Of this machine, or a multicast group's.
    pub address: SocketAddr,
    /// For a group: the address of the interface on which it is joined; unspecified, the system chooses.
    pub interface: IpAddr,
}

pub struct Datagrams {
    socket: UdpSocket,
    reader: DatagramReader,
    /// Where the system says what it dropped.
    said: Vec<u8>,
    /// All that it dropped of this socket's before the newest datagram; its count goes round.
    dropped: u32,
    missing: u32,
}

impl Datagrams {
    pub fn open(destination: &Destination) -> Result<Self, String> {
        let socket = bind(destination).map_err(|error| format!("cannot listen at {}: {error}", destination.address))?;
        Ok(Self {
            socket,
            reader: DatagramReader {
                datagram: vec![0; DATAGRAM_BYTES_MAX],
                rest: 0..0,
            },
            said: nix::cmsg_space!(u32),
            dropped: 0,
            missing: 0,
        })
    }

    /// The length of a datagram that waits, and how many were dropped before it came, since the socket was opened.
    fn receive(&mut self) -> io::Result<(usize, Option<u32>)> {
        let (descriptor, said) = (self.socket.as_raw_fd(), &mut self.said);
        let mut datagram = [IoSliceMut::new(&mut self.reader.datagram)];
        self.socket.try_io(Interest::READABLE, || {
            let received = recvmsg::<()>(descriptor, &mut datagram, Some(said), MsgFlags::empty())?;
            let dropped = received.cmsgs()?.find_map(|said| match said {
                ControlMessageOwned::RxqOvfl(dropped) => Some(dropped),
                _ => None,
            });
            Ok((received.bytes, dropped))
        })
    }
}

fn bind(destination: &Destination) -> io::Result<UdpSocket> {
    let Destination { address, interface } = *destination;
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_recv_buffer_size(WAITING_BYTES)?;
    socket.set_nonblocking(true)?;
    // Said beside a datagram once some were dropped (socket(7), SO_RXQ_OVFL).
    setsockopt(&socket, sockopt::RxqOvfl, &1)?;
    if address.ip().is_multicast() {
        // Several programs of one machine may listen to a group.
        socket.set_reuse_address(true)?;
    }
    // Bound to the group, it hears no other datagrams to this port.
    socket.bind(&address.into())?;
    match (address.ip(), interface) {
        (IpAddr::V4(group), IpAddr::V4(interface)) if group.is_multicast() => {
            socket.join_multicast_v4(&group, &interface)?;
        }
        // Joined by the interface's number, which an address does not tell: the system chooses.
        (IpAddr::V6(group), _) if group.is_multicast() => socket.join_multicast_v6(&group, 0)?,
        _ => {}
    }
    UdpSocket::from_std(socket.into())
}

impl Wire for Datagrams {
    type Reader = DatagramReader;

    async fn wait(&mut self) -> Result<Brought, String> {
        loop {
            let ready = self.socket.readable().await;
            match ready.and_then(|()| self.receive()) {
                Ok((bytes, dropped)) => {
                    self.reader.rest = 0..bytes;
                    let dropped = dropped.unwrap_or(self.dropped);
                    self.missing = dropped.wrapping_sub(self.dropped);
                    self.dropped = dropped;
                    return Ok(Brought::Bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    fn reader(&mut self) -> &mut DatagramReader {
        &mut self.reader
    }

    fn missing(&mut self) -> Option<String> {
        let missing = mem::take(&mut self.missing);
        (missing > 0).then(|| format!("this system dropped {missing} datagrams that were not read in time"))
    }
}

/// The lines of one datagram, the last one with or without its end.
pub struct DatagramReader {
    datagram: Vec<u8>,
    rest: std::ops::Range<usize>,
}

impl Messages for DatagramReader {
    type Error = std::convert::Infallible;

    fn next_received(&mut self) -> Result<Option<Received<'_>>, Self::Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let rest = &self.datagram[self.rest.clone()];
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        self.rest.start = (self.rest.start + line.len() + 1).min(self.rest.end);
        Ok(Some(Received::Message(line.strip_suffix(b"\r").unwrap_or(line))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_message() {
        for (datagram, expected) in [
            (&b""[..], &[][..]),
            (b"a", &["a"]),
            (b"a\n", &["a"]),
            (b"a\r\nb\n\nc", &["a", "b", "", "c"]),
        ] {
            let mut reader = DatagramReader {
                datagram: datagram.to_vec(),
                rest: 0..datagram.len(),
            };
            let mut lines = Vec::new();
            while let Some(Received::Message(line)) = reader.next_received().unwrap() {
                lines.push(String::from_utf8(line.to_vec()).unwrap());
            }
            assert_eq!(lines, expected);
        }
    }
}
