//! An exchange to test against: a recorded or seeded market in Binance's own dialect, over real sockets.

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
mod pace;
mod playback;
mod progress;
mod rest;
mod server;
mod start;
mod streams;
mod trading;
mod venue;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match start::run(cli::Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tapeflow-exchange: {error}");
            ExitCode::FAILURE
        }
    }
}
