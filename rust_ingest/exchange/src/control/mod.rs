//! Control endpoints of our own, under `/tapeflow/`: what the exchange really did, and faults on demand.

pub mod status;
