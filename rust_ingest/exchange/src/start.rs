//! Puts the parts together, says when they are ready, and stops them.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use parking_lot::Mutex;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::bell::Bell;
use crate::cli::{Options, Start};
use crate::clock;
use crate::exchange::{Exchange, Latency};
use crate::faults::FaultBoard;
use crate::feed::hub::Hub;
use crate::feed::session::Liveness;
use crate::instrument::Instrument;
use crate::market::live::agents::Agents;
use crate::market::live::script::{Script, ScriptError};
use crate::market::live::{self, Actors, LiveMarket};
use crate::market::recording::Recording;
use crate::market::{MarketError, survey};
use crate::metrics;
use crate::playback::{Plan, Playback, Source};
use crate::progress::Progress;
use crate::rest::limits::{Limits, Meter};
use crate::rest::signature::Credentials;
use crate::server::Server;
use crate::trading::desk::{Desk, Fees};
use crate::trading::floor::Liquidity;
use crate::user_stream;
use crate::user_stream::keys::ListenKeys;
use crate::venue::Venue;

/// How often it is looked what has come to its end.
const ENDS_EVERY: Duration = Duration::from_millis(500);

/// Why the exchange cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The market cannot be had.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The script cannot be played.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}; choose another --listen, port 0 takes a free one")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The ready file cannot be written.
    #[error("cannot write the ready file {}: {source}", path.display())]
    ReadyFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Threads, signals or the standard output are not to be had.
    #[error("the system refuses a thread, a signal handler or the standard output: {0}")]
    System(#[from] io::Error),
    /// Nobody could read the metrics.
    #[error(transparent)]
    Metrics(#[from] telemetry::ServeError),
}

/// Runs the exchange until SIGTERM or SIGINT.
///
/// # Errors
/// It cannot start.
pub fn run(options: Options) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let served = runtime.block_on(serve(options));
    // The playback thread ends with the process: it holds nothing that needs saving.
    runtime.shutdown_background();
    served
}

async fn serve(options: Options) -> Result<(), StartError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    telemetry::serve(options.metrics_listen)?;
    let recording = Recording::chosen(&options);
    let exchange = Arc::new(exchange(&options, recording.as_ref())?);
    let listener = TcpListener::bind(options.listen).await;
    let listener = listener.map_err(|source| StartError::Listen {
        address: options.listen,
        source,
    })?;
    let plan = Plan {
        speed: options.speed,
        start_at_subscribers: if options.start == Start::Immediately {
            0
        } else {
            options.clients.max(1)
        },
        duration: options.duration,
    };
    let source = source(&options, recording.as_ref(), &exchange)?;
    Playback::new(exchange.clone(), plan).spawn(source)?;
    if let Some(recording) = recording {
        measure(exchange.clone(), recording)?;
    }
    let venue = exchange.venue;
    let ping_every = options.ping_every.unwrap_or(venue.ping_every());
    let liveness = Liveness {
        ping_every,
        pong_within: venue.pong_within(),
    };
    let address = listener.local_addr()?;
    if options.metrics_listen.is_some() {
        tokio::spawn(metrics::tell_every_second(exchange.clone()));
    }
    tokio::spawn(end_what_is_over(exchange.clone()));
    tokio::spawn(Server::new(exchange, options.speed, liveness).run(listener));
    announce(address, venue, options.ready_file.as_deref())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Ends listen keys and orders whose time is over, for ever.
async fn end_what_is_over(exchange: Arc<Exchange>) {
    let mut ticker = tokio::time::interval(ENDS_EVERY);
    loop {
        ticker.tick().await;
        user_stream::expire(&exchange);
        let mut desk = exchange.desk.lock();
        desk.pass_time(exchange.now_ns());
        user_stream::tell(&exchange, &mut desk);
    }
}

fn exchange(options: &Options, recording: Option<&Recording>) -> Result<Exchange, StartError> {
    let head = recording.map(survey::head).transpose()?.unwrap_or_default();
    let venue = options.venue.or(head.venue).unwrap_or(Venue::Spot);
    if let Some(recorded) = head.venue.filter(|recorded| *recorded != venue) {
        tracing::warn!(
            "the market was recorded at {}, but --venue says {}",
            recorded.name(),
            venue.name()
        );
    }
    let fees = Fees {
        maker: options.maker_fee.unwrap_or(venue.default_maker_fee()),
        taker: options.taker_fee.unwrap_or(venue.default_taker_fee()),
    };
    let own = (options.key.clone(), options.secret.clone());
    let credentials = Credentials::new(std::iter::once(own).chain(options.accounts.iter().cloned()));
    let accounts = credentials.len();
    let liquidity = if recording.is_some() {
        Liquidity::Recorded(options.queue)
    } else {
        Liquidity::Live
    };
    let mut desk = Desk::new(
        venue,
        liquidity,
        fees,
        accounts,
        &options.balance.iter().cloned().collect(),
    );
    for (symbol, seen) in &head.symbols {
        desk.list(symbol, *seen);
    }
    if recording.is_none() {
        for symbol in &options.symbols {
            desk.list(symbol, live::SEEN_DECIMALS);
        }
    }
    Ok(Exchange {
        venue,
        hub: Arc::new(Hub::default()),
        desk: Mutex::new(desk),
        credentials,
        listen_keys: ListenKeys::new(accounts, options.listen_key_valid, clock::now_ns()),
        meter: Meter::new(Limits::of(venue, options.rate_limits)),
        latency: Latency {
            order: options.order_latency,
            answer: options.answer_latency,
        },
        faults: FaultBoard::new(options.fault_seed, &options.faults),
        bell: Bell::default(),
        progress: Progress::default(),
        extent: OnceLock::new(),
    })
}

fn source(options: &Options, recording: Option<&Recording>, exchange: &Exchange) -> Result<Source, StartError> {
    if let Some(recording) = recording {
        return Ok(Source::Recorded(recording.open()?));
    }
    let start = options.start_time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let start_ns = start.as_nanos() as u64;
    let mut desk = exchange.desk.lock();
    let instruments: Vec<Instrument> = desk.listings.iter().map(|listing| listing.instrument.clone()).collect();
    let actors: Box<dyn Actors> = match &options.script {
        Some(path) => Box::new(Script::read(path, &options.symbols, start_ns)?),
        None => Box::new(Agents::new(&instruments, options.seed, start_ns)),
    };
    let mut market = LiveMarket::new(exchange.venue, &instruments, options.seed, start_ns, actors);
    market.begin(&mut desk, exchange.now_ns());
    Ok(Source::Live(market))
}

/// Counts the recording's lines in the background.
fn measure(exchange: Arc<Exchange>, recording: Recording) -> io::Result<()> {
    let count = move || {
        // Set once, here: there is nobody else who could have set it before.
        let _ = exchange.extent.set(survey::extent(&recording));
    };
    thread::Builder::new().name("survey".to_owned()).spawn(count).map(drop)
}

fn announce(address: SocketAddr, venue: Venue, ready_file: Option<&Path>) -> Result<(), StartError> {
    let line = format!("{}\n", json!({"listening": address.to_string(), "venue": venue.name()}));
    if let Some(path) = ready_file {
        let partial = path.with_extension("partial");
        let written = fs::write(&partial, &line).and_then(|()| fs::rename(&partial, path));
        written.map_err(|source| StartError::ReadyFile {
            path: path.to_path_buf(),
            source,
        })?;
    }
    let mut output = io::stdout().lock();
    output.write_all(line.as_bytes())?;
    output.flush()?;
    Ok(())
}
