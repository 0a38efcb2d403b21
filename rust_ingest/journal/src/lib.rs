//! What was received, kept on this machine's disk: every frame as it came (`frames`), and ticks of 32 bytes
//! that others read while they are written (`ticks`).

pub mod frames;
pub mod ticks;

mod disk;
mod exclusive;
