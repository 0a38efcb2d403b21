//! The log client, and the only user of rdkafka: a producer that answers for every record, readers of chosen partitions,
//! the tail rule, claims, and schema ids from a registry.

mod claim;
mod clock;
mod config;
mod context;
mod deliveries;
mod error;
mod frame_origin;
pub mod frame_tail;
mod inspector;
mod intake;
mod lane;
mod note;
mod producer;
mod queues;
mod reader;
pub mod registry;
pub mod tail;

pub use claim::{Claim, ReadTo};
pub use clock::now_ns;
pub use config::LogConfig;
pub use deliveries::End;
pub use error::{ClaimError, ConfigError, ReadError, RegistryError, WriteError};
pub use frame_origin::FrameOrigin;
pub use inspector::{Inspector, Watermarks};
pub use lane::{Assignment, Start, Times};
pub use note::Note;
pub use producer::Producer;
pub use reader::{PartitionReader, Reader};
