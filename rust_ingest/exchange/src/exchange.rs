//! What all parts of the process share.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::feed::hub::Hub;
use crate::listing::Listings;
use crate::market::survey::KnownExtent;
use crate::progress::Progress;
use crate::venue::Venue;

/// The exchange.
pub struct Exchange {
    /// Whose dialect it speaks.
    pub venue: Venue,
    /// Who listens.
    pub hub: Arc<Hub>,
    /// What is shown.
    pub listings: Mutex<Listings>,
    /// How far the playback is.
    pub progress: Progress,
    /// How long the market is, when that is known.
    pub extent: KnownExtent,
}
