//! The frame log: every frame as it was received, in files that outlive the process that wrote them.
//!
//! A folder is one log. Its frames are numbered from 0 without a break, and stand in segments: files of one size, reserved on the
//! disk as a whole and written through a memory map. A segment is named by its first frame, `00000000000000000000.frames`; closed
//! ones may be compressed, `.frames.zst`. One [`FrameWriter`] appends; any number of [`FrameReader`]s, here or in other
//! processes, read along.
//!
//! ```
//! use journal::frames::{FrameReader, FrameWriter, WriterOptions};
//!
//! let folder = tempfile::tempdir()?;
//! let mut writer = FrameWriter::open(folder.path(), WriterOptions { segment_bytes: 65536, ..WriterOptions::new("binance") })?;
//! let sequence = writer.append(3, 1_700_000_000_000_000_000, b"{\"e\":\"trade\"}")?;
//!
//! let mut reader = FrameReader::from_sequence(folder.path(), sequence)?;
//! let frame = reader.next_frame()?.expect("just appended");
//! assert_eq!((frame.sequence, frame.connection, frame.payload), (0, 3, &b"{\"e\":\"trade\"}"[..]));
//! assert!(reader.next_frame()?.is_none(), "the end, until more is appended");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layout
//!
//! All numbers are little endian. A segment begins with a header of 128 bytes:
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 8 | `TPFRAMES` |
//! | 8 | 2 | version: 1 |
//! | 10 | 2 | bytes of the label, at most 84 |
//! | 12 | 4 | 0 |
//! | 16 | 8 | sequence number of the first frame, which is also the file's name |
//! | 24 | 8 | when the segment was made, ns UTC: the receive time of its first frame |
//! | 32 | 8 | highest receive time in all segments before, ns UTC; the lowest i64 if there are none |
//! | 40 | 84 | label: what the log holds, UTF-8, then zeros |
//! | 124 | 4 | CRC-32 of bytes 0 to 124 |
//!
//! Frames follow, each at a multiple of 8, with zeros up to the next:
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 4 | checksum: CRC-32 of bytes 8 to `size`, begun at `size` (`zlib.crc32(bytes, size)`) |
//! | 4 | 4 | `size`: these 24 bytes and the payload's; 0 where no frame is yet; 0xFFFFFFFF for the seal |
//! | 8 | 8 | receive time, ns UTC |
//! | 16 | 2 | connection |
//! | 18 | 2 | 0 |
//! | 20 | 4 | sequence number, its lower half |
//! | 24 | | payload |
//!
//! A closed segment ends with a seal: 24 bytes as above, where the receive time is the highest in the log so far, the sequence number that
//! of the frame to come, and the checksum that of bytes 8 to 24. What follows a seal is zeros, and is given back to the disk.
//! `.frames.zst` is a Zstandard stream of a closed segment up to its seal's end.
//!
//! # Why it holds
//!
//! A frame's first eight bytes are stored last, in one piece: before that a reader sees no frame, after it the whole frame. A process that is
//! killed at any instruction leaves nothing but frames, and bytes that no frame claims. As a segment's blocks are reserved before
//! it is mapped, a full disk shows when a segment is made, never as a signal amid a frame.

mod active_segment;
mod compression;
mod compressor;
mod error;
mod folder_lock;
mod reader;
mod record;
mod repair;
mod retention;
mod scan;
mod segment_bytes;
mod segment_file;
mod segment_header;
mod segment_map;
mod upkeep;
mod writer;

pub use compression::compress_closed;
pub use compressor::Compressor;
pub use error::{ReadError, WriteError};
pub use reader::{Frame, FrameReader, TornEnd};
pub use repair::{Cut, cut_damaged_end};
pub use retention::Retention;
pub use segment_file::{SegmentFile, list as segments};
pub use writer::{FrameWriter, WriterOptions};
