//! The frame log is the ingestor's sequenced log, and the session a stage over it: a pure function.
//!
//! Every input is appended to the log before the session takes it, and every record names the frame that it was made of.
//! So what a crash, a stop or a broker's outage kept from the topics is derived once more at the next start, and nothing is
//! written that is not past the highest origin there: the tail rule. Where the log begins a file, the session stands there too:
//! what is older need not be played, nor kept.

mod beginning;
mod catch_up;
mod comparison;
mod confirmed;
mod error;
mod frame_log;
mod log_name;
mod loss;
mod recovery;
mod replay;
mod run_log;
mod stretch;
mod written;

pub use beginning::{Beginning, Begun, Resumed};
pub use catch_up::CatchUp;
pub use comparison::MemoryComparison;
pub use confirmed::{Confirmed, Place};
pub use error::CaptureError;
pub use frame_log::{FrameLog, FrameSettings};
pub use log_name::LogName;
pub use loss::Loss;
pub use recovery::{Recovered, Recovery};
pub use replay::Replay;
pub use run_log::RunLog;
pub use stretch::{Stretch, first_beginning, newest_beginning};
pub use written::Written;
