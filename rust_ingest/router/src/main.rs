//! `tapeflow-router`: execution.orders to the venues, and what becomes of them to risk.inbox.

use std::process::ExitCode;

use clap::Parser;
use router::cli::Options;

fn main() -> ExitCode {
    telemetry::start_log();
    match router::run::run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
