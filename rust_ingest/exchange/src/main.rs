//! An exchange to test against: a market of agents, a recording or a script in Binance's own dialect, over real sockets.

mod bell;
mod book;
mod cli;
mod clock;
mod control;
mod exchange;
mod faults;
mod feed;
mod fixed;
mod instrument;
mod listing;
mod market;
mod metrics;
mod pace;
mod playback;
mod progress;
mod rest;
mod server;
mod start;
mod streams;
mod trading;
mod user_stream;
mod venue;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    telemetry::start_log();
    match start::run(cli::Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tapeflow-exchange: {error}");
            ExitCode::FAILURE
        }
    }
}
