//! What all parts of the process share.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::faults::FaultBoard;
use crate::feed::hub::Hub;
use crate::market::survey::KnownExtent;
use crate::progress::Progress;
use crate::rest::signature::Credentials;
use crate::trading::desk::Desk;
use crate::venue::Venue;

/// The exchange.
pub struct Exchange {
    /// Whose dialect it speaks.
    pub venue: Venue,
    /// Who listens.
    pub hub: Arc<Hub>,
    /// What is shown, and what was ordered.
    pub desk: Mutex<Desk>,
    /// Who may trade.
    pub credentials: Credentials,
    /// What is to go wrong.
    pub faults: FaultBoard,
    /// How far the playback is.
    pub progress: Progress,
    /// How long the market is, when that is known.
    pub extent: KnownExtent,
}
