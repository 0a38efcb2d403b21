//! The recorder's own REST snapshot, kept until the client that needs it has fetched it.

use bytes::Bytes;

/// An inline snapshot of a capture.
///
/// A client that has listened from before its line can start its book from it and lose no event, however far the
/// playback has run on in the meantime. That makes a run at full speed use the whole recording.
#[derive(Clone, Debug)]
pub struct RecordedSnapshot {
    /// The snapshot as recorded.
    pub body: Bytes,
    /// Where it stands in the market, counted in lines from 1.
    pub line: u64,
    /// Levels on its longer side: a request for fewer is not answered with it as it stands.
    pub levels: usize,
}
