//! Tick files of what the session makes: the best prices of each instrument, written beside the topics and by a thread of their own.
//!
//! They are derived: deleted, they begin anew, or are made of a frame log (`rebuild`). The session's thread puts a tick into a ring and goes on; where the ring is
//! full it waits, counted, as what it read already stands in the frame log. What does not fit on the disk is missing in the files, counted, and told by the next
//! tick's number: that holds nothing up.

mod making;
mod options;
mod rebuild;
mod ring;
mod tap;
mod writing;

pub use options::TickOptions;
pub use rebuild::{RebuildOptions, Rebuilt, rebuild};
pub use tap::{Series, TickFiles, TickTap};
