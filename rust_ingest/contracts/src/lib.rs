//! The contracts: record types and their Avro codec, the topic table, partitioning, schema ids and landing rows.
//!
//! Everything in `generated` follows from `schemas/`. No I/O.

mod avro;
mod batch;
mod columns;
mod generated;
pub mod landing;
mod letter;
mod partition;
pub mod tick_flags;
mod topic;
mod wire;

pub use avro::{Avro, DecodeError, Reader};
pub use batch::{BadBatch, Batch, Entry};
pub use columns::{Cell, Column, Columns, Layout};
pub use generated::*;
pub use letter::{LETTER_BYTES_MAX, letter_of};
pub use partition::{murmur2, partition_of};
pub use topic::{Placement, Topic};
pub use wire::{FrameError, Opened, SchemaIds, SchemaVersion, decode, encode};
