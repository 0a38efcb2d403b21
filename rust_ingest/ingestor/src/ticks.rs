//! Tick files of what the session makes: the best prices of each instrument, written beside the topics and by a thread of their own.
//!
//! They are derived: deleted, they begin anew, or are made of a frame log (`rebuild`). The session's thread puts a tick into a ring and goes on; no trouble with the files
//! comes back to it. What does not fit there or on the disk is missing in the files, counted, and told by the next tick's number.

mod making;
mod options;
mod rebuild;
mod tap;
mod writing;

pub use options::TickOptions;
pub use rebuild::{RebuildOptions, Rebuilt, rebuild};
pub use tap::{Series, TickFiles, TickTap};

use journal::ticks::Tick;

/// A tick on its way to its file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Made {
    pub tick: Tick,
    /// So many before it were lost on the way.
    pub missing: u32,
}
