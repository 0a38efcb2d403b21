//! Steps of the write path at which a test can end the process, as a power switch would: nothing behind the step is done.
//!
//! `TAPEFLOW_CRASH_AT=logged:300` ends an ingestor when it comes to that step for the 300th time. A kill from outside meets a step of
//! a microsecond hardly ever; this one always does, and in the program that is shipped. Without the variable a step costs one load.

use std::env;
use std::process::abort;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// Names the step and, behind a colon, at which of its turns: 1 without that.
pub const VARIABLE: &str = "TAPEFLOW_CRASH_AT";

macro_rules! crash_points {
    ($($(#[$said:meta])+ $point:ident $name:literal,)+) => {
        /// A step; each is over when the process ends there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum CrashPoint {
            $($(#[$said])+ $point,)+
        }

        impl CrashPoint {
            pub const ALL: &[Self] = &[$(Self::$point,)+];

            /// As the variable names it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$point => $name,)+
                }
            }
        }
    };
}

crash_points! {
    /// A run's beginning is in the frame log, and none of its records is made.
    RunBegun "run-begun",
    /// A segment of the frame log begins with the session as it is, and the input at hand is not behind it.
    GoneOn "gone-on",
    /// A frame was read off its socket, and stands nowhere yet.
    Received "received",
    /// It is in the frame log, and the session knows nothing of it.
    Logged "logged",
    /// The session has made its records, and the producer knows nothing of them.
    Taken "taken",
    /// The producer has a record; those behind it, of the same frame maybe, it has not.
    HandedOver "handed-over",
    /// The producer has all there is.
    Sent "sent",
    /// The broker has a record and said so, and nobody took note.
    Delivered "delivered",
    /// Somebody took note.
    Acknowledged "acknowledged",
    /// A segment of the frame log is sealed, and the next is not begun.
    SegmentSealed "segment-sealed",
    /// The next is begun, without its name.
    SegmentBegun "segment-begun",
    /// It has its name.
    SegmentNamed "segment-named",
    /// Retention has deleted a segment, and not yet the next that goes.
    SegmentDeleted "segment-deleted",
    /// A compressed segment is on the disk, without its name.
    SegmentCompressed "segment-compressed",
    /// It has its name, and the one that it is made of is there as well.
    SegmentDoubled "segment-doubled",
}

/// What the variable says is no step.
#[derive(Debug, thiserror::Error)]
#[error(
    "{variable}={found}: say a step and at which of its turns, as in logged:300, or unset it. Steps: {known}",
    variable = VARIABLE,
    known = known()
)]
pub struct BadCrashPoint {
    found: String,
}

fn known() -> String {
    CrashPoint::ALL
        .iter()
        .map(|point| point.name())
        .collect::<Vec<_>>()
        .join(", ")
}

const UNARMED: u8 = u8::MAX;
static ARMED: AtomicU8 = AtomicU8::new(UNARMED);
static TURNS_LEFT: AtomicU64 = AtomicU64::new(0);

/// Reads the variable, once, at the program's start; the step that it names, if it is set. Who does not call this never crashes.
pub fn arm() -> Result<Option<CrashPoint>, BadCrashPoint> {
    let Some(found) = env::var_os(VARIABLE) else {
        return Ok(None);
    };
    let found = found.to_string_lossy().into_owned();
    let Some((point, turns)) = read(&found) else {
        return Err(BadCrashPoint { found });
    };
    TURNS_LEFT.store(turns, Ordering::Relaxed);
    ARMED.store(point as u8, Ordering::Release);
    Ok(Some(point))
}

fn read(text: &str) -> Option<(CrashPoint, u64)> {
    let (name, turns) = text.split_once(':').unwrap_or((text, "1"));
    let point = CrashPoint::ALL.iter().find(|point| point.name() == name)?;
    Some((*point, turns.parse().ok().filter(|turns| *turns > 0)?))
}

/// Ends the process here, if this is the step and the turn that were asked for.
#[inline(always)]
pub fn pass(point: CrashPoint) {
    if ARMED.load(Ordering::Relaxed) == point as u8 {
        crash_in_turn();
    }
}

#[cold]
fn crash_in_turn() {
    if TURNS_LEFT.fetch_sub(1, Ordering::AcqRel) == 1 {
        abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_and_its_turn() {
        assert_eq!(read("logged:300"), Some((CrashPoint::Logged, 300)));
        assert_eq!(read("run-begun"), Some((CrashPoint::RunBegun, 1)));
        for text in ["", "logged:", "logged:0", "logged:-1", "loged:3", "logged:3:4"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_step_is_told_with_those_that_there_are() {
        let said = BadCrashPoint {
            found: "loged:3".to_owned(),
        }
        .to_string();
        assert!(
            said.contains("TAPEFLOW_CRASH_AT=loged:3") && said.contains("logged, taken"),
            "{said}"
        );
    }
}
