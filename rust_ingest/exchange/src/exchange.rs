//! What all parts of the process share.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::bell::Bell;
use crate::clock;
use crate::faults::FaultBoard;
use crate::feed::hub::Hub;
use crate::market::survey::KnownExtent;
use crate::progress::Progress;
use crate::rest::limits::Meter;
use crate::rest::signature::Credentials;
use crate::trading::desk::Desk;
use crate::user_stream::keys::ListenKeys;
use crate::venue::Venue;

/// Time on the way, which loopback does not have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latency {
    /// From an order's arrival until it is looked at.
    pub order: Duration,
    /// From then until its answer is written.
    pub answer: Duration,
}

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
    /// Who may listen to what happens to an account.
    pub listen_keys: ListenKeys,
    /// Who has asked for how much.
    pub meter: Meter,
    /// How long orders and their answers are under way, as they are between a client and the venue.
    pub latency: Latency,
    /// What is to go wrong.
    pub faults: FaultBoard,
    /// Rings when a client has changed a live market.
    pub bell: Bell,
    /// How far the playback is.
    pub progress: Progress,
    /// How long the market is, when that is known.
    pub extent: KnownExtent,
}

impl Exchange {
    /// The exchange's own clock, ns since 1970: the true time, unless a fault has set it wrong.
    pub fn now_ns(&self) -> u64 {
        let skew_ns = self.faults.clock_skew_ms().saturating_mul(clock::NS_PER_MS as i64);
        clock::now_ns().saturating_add_signed(skew_ns)
    }

    /// The same in ms.
    pub fn now_ms(&self) -> u64 {
        self.now_ns() / clock::NS_PER_MS
    }
}
