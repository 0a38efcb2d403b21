//! The frame log: every frame as received, in memory-mapped segments.
