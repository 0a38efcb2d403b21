//! Where a venue's messages come from, by a URL of the kind that the venue speaks.

use std::fmt::{self, Display, Formatter};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use venues::dialect::Transport;

use super::address::{Address, Scheme};
use super::datagrams::Destination;

/// Displayed without the user and password that a URL may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    WebSocket(Address),
    HttpLines(Address),
    Datagrams(Destination),
    File(PathBuf),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    #[error("{url:?} is no endpoint of this venue; write it like {example}")]
    Form { url: String, example: &'static str },
    #[error(
        "{url:?}: {interface:?} is no address of a multicast interface; write udp://<group>:<port>?interface=<address>"
    )]
    Interface { url: String, interface: String },
}

impl Endpoint {
    /// # Errors
    /// The URL is none of this transport.
    pub fn parse(transport: Transport, url: &str) -> Result<Self, BadUrl> {
        let (endpoint, example) = match transport {
            Transport::WebSocket => (
                Address::parse(url, "ws", "wss").map(Self::WebSocket),
                "wss://host:port or ws://host:port",
            ),
            Transport::HttpLines => (
                Address::parse(url, "http", "https").map(Self::HttpLines),
                "https://host:port or http://host:port",
            ),
            Transport::Datagrams => (datagrams_or_file(url)?, "udp://<address>:<port> or file:<path>"),
        };
        endpoint.ok_or_else(|| BadUrl::Form {
            url: url.to_owned(),
            example,
        })
    }
}

/// `udp://127.0.0.1:7000`, `udp://239.1.2.3:7000?interface=192.168.1.2`, `file:ticks.csv`.
fn datagrams_or_file(url: &str) -> Result<Option<Endpoint>, BadUrl> {
    if let Some(path) = url.strip_prefix("file:") {
        return Ok((!path.is_empty()).then(|| Endpoint::File(path.into())));
    }
    let Some(rest) = url.strip_prefix("udp://") else {
        return Ok(None);
    };
    let (address, interface) = match rest.split_once("?interface=") {
        Some((address, interface)) => (address, Some(interface)),
        None => (rest, None),
    };
    let Ok(address) = address.parse::<SocketAddr>() else {
        return Ok(None);
    };
    let unknown = |interface: &str| BadUrl::Interface {
        url: url.to_owned(),
        interface: interface.to_owned(),
    };
    let unspecified = match address {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let interface = match interface {
        None => unspecified,
        // Of IPv6 an interface is known by a number, not by an address.
        Some(text) if address.ip().is_multicast() && address.is_ipv4() => {
            let interface: Ipv4Addr = text.parse().map_err(|_| unknown(text))?;
            interface.into()
        }
        Some(text) => return Err(unknown(text)),
    };
    Ok(Some(Endpoint::Datagrams(Destination { address, interface })))
}

impl Display for Endpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let scheme = |address: &Address, plain, tls| match address.scheme {
            Scheme::Plain => plain,
            Scheme::Tls => tls,
        };
        match self {
            Self::WebSocket(address) => write!(f, "{}://{address}", scheme(address, "ws", "wss")),
            Self::HttpLines(address) => write!(f, "{}://{address}", scheme(address, "http", "https")),
            Self::Datagrams(Destination { address, interface }) => {
                write!(f, "udp://{address}")?;
                match interface.is_unspecified() {
                    true => Ok(()),
                    false => write!(f, "?interface={interface}"),
                }
            }
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_shown_as_it_is_written() {
        for (transport, urls) in [
            (Transport::WebSocket, &["wss://a:443", "ws://127.0.0.1:80/base"][..]),
            (
                Transport::HttpLines,
                &["https://stream-fxtrade.oanda.com:443", "http://[::1]:1"],
            ),
            (
                Transport::Datagrams,
                &[
                    "udp://127.0.0.1:7000",
                    "udp://239.1.2.3:7000",
                    "udp://239.1.2.3:7000?interface=192.168.1.2",
                    "udp://[ff02::1]:7000",
                    "file:a/b.csv",
                ],
            ),
        ] {
            for url in urls {
                assert_eq!(&Endpoint::parse(transport, url).unwrap().to_string(), url);
            }
        }
    }

    #[test]
    fn anything_else_says_what_to_write() {
        for (transport, url, example) in [
            (Transport::WebSocket, "https://a", "wss://host:port"),
            (Transport::HttpLines, "wss://a", "https://host:port"),
            (Transport::Datagrams, "udp://localhost:7000", "file:<path>"),
            (Transport::Datagrams, "udp://127.0.0.1", "udp://<address>:<port>"),
            (Transport::Datagrams, "tcp://127.0.0.1:7000", "udp://<address>:<port>"),
            (Transport::Datagrams, "file:", "file:<path>"),
            (
                Transport::Datagrams,
                "udp://239.1.2.3:7000?interface=eth0",
                "interface=<address>",
            ),
            (
                Transport::Datagrams,
                "udp://127.0.0.1:7000?interface=127.0.0.1",
                "no address of a multicast",
            ),
        ] {
            let error = Endpoint::parse(transport, url).unwrap_err().to_string();
            assert!(error.contains(url) && error.contains(example), "{error}");
        }
    }
}
