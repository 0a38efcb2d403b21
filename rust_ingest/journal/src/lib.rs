//! What was received, kept on this machine's disk: every frame as it came (`frames`).

pub mod frames;
