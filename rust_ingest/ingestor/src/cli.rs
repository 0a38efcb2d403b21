//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use venues::venue::Venue;

/// Writes what a venue says into market.ticks: trades, quotes, books, and what is missing between them.
#[derive(Clone, Debug, Parser)]
#[command(name = "tapeflow-ingestor", version)]
pub struct Options {
    /// The venue: binance (spot), binance_usdm (USD-M futures), coinbase (Exchange feed), coinbase_advanced (Advanced
    /// Trade), kraken (WebSocket v1), kraken_v2, okx or okx_demo.
    #[arg(long, value_parser = venue)]
    pub venue: Venue,
    /// Symbols as the venue writes them: BTCUSDT,ETHUSDT; BTC-USD; XBT/USD, or with kraken_v2 BTC/USD; BTC-USDT.
    #[arg(long, value_delimiter = ',', required = true)]
    pub symbols: Vec<String>,
    /// The venue's WebSocket endpoints, the first choice first: a lost connection goes on at the next one. Default: its
    /// public ones.
    #[arg(long, value_delimiter = ',')]
    pub ws_url: Vec<String>,
    /// The venue's REST endpoints, likewise. Default: its public one.
    #[arg(long, value_delimiter = ',')]
    pub rest_url: Vec<String>,
    /// Open each connection twice, at different endpoints if there are several: what either brings is taken once, and the
    /// loss of one is no gap. For Binance and OKX.
    #[arg(long)]
    pub redundant: bool,
    /// The broker: host:port, or several with commas.
    #[arg(long, env = "TAPEFLOW_BOOTSTRAP_SERVERS", default_value = "")]
    pub bootstrap_servers: String,
    /// Put before every topic name.
    #[arg(long, env = "TAPEFLOW_TOPIC_PREFIX", default_value = "")]
    pub topic_prefix: String,
    /// Exponents of price and quantity of an instrument that the log does not hold yet: SHIBUSDT=-9,-2. Default: -9,-9; on Kraken what
    /// its list says.
    #[arg(long, value_parser = exponents, value_name = "SYMBOL=PRICE,QUANTITY")]
    pub exponents: Vec<Exponents>,
    /// Instruments that share a partition: pairs=BTC-USDT,ETH-USDT. Default: each by its own name.
    #[arg(long, value_parser = group, value_name = "NAME=INSTRUMENT,...")]
    pub group: Vec<(String, Vec<String>)>,
    /// Reconnect after this long without any frame; half of it in, a ping asks whether the venue still is there. Default:
    /// what the venue's heartbeats make sense of, from 5s (Coinbase) to 40s (OKX).
    #[arg(long, value_parser = humantime::parse_duration)]
    pub stale_after: Option<Duration>,
    /// How long a record waits for company before it is sent: more for throughput, 0 for latency.
    #[arg(long, default_value_t = 0)]
    pub linger_us: u32,
    /// Keep a JSON status here, written anew every second.
    #[arg(long)]
    pub status_file: Option<PathBuf>,
    /// Serve metrics for Prometheus here, as 127.0.0.1:9101; none by default.
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
}

/// Exponents chosen for a symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exponents {
    pub symbol: String,
    pub price: i32,
    pub quantity: i32,
}

fn venue(text: &str) -> Result<Venue, String> {
    let names = || Venue::all().into_iter().map(Venue::name).collect::<Vec<_>>().join(", ");
    Venue::of_name(text).ok_or_else(|| format!("one of {}", names()))
}

fn exponents(text: &str) -> Result<Exponents, String> {
    let parse = || {
        let (symbol, exponents) = text.split_once('=')?;
        let (price, quantity) = exponents.split_once(',')?;
        Some(Exponents {
            symbol: symbol.to_owned(),
            price: price.parse().ok()?,
            quantity: quantity.parse().ok()?,
        })
    };
    parse().ok_or_else(|| "write it like SHIBUSDT=-9,-2".to_owned())
}

fn group(text: &str) -> Result<(String, Vec<String>), String> {
    match text.split_once('=') {
        Some((name, instruments)) if !name.is_empty() && !instruments.is_empty() => {
            Ok((name.to_owned(), instruments.split(',').map(str::to_owned).collect()))
        }
        _ => Err("write it like pairs=BTC-USDT,ETH-USDT".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_command_line() {
        let line = "tapeflow-ingestor --venue binance_usdm --symbols BTCUSDT,ETHUSDT --bootstrap-servers 127.0.0.1:1 \
                    --exponents ETHUSDT=-9,-3 --group pairs=BTC-USDT-PERP,ETH-USDT-PERP --stale-after 5s --ws-url wss://a,wss://b:1";
        let options = Options::parse_from(line.split_whitespace());
        assert_eq!(options.venue.name(), "binance_usdm");
        assert_eq!(options.symbols, ["BTCUSDT", "ETHUSDT"]);
        assert_eq!(
            options.exponents,
            [Exponents {
                symbol: "ETHUSDT".to_owned(),
                price: -9,
                quantity: -3
            }]
        );
        assert_eq!(options.group[0].1, ["BTC-USDT-PERP", "ETH-USDT-PERP"]);
        assert_eq!(options.stale_after, Some(Duration::from_secs(5)));
        assert_eq!(options.ws_url, ["wss://a", "wss://b:1"]);
    }

    #[test]
    fn wrong_values_say_how_to_write_them() {
        for (option, value) in [
            ("--venue", "krakow"),
            ("--exponents", "ETHUSDT=9"),
            ("--group", "pairs"),
        ] {
            let line = [
                "tapeflow-ingestor",
                "--venue",
                "binance",
                "--symbols",
                "X",
                option,
                value,
            ];
            assert!(Options::try_parse_from(line).is_err(), "{option} {value}");
        }
    }
}
