//! Where ticks come from: an address that a socket is bound to, or a file.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The name that records bear.
pub const VENUE: &str = "truefx";

/// The most that one datagram holds: 65,535 bytes less the headers of UDP and IPv4 (RFC 768, RFC 791).
pub const DATAGRAM_BYTES_MAX: usize = 65_507;

/// A line is some 50 bytes; one beyond this is something else.
pub const LINE_BYTES_MAX: usize = 256;

/// `udp://127.0.0.1:7000`, `udp://239.1.2.3:7000?interface=192.168.1.2`, `file:ticks.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Datagrams {
        bind: SocketAddr,
    },
    /// Bind to the group's port, and join the group on the interface (unspecified: the system's choice).
    Multicast {
        group: SocketAddr,
        interface: IpAddr,
    },
    File {
        path: PathBuf,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    #[error("{text:?} is no endpoint of ticks; write udp://<address>:<port>, or file:<path>")]
    Form { text: String },
    #[error(
        "{text:?}: {interface:?} is no address of a multicast interface; write udp://<group>:<port>?interface=<address>"
    )]
    Interface { text: String, interface: String },
}

impl Endpoint {
    /// # Errors
    /// The text names none.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let form = || EndpointError::Form { text: text.to_owned() };
        if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            return Ok(Self::File { path: path.into() });
        }
        let rest = text.strip_prefix("udp://").ok_or_else(form)?;
        let (address, interface) = match rest.split_once("?interface=") {
            Some((address, interface)) => (address, Some(interface)),
            None => (rest, None),
        };
        let address: SocketAddr = address.parse().map_err(|_| form())?;
        let unknown = |interface: &str| EndpointError::Interface {
            text: text.to_owned(),
            interface: interface.to_owned(),
        };
        match (address.ip().is_multicast(), interface) {
            (false, None) => Ok(Self::Datagrams { bind: address }),
            (false, Some(interface)) => Err(unknown(interface)),
            (true, None) => Ok(Self::Multicast {
                group: address,
                interface: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            }),
            (true, Some(interface)) => Ok(Self::Multicast {
                group: address,
                interface: interface.parse().map_err(|_| unknown(interface))?,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_form() {
        let datagrams = Endpoint::parse("udp://127.0.0.1:7000");
        assert_eq!(
            datagrams,
            Ok(Endpoint::Datagrams {
                bind: "127.0.0.1:7000".parse().unwrap()
            })
        );
        let multicast = |text, interface: &str| {
            let expected = Endpoint::Multicast {
                group: "239.1.2.3:7000".parse().unwrap(),
                interface: interface.parse().unwrap(),
            };
            assert_eq!(Endpoint::parse(text), Ok(expected));
        };
        multicast("udp://239.1.2.3:7000", "0.0.0.0");
        multicast("udp://239.1.2.3:7000?interface=127.0.0.1", "127.0.0.1");
        let file = Endpoint::File { path: "a/b.csv".into() };
        assert_eq!(Endpoint::parse("file:a/b.csv"), Ok(file));
    }

    #[test]
    fn anything_else_says_what_to_write() {
        for text in [
            "",
            "udp://",
            "udp://localhost:7000",
            "udp://127.0.0.1",
            "tcp://127.0.0.1:7000",
            "file:",
        ] {
            let error = Endpoint::parse(text).unwrap_err().to_string();
            assert!(
                error.ends_with("write udp://<address>:<port>, or file:<path>"),
                "{error}"
            );
        }
        for text in [
            "udp://239.1.2.3:7000?interface=eth0",
            "udp://127.0.0.1:7000?interface=127.0.0.1",
        ] {
            assert!(
                matches!(Endpoint::parse(text), Err(EndpointError::Interface { .. })),
                "{text}"
            );
        }
    }
}
