//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::{Parser, ValueEnum};

use crate::faults::FaultChance;
use crate::fixed::{Fixed, ONE};
use crate::pace::Speed;
use crate::trading::history::QueueModel;
use crate::venue::Venue;

/// When the playback starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// As soon as `--clients` clients have subscribed to a stream.
    OnSubscribe,
    /// At once.
    Immediately,
}

/// Serves a recorded market, or one that agents or a script make, as Binance would: market data by WebSocket, orders by REST.
///
/// Prints one JSON line with its address when it is ready: {"listening":"127.0.0.1:12345","venue":"binance"}.
#[derive(Debug, Parser)]
#[command(name = "tapeflow-exchange", version)]
pub struct Options {
    /// Whose dialect to speak. Default: what the recording shows; without one, binance.
    #[arg(long, value_enum)]
    pub venue: Option<Venue>,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Capture files to play, one after the other: lines `<recv_ns> <json>`, plain or gzip.
    #[arg(long, num_args = 1..)]
    pub capture: Vec<PathBuf>,
    /// A frame log to play: the folder that `tapeflow-ingestor --frames` writes to.
    #[arg(long, value_name = "FOLDER", conflicts_with = "capture")]
    pub frames: Option<PathBuf>,
    /// A file of timed actions, one JSON object a line, that are the market of --symbols instead of agents.
    #[arg(long, conflicts_with_all = ["capture", "frames", "seed"])]
    pub script: Option<PathBuf>,
    /// Seed of the market that agents make when there is no capture: the same seed gives the same messages.
    #[arg(long, default_value_t = 1, conflicts_with_all = ["capture", "frames"])]
    pub seed: u64,
    /// Symbols of the seeded market.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "BTCUSDT,ETHUSDT,SOLUSDT",
        conflicts_with_all = ["capture", "frames"]
    )]
    pub symbols: Vec<String>,
    /// When the seeded market begins: its messages carry times from then on. `now`, or a time such as 2024-08-09T00:00:00Z.
    #[arg(long, value_parser = read_start_time, default_value = "2024-08-09T00:00:00Z", conflicts_with_all = ["capture", "frames"])]
    pub start_time: SystemTime,
    /// 1 is as recorded, N is N times as fast, `max` is as fast as the clients read.
    #[arg(long, default_value = "1")]
    pub speed: Speed,
    /// When to start.
    #[arg(long, value_enum, default_value_t = Start::OnSubscribe)]
    pub start: Start,
    /// How many clients must have subscribed before the playback starts.
    #[arg(long, default_value_t = 1)]
    pub clients: usize,
    /// End after so much time of the market (at speed 10, 60s take 6 s). Default: a recording's end, else never.
    #[arg(long, value_parser = humantime::parse_duration)]
    pub duration: Option<Duration>,
    /// Write the ready line to this file too, in one step.
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
    /// Serve metrics for Prometheus here, as 127.0.0.1:9101; none by default.
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// The API key that may trade.
    #[arg(long, env = "TAPEFLOW_EXCHANGE_KEY", default_value = "test-key")]
    pub key: String,
    /// Its secret.
    #[arg(
        long,
        env = "TAPEFLOW_EXCHANGE_SECRET",
        default_value = "test-secret",
        hide_env_values = true
    )]
    pub secret: String,
    /// Another account's API key and secret, as KEY:SECRET; repeatable. Accounts trade with each other.
    #[arg(
        long = "account",
        value_name = "KEY:SECRET",
        env = "TAPEFLOW_EXCHANGE_ACCOUNTS",
        value_delimiter = ',',
        hide_env_values = true,
        value_parser = read_account
    )]
    pub accounts: Vec<(String, String)>,
    /// What each account has to begin with: ASSET=AMOUNT, repeatable. Default: 10000000 USDT, 10000 of each base asset.
    #[arg(long, value_parser = read_balance)]
    pub balance: Vec<(String, Fixed)>,
    /// Fee of orders that rested. Default: 0.001 (spot), 0.0002 (USD-M).
    #[arg(long, value_parser = read_rate)]
    pub maker_fee: Option<Fixed>,
    /// Fee of orders that took. Default: 0.001 (spot), 0.0005 (USD-M).
    #[arg(long, value_parser = read_rate)]
    pub taker_fee: Option<Fixed>,
    /// Tell each client what it has used of the venue's limits on request weight and orders, and refuse with 429 and 418
    /// who exceeds them. Default: there are no limits.
    #[arg(long)]
    pub rate_limits: bool,
    /// How long a listen key is valid without a keep-alive.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "60m")]
    pub listen_key_valid: Duration,
    /// What is assumed of the orders before ours at a recorded price when some are cancelled: all alike, or the last ones first.
    #[arg(long, value_enum, default_value_t = QueueModel::Even)]
    pub queue: QueueModel,
    /// How long an order is under way to the exchange.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "0s")]
    pub order_latency: Duration,
    /// How long its answer is under way back.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "0s")]
    pub answer_latency: Duration,
    /// A fault that happens now and then, as FAULT=CHANCE such as fail_after_accept=0.01; repeatable. The faults are the counts of
    /// GET /tapeflow/faults; GET /tapeflow/faults/happened tells which came.
    #[arg(long = "fault", value_name = "FAULT=CHANCE")]
    pub faults: Vec<FaultChance>,
    /// Seed of the faults that happen now and then.
    #[arg(long, default_value_t = 1)]
    pub fault_seed: u64,
    /// Time between the server's pings. Default: the venue's.
    #[arg(long, value_parser = humantime::parse_duration)]
    pub ping_every: Option<Duration>,
}

fn read_account(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((key, secret)) if !key.is_empty() && !secret.is_empty() => Ok((key.to_owned(), secret.to_owned())),
        _ => Err("write KEY:SECRET".to_owned()),
    }
}

fn read_balance(text: &str) -> Result<(String, Fixed), String> {
    let (asset, amount) = text.split_once('=').ok_or("write ASSET=AMOUNT, such as BTC=1.5")?;
    let amount = Fixed::parse(amount.as_bytes()).ok_or("the amount must be a decimal of at most eight places")?;
    Ok((asset.to_owned(), amount))
}

fn read_start_time(text: &str) -> Result<SystemTime, String> {
    match text {
        "now" => Ok(SystemTime::now()),
        _ => humantime::parse_rfc3339(text).map_err(|error| error.to_string()),
    }
}

fn read_rate(text: &str) -> Result<Fixed, String> {
    let rate = Fixed::parse(text.as_bytes()).ok_or("a rate is a decimal of at most eight places, such as 0.001")?;
    if rate.0 < ONE {
        Ok(rate)
    } else {
        Err("a rate is a part of one: below 1".to_owned())
    }
}
