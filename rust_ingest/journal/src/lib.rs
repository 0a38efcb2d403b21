//! What was received, kept on this machine's disk: every frame as it came (`frames`; what an ingestor puts there is told by
//! `inputs`), and ticks of 32 bytes that others read while they are written (`ticks`).

pub mod frames;
pub mod inputs;
pub mod ticks;

mod disk;
mod exclusive;
