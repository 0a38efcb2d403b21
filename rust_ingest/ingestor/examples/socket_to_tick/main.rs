//! From a message's time at the venue to its record, for `tests/bench/socket_to_tick.py`.
//!
//! A feeder sends a recording over a real WebSocket on loopback, open loop: each message has its time, whatever became of the one before,
//! and what is late by the feeder itself counts. The other side is the ingestor's own: its connection, frame log, session and producer, on
//! one thread. A message's end is the moment at which its record stands encoded among those to be sent. What is done between two
//! reads, above all handing records to the producer, is in the times of the messages that wait meanwhile. Prints one JSON object.

mod feeder;
mod listener;
mod processor;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::cell::RefCell;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Parser;
use contracts::{Kind, SchemaIds, Topic};
use ingestor::capture::{Beginning, Begun, FrameLog, FrameSettings, Place};
use ingestor::claim::SoleWriter;
use ingestor::feed::connection::Connection;
use ingestor::feed::endpoint::Endpoint;
use ingestor::feed::endpoints::Endpoints;
use ingestor::feed::opener::Opener;
use ingestor::feed::stop::Stop;
use ingestor::publisher::Publisher;
use ingestor::stage::Stage;
use journal::frames::Retention;
use tapelog::{LogConfig, now_ns};
use tokio::runtime;
use tokio::sync::watch;
use venues::binance::dialect::Dialect;
use venues::dialect::Transport;
use venues::venue::Venue;

use feeder::{Feeder, Sent};
use listener::{Noting, Snapshot};

const VENUE: Venue = Venue::Binance(Dialect::Spot);
const SEGMENT_BYTES: u64 = 256 << 20;
const PATIENCE: Duration = Duration::from_secs(30);
/// Of the messages, at the beginning: caches, connections and pages are made then.
const WARM_UP: f64 = 0.2;

#[derive(Parser)]
struct Options {
    /// Messages of Binance, a time and a blank before each; a line without a stream is a book by REST.
    #[arg(long)]
    capture: PathBuf,
    /// Messages a second.
    #[arg(long)]
    per_s: f64,
    #[arg(long)]
    messages: usize,
    /// Where records go. Without it messages are read, and nothing is made of them.
    #[arg(long, requires = "frames")]
    bootstrap_servers: Option<String>,
    /// A folder for the frame log.
    #[arg(long)]
    frames: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (messages, snapshot) = recording(&options.capture, options.messages)?;
    let stage = match (&options.bootstrap_servers, &options.frames) {
        (Some(bootstrap), Some(frames)) => Some(stage(bootstrap, frames)?),
        _ => None,
    };
    let path = match &stage {
        Some(stage) => stage.session().opening(0).path,
        None => "/stream".to_owned(),
    };
    // What the stage has started, the producer's threads, may run anywhere.
    processor::leave_first()?;
    let feeder = Feeder::start(&messages, options.per_s)?;
    let endpoint = Endpoint::parse(Transport::WebSocket, &format!("ws://{}", feeder.address))?;
    let (over, is_over) = watch::channel(false);
    let noting = Rc::new(RefCell::new(Noting::new(stage, path, snapshot, messages.len(), over)));
    let opener = Rc::new(Opener::new(VENUE.limits()));
    let endpoints = Endpoints::new(vec![endpoint]).ok_or("an endpoint")?;
    let stop = Stop::when(is_over);
    let connection = Connection::new(0, endpoints, PATIENCE, Rc::clone(&noting), opener, stop);
    runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(connection.run())?;
    let sent = feeder.join();
    let taken = noting.borrow().taken.clone();
    if taken.len() != messages.len() {
        return Err(format!("{} of {} messages came", taken.len(), messages.len()).into());
    }
    let noting = Rc::into_inner(noting).ok_or("the connection is over")?.into_inner();
    let acknowledged = match noting.into_stage() {
        Some(mut stage) => {
            stage.finish(Instant::now() + PATIENCE)?;
            stage.give_back();
            if stage.counts().of_kind(Kind::DeadLetter) > 0 {
                return Err("not every message became a record".into());
            }
            stage.delivered().ticks_acknowledged
        }
        None => 0,
    };
    println!("{}", figures(&sent, &taken, acknowledged));
    Ok(())
}

/// The messages, and the book among them.
fn recording(capture: &Path, count: usize) -> Result<(Vec<String>, Option<Snapshot>), Box<dyn Error>> {
    let (mut messages, mut snapshot) = (Vec::with_capacity(count), None);
    for line in std::fs::read_to_string(capture)?.lines() {
        let (_, body) = line.split_once(' ').ok_or("a line without a time")?;
        if messages.len() == count {
            break;
        }
        match body.starts_with(r#"{"stream""#) {
            true => messages.push(body.to_owned()),
            false => {
                snapshot.get_or_insert((messages.len(), body.to_owned()));
            }
        }
    }
    if messages.len() < count {
        return Err(format!("{} has {} messages", capture.display(), messages.len()).into());
    }
    Ok((messages, snapshot))
}

/// As an ingestor's at its start, with a claim of its own.
fn stage(bootstrap: &str, frames: &Path) -> Result<Stage, Box<dyn Error>> {
    let (config, ids) = (LogConfig::from_env(bootstrap, "")?, SchemaIds::embedded());
    let settings = FrameSettings {
        folder: frames.to_owned(),
        retention: Retention::default(),
        segment_bytes: SEGMENT_BYTES,
    };
    let frames = FrameLog::open(&settings, VENUE.name(), &config, &ids)?;
    let ticks = Topic::of_kind(Kind::Trade).ok_or("trades have a topic")?;
    let writer = SoleWriter::take(&config, VENUE.venue(), &["BTCUSDT".to_owned()], ticks)?;
    let listed = support::bitcoin(Dialect::Spot).listed().clone();
    let begun = Begun { listed, resumed: None };
    let place = |(kind, partition)| Place {
        topic: Topic::of_kind(kind).expect("a topic of its own").name.to_owned(),
        partition,
        from_offset: 0,
        acknowledged: None,
    };
    let places = [(Kind::Trade, begun.listed.partition), (Kind::DeadLetter, 0)]
        .map(place)
        .to_vec();
    let beginning = Beginning::new(now_ns().cast_unsigned(), VENUE, vec![begun], 1, places, false);
    let publisher = Publisher::new(writer, config, None)?;
    Ok(Stage::begin(beginning, ids, Some(frames), publisher, None, now_ns())?)
}

fn figures(sent: &Sent, taken: &[Instant], acknowledged: u64) -> serde_json::Value {
    let after_due = |times: &[Instant]| {
        let warm_up = (times.len() as f64 * WARM_UP) as usize;
        let mut late_us: Vec<f64> = times.iter().zip(&sent.due).skip(warm_up).map(micros).collect();
        late_us.sort_by(f64::total_cmp);
        late_us
    };
    let at = |sorted: &[f64], share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let (taken_us, sent_us) = (after_due(taken), after_due(&sent.sent));
    serde_json::json!({
        "messages": taken.len(),
        "acknowledged": acknowledged,
        "p50_us": at(&taken_us, 0.5),
        "p95_us": at(&taken_us, 0.95),
        "p99_us": at(&taken_us, 0.99),
        "sent_p50_us": at(&sent_us, 0.5),
        "sent_p95_us": at(&sent_us, 0.95),
    })
}

fn micros((time, due): (&Instant, &Instant)) -> f64 {
    time.saturating_duration_since(*due).as_nanos() as f64 / 1e3
}
