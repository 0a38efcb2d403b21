//! When a part ends and the next begins.

use super::{HEADER_BYTES, TICK_BYTES, TickError};

const DAY_NS: u64 = 86_400_000_000_000;

/// How large parts grow, and in what steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// A part ends before it is larger than this. Whole ticks: what is over is not used.
    pub part_bytes: u64,
    /// Disk is reserved, and its pages made, in steps of this: an append in so many bytes takes longer.
    pub step_bytes: u64,
    /// Whether a part also ends when the first tick of a later UTC day comes.
    pub daily: bool,
}

impl Default for Rotation {
    /// 1 GiB (33 million ticks), in steps of 1 MiB, daily.
    fn default() -> Rotation {
        Rotation {
            part_bytes: 1 << 30,
            step_bytes: 1 << 20,
            daily: true,
        }
    }
}

impl Rotation {
    pub(super) fn checked(self) -> Result<Rotation, TickError> {
        let least = (HEADER_BYTES + TICK_BYTES) as u64;
        if self.part_bytes < least {
            return Err(TickError::SmallParts {
                bytes: self.part_bytes,
                least,
            });
        }
        let ticks = (self.part_bytes - HEADER_BYTES as u64) / TICK_BYTES as u64;
        let part_bytes = HEADER_BYTES as u64 + ticks * TICK_BYTES as u64;
        Ok(Rotation {
            part_bytes,
            step_bytes: self.step_bytes.max(4_096),
            daily: self.daily,
        })
    }

    /// The first nanosecond after the day of `timestamp_ns`; never, if parts do not end by the day.
    pub(super) fn day_end_ns(&self, timestamp_ns: u64) -> u64 {
        if !self.daily {
            return u64::MAX;
        }
        (timestamp_ns / DAY_NS).saturating_add(1).saturating_mul(DAY_NS)
    }
}
