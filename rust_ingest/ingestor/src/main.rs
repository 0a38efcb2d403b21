//! `tapeflow-ingestor`: a venue's market data into `market.ticks`; `tapeflow-ingestor check`: a frame log against what became of it;
//! `tapeflow-ingestor derive`: the same once more, into topics of its own; `tapeflow-ingestor ticks`: its tick files once more.

use std::env::args_os;
use std::process::ExitCode;

use clap::Parser;
use ingestor::check::{CheckOptions, check};
use ingestor::cli::Options;
use ingestor::derive::{DeriveOptions, derive};
use ingestor::error::IngestError;
use ingestor::ticks::{RebuildOptions, rebuild};

fn main() -> ExitCode {
    telemetry::start_log();
    let done = match args_os().nth(1) {
        Some(word) if word == "check" => run_check(&CheckOptions::parse_from(args_os().skip(1))),
        Some(word) if word == "derive" => run_derive(&DeriveOptions::parse_from(args_os().skip(1))),
        Some(word) if word == "ticks" => run_ticks(&RebuildOptions::parse_from(args_os().skip(1))),
        _ => ingestor::run::run(&Options::parse()).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what was found, as JSON; whether all is equal.
fn run_check(options: &CheckOptions) -> Result<bool, IngestError> {
    let findings = check(options)?;
    println!("{}", serde_json::json!(findings));
    Ok(findings.are_equal())
}

/// Prints what was written, as JSON.
fn run_derive(options: &DeriveOptions) -> Result<bool, IngestError> {
    println!("{}", serde_json::json!(derive(options)?));
    Ok(true)
}

/// Prints what was written, as JSON.
fn run_ticks(options: &RebuildOptions) -> Result<bool, IngestError> {
    println!("{}", serde_json::json!(rebuild(options)?));
    Ok(true)
}
