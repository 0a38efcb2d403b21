//! The router: claim, recovery, and then the loop that brings records, answers and time to the desk.

mod shift;
mod start;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Options;
use crate::error::RouterError;
use shift::Shift;

/// Works orders until SIGTERM or SIGINT, or until something cannot be mended. What is under way then is brought to an end.
pub fn run(options: &Options) -> Result<(), RouterError> {
    telemetry::serve(options.metrics_listen)?;
    // One thread does it all: its work is short, and it waits for nothing but the network.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        tokio::pin!(stop);
        let plan = start::Plan::new(options)?;
        let started = tokio::task::spawn_blocking(move || plan.start());
        let started = tokio::select! {
            started = started => started.map_err(|_| RouterError::Stopped { what: "the start" })??,
            () = &mut stop => return Ok(()),
        };
        Shift::begin(started)?.work(stop).await
    });
    // A start that was interrupted may still wait for the broker.
    runtime.shutdown_background();
    result
}
