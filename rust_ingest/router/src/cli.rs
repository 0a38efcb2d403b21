//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Takes orders from execution.orders to their venues, and what becomes of them to risk.inbox.
///
/// The venue's API key and secret come from TAPEFLOW_VENUE_KEY and TAPEFLOW_VENUE_SECRET, or from --key-file.
#[derive(Debug, Parser)]
#[command(name = "tapeflow-router", version)]
pub struct Options {
    /// A venue to trade at, binance or binance_usdm, with another REST address than the public one: binance=http://127.0.0.1:9000
    #[arg(long = "venue", value_name = "NAME[=URL]", required = true)]
    pub venues: Vec<String>,

    /// REST address of the one venue named without an address
    #[arg(long, value_name = "URL")]
    pub rest_url: Option<String>,

    /// The broker, as host:port
    #[arg(long, env = "TAPEFLOW_BOOTSTRAP_SERVERS", value_name = "SERVERS")]
    pub bootstrap_servers: String,

    /// What stands before every topic name
    #[arg(long, env = "TAPEFLOW_TOPIC_PREFIX", default_value = "", value_name = "PREFIX")]
    pub topic_prefix: String,

    /// File with the venue's API key in its first line and the secret in its second, instead of the environment
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// File that says every second how far the router is, as JSON
    #[arg(long, value_name = "FILE")]
    pub status_file: Option<PathBuf>,

    /// Serve metrics for Prometheus here, as 127.0.0.1:9101; none by default
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// An order older than this is not sent any more
    #[arg(long, value_parser = humantime::parse_duration, default_value = "10s", value_name = "TIME")]
    pub order_deadline: Duration,

    /// How long after its signing the venue may take a request; at most 60s
    #[arg(long, value_parser = humantime::parse_duration, default_value = "3s", value_name = "TIME")]
    pub recv_window: Duration,

    /// How much longer an order may take to show up at the venue, before it is proven never to have been taken
    #[arg(long, value_parser = humantime::parse_duration, default_value = "2s", value_name = "TIME")]
    pub settle: Duration,

    /// How long to wait for an answer of the venue, before its outcome is taken to be unknown
    #[arg(long, value_parser = humantime::parse_duration, default_value = "2s", value_name = "TIME")]
    pub request_timeout: Duration,

    /// Requests under way at one time, at each venue
    #[arg(long, default_value_t = 64, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub requests_max: u16,
}
