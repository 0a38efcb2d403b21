//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use journal::frames::Retention;
use venues::venue::Venue;

use crate::capture::FrameSettings;
use crate::live::LiveOptions;
use crate::ticks::TickOptions;

/// Writes what a venue says into market.ticks: trades, quotes, books, and what is missing between them.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "tapeflow-ingestor",
    version,
    after_help = "tapeflow-ingestor check --frames FOLDER compares a frame log with what the topics hold of it; \
                  derive --frames FOLDER --topic-prefix PREFIX writes its records once more, into topics of their own."
)]
pub struct Options {
    /// The venue: one of its services.
    #[arg(long, value_parser = venues())]
    pub venue: Venue,
    /// Symbols as the venue writes them: BTCUSDT,ETHUSDT.
    #[arg(long, value_delimiter = ',', required = true)]
    pub symbols: Vec<String>,
    /// Endpoints of the venue's streams, the first choice first: a lost connection goes on at the next one. wss://host:port,
    /// of a venue that streams by HTTP https://host:port, of one that sends datagrams udp://address:port or file:path. Default: the
    /// venue's public ones.
    #[arg(long, value_delimiter = ',', alias = "ws-url")]
    pub stream_url: Vec<String>,
    /// The venue's REST endpoints, likewise. Default: its public one.
    #[arg(long, value_delimiter = ',')]
    pub rest_url: Vec<String>,
    /// Your account, at a venue that shows prices to accounts only. Its token: TAPEFLOW_VENUE_TOKEN, or --token-file.
    #[arg(long, env = "TAPEFLOW_VENUE_ACCOUNT")]
    pub account: Option<String>,
    /// A file with the token in its first line.
    #[arg(long, value_name = "PATH")]
    pub token_file: Option<PathBuf>,
    /// Open each connection twice, at different endpoints if there are several: what either brings is taken once, and the
    /// loss of one is no gap. For venues that number all of their trades, quotes and books.
    #[arg(long)]
    pub redundant: bool,
    /// The broker: host:port, or several with commas.
    #[arg(long, env = "TAPEFLOW_BOOTSTRAP_SERVERS", default_value = "")]
    pub bootstrap_servers: String,
    /// Put before every topic name.
    #[arg(long, env = "TAPEFLOW_TOPIC_PREFIX", default_value = "")]
    pub topic_prefix: String,
    /// Exponents of price and quantity of an instrument that the log does not hold yet: SHIBUSDT=-9,-2. Default: what the
    /// venue's list says, or else -9,-9.
    #[arg(long, value_parser = exponents, value_name = "SYMBOL=PRICE,QUANTITY")]
    pub exponents: Vec<Exponents>,
    /// Instruments that share a partition: pairs=BTC-USDT,ETH-USDT. Default: each by its own name.
    #[arg(long, value_parser = group, value_name = "NAME=INSTRUMENT,...")]
    pub group: Vec<(String, Vec<String>)>,
    /// Keep every frame as it was received here, one ingestor a folder: what a crash keeps from the log is derived again at the next start.
    #[arg(long, value_name = "FOLDER")]
    pub frames: Option<PathBuf>,
    /// Delete the oldest frames when all take more: 50GiB. Default: all are kept.
    #[arg(long, value_parser = size, value_name = "SIZE", requires = "frames")]
    pub frames_keep: Option<u64>,
    /// Delete frames that are older: 7d. Default: all are kept.
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME", requires = "frames")]
    pub frames_keep_for: Option<Duration>,
    /// Size of a file of frames, reserved as a whole: 4KiB to 2GiB. Closed files are compressed meanwhile.
    #[arg(long, value_parser = size, value_name = "SIZE", requires = "frames", default_value = "256MiB")]
    pub frames_file: u64,
    /// Reconnect after this long without any frame; half of it in, a ping asks whether the venue still is there. Default:
    /// what the venue's heartbeats make sense of (docs/venues.md); one that sends datagrams may be silent for ever.
    #[arg(long, value_parser = humantime::parse_duration)]
    pub stale_after: Option<Duration>,
    /// How long a record waits for company before it is sent: 0 for latency, 5000 for throughput.
    #[arg(long, default_value_t = 0)]
    pub linger_us: u32,
    /// Keep a JSON status here, written anew every second.
    #[arg(long)]
    pub status_file: Option<PathBuf>,
    /// Serve metrics for Prometheus here, as 127.0.0.1:9101; none by default.
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    #[command(flatten)]
    pub ticks: TickOptions,
    #[command(flatten)]
    pub live: LiveOptions,
}

/// Exponents chosen for a symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exponents {
    pub symbol: String,
    pub price: i32,
    pub quantity: i32,
}

impl Options {
    /// Where the frame log is, if one is kept.
    pub fn frame_settings(&self) -> Option<FrameSettings> {
        let age_ns = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        Some(FrameSettings {
            folder: self.frames.clone()?,
            retention: Retention {
                total_bytes: self.frames_keep,
                age_ns: self.frames_keep_for.map(age_ns),
            },
            segment_bytes: self.frames_file,
        })
    }
}

fn venues() -> impl TypedValueParser<Value = Venue> {
    let values = Venue::all()
        .into_iter()
        .map(|venue| PossibleValue::new(venue.name()).help(venue.about()));
    PossibleValuesParser::new(values).map(|name| Venue::of_name(&name).expect("it is one of these names"))
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

/// Powers of 1024, as disks are measured; `B` and `iB` may be left out.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let power = match unit.trim_start().trim_end_matches('B').trim_end_matches('i') {
        "" => 0,
        "K" | "k" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        _ => return Err("write it like 50GiB".to_owned()),
    };
    let bytes = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << (10 * power)));
    bytes.ok_or_else(|| "write it like 50GiB".to_owned())
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
                    --exponents ETHUSDT=-9,-3 --group pairs=BTC-USDT-PERP,ETH-USDT-PERP --stale-after 5s --ws-url wss://a,wss://b:1 \
                    --frames kept --frames-keep 50GiB --frames-keep-for 7d --tick-files ticks --tick-files-part 64MiB";
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
        assert_eq!(options.stream_url, ["wss://a", "wss://b:1"]);
        let frames = options.frame_settings().unwrap();
        assert_eq!(frames.folder, PathBuf::from("kept"));
        assert_eq!(frames.retention.total_bytes, Some(50 << 30));
        assert_eq!(frames.retention.age_ns, Some(7 * 86_400 * 1_000_000_000));
        assert_eq!(options.ticks.tick_files, Some(PathBuf::from("ticks")));
        assert_eq!(options.ticks.tick_files_part, 64 << 20);
    }

    #[test]
    fn sizes() {
        let sizes = ["512", "4K", "4 KiB", "3MB", "2GiB", "1T"].map(|text| size(text).unwrap());
        assert_eq!(sizes, [512, 4096, 4096, 3 << 20, 2 << 30, 1 << 40]);
        for text in ["", "GiB", "-1", "1.5G", "1Q", "99999999999T"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn wrong_values_say_how_to_write_them() {
        for (option, value) in [
            ("--venue", "krakow"),
            ("--exponents", "ETHUSDT=9"),
            ("--group", "pairs"),
            // Without --frames, without --tick-files.
            ("--frames-keep", "1GiB"),
            ("--tick-files-keep", "1GiB"),
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
