//! SIGTERM and Ctrl-C: stop reading, let the broker acknowledge, be gone within 5 s.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// After this long the process ends no matter what it waits for.
const PATIENCE: Duration = Duration::from_millis(4_800);

/// Becomes true when the process is asked to stop. It watches from a thread of its own: the feed's thread may be waiting
/// for the broker.
#[derive(Clone, Debug)]
pub struct Stop {
    requested: watch::Receiver<bool>,
    is_writing: Arc<AtomicBool>,
}

impl Stop {
    /// Starts to watch for the signals.
    pub fn on_signals() -> io::Result<Self> {
        let (sender, requested) = watch::channel(false);
        let is_writing = Arc::new(AtomicBool::new(false));
        let has_work = Arc::clone(&is_writing);
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let (mut terminate, mut interrupt) = {
            let _context = runtime.enter();
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?)
        };
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            });
            if !has_work.load(Ordering::Acquire) {
                std::process::exit(0);
            }
            // Nobody listens any more only where the process is about to end.
            let _ = sender.send(true);
            thread::sleep(PATIENCE);
            tracing::error!("not everything was acknowledged by the broker within {PATIENCE:?}; ending all the same");
            std::process::exit(1);
        })?;
        Ok(Self { requested, is_writing })
    }

    /// Is requested when the sender says so.
    pub fn when(requested: watch::Receiver<bool>) -> Self {
        let is_writing = Arc::new(AtomicBool::new(true));
        Self { requested, is_writing }
    }

    /// From now on records are on their way, and a stop waits for them. Before, it ends the process at once.
    pub fn let_finish(&self) {
        self.is_writing.store(true, Ordering::Release);
    }

    pub fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }

    /// Waits for the request.
    pub async fn requested(&mut self) {
        if self.requested.wait_for(|requested| *requested).await.is_err() {
            // The watching thread is gone without a request: there will be none.
            std::future::pending::<()>().await;
        }
    }
}
