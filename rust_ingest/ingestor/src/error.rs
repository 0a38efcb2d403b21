//! Why the ingestor stops. What can heal by itself (a venue away, a line dropped) is tried again and is not here.

use std::path::PathBuf;

use crash_points::BadCrashPoint;
use tapelog::{ClaimError, ConfigError, ReadError, RegistryError, WriteError};
use venues::terms::TermsError;

use crate::capture::CaptureError;
use crate::feed::credentials::CredentialsError;
use crate::feed::endpoint::BadUrl;
use crate::feed::rest::RestError;
use crate::partitions::GroupError;
use crate::session::NotNumbered;

#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    CrashPoint(#[from] BadCrashPoint),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error(transparent)]
    Capture(#[from] CaptureError),
    #[error(transparent)]
    Group(#[from] GroupError),
    #[error(transparent)]
    Terms(#[from] TermsError),
    #[error("the venue does not list the instruments: {0}; check --symbols and --rest-url")]
    Listing(RestError),
    #[error("--stream-url: {0}")]
    Url(#[from] BadUrl),
    #[error("no endpoint; give --stream-url and --rest-url one or several, with commas between")]
    NoEndpoint,
    #[error(
        "{reason}; what was read before is written. Mend the file behind that, and start again with the whole of it: it is read on where \
         the log ends"
    )]
    File { reason: String },
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error("--exponents {symbol}: {exponent} is not within -18..=18")]
    ExponentRange { symbol: String, exponent: i32 },
    #[error("--symbols names {symbol} twice; name each symbol once")]
    SymbolTwice { symbol: String },
    #[error("--symbols names {first} and {second}, which both are {instrument} in records; read one of them")]
    InstrumentTwice {
        first: String,
        second: String,
        instrument: String,
    },
    #[error(
        "another ingestor is writing {shared} of {venue} to this log, with --symbols {theirs}: each record would stand there twice. Leave \
         {shared} out of one of them, or stop the other one"
    )]
    SymbolsTaken {
        venue: &'static str,
        shared: String,
        theirs: String,
    },
    #[error(
        "the log keeps only ticks of one time of {instrument} (partition {partition}, kept from offset {kept_from} on): how many of the \
         file's ticks it holds cannot be told, and each that is written again would stand there twice. Give a file that begins behind that time"
    )]
    TicksOfOneTime {
        instrument: String,
        partition: i32,
        kept_from: i64,
    },
    #[error(
        "the log holds {instrument} as {other} writes it, and {venue} numbers trades otherwise: they cannot follow each other in one log. Go on \
         with --venue {other}, or give {venue} a log of its own (--topic-prefix)"
    )]
    OtherService {
        venue: &'static str,
        other: &'static str,
        instrument: String,
    },
    #[error("--exponents names {symbol}, which is not among --symbols")]
    ExponentsOfNone { symbol: String },
    #[error(
        "{instrument} stands in the log with exponents {price},{quantity}, which hold for the life of the log; \
         start with --exponents {symbol}={price},{quantity} or leave it out"
    )]
    ExponentsChanged {
        instrument: String,
        symbol: String,
        price: i32,
        quantity: i32,
    },
    #[error(
        "{waiting} records were not written: the broker did not confirm the claim to these symbols in time. \
         Start again: with --frames they are derived once more, without it a Gap says what is missing"
    )]
    Unwritten { waiting: usize },
    #[error("{topic} holds records already: choose another --topic-prefix, whose topics are made and empty")]
    NotEmpty { topic: String },
    #[error("{} holds tick files already, which ticks would be added to: name an empty folder", folder.display())]
    TicksThere { folder: PathBuf },
    #[error(transparent)]
    NotNumbered(#[from] NotNumbered),
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    #[error(transparent)]
    Ticks(#[from] journal::ticks::TickError),
    #[error(transparent)]
    Live(#[from] broadcast::BroadcastError),
    #[error(transparent)]
    Metrics(#[from] telemetry::ServeError),
    #[error("no thread or runtime: {0}")]
    Runtime(std::io::Error),
}

impl IngestError {
    /// The broker is away: with a frame log what was not written can be written later.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Write(error) => error.is_outage(),
            Self::Read(ReadError::Unreachable { .. } | ReadError::Failed { .. }) => true,
            _ => false,
        }
    }
}
