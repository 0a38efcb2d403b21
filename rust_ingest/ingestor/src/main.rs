//! `tapeflow-ingestor`: a venue's market data into `market.ticks`.

use std::process::ExitCode;

use clap::Parser;
use ingestor::cli::Options;

fn main() -> ExitCode {
    telemetry::start_log();
    match ingestor::run::run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
