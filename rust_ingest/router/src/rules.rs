//! The rules of time that orders are worked by.

use std::time::Duration;

use crate::moment::nanoseconds;

/// All in ns.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// An order older than this is not sent any more.
    pub deadline_ns: i64,
    /// From the signing of a request until an order that the venue does not show is proven absent.
    pub proof_ns: i64,
    /// Between two questions about a working order, at least.
    pub poll_min_ns: i64,
    /// And at most: the older an order, the less often it is asked about.
    pub poll_max_ns: i64,
}

impl Rules {
    /// The venue refuses a request later than `recv_window` after its timestamp ("Timing security"). `settle` is for
    /// what that leaves open: the venue takes timestamps up to 1 s ahead of its clock, hands the request to its engine after
    /// the check, and shows an order a little later than the engine has it.
    pub fn new(deadline: Duration, recv_window: Duration, settle: Duration) -> Self {
        Self {
            deadline_ns: nanoseconds(deadline),
            proof_ns: nanoseconds(recv_window).saturating_add(nanoseconds(settle)),
            poll_min_ns: 100_000_000,
            poll_max_ns: 5_000_000_000,
        }
    }
}

const PAUSE_MIN_NS: i64 = 50_000_000;
const PAUSE_MAX_NS: i64 = 2_000_000_000;

/// How long to wait after `failures` in a row: 50 ms, doubling, up to 2 s.
pub(crate) fn pause_ns(failures: u32) -> i64 {
    PAUSE_MIN_NS
        .checked_shl(failures.min(10))
        .unwrap_or(PAUSE_MAX_NS)
        .min(PAUSE_MAX_NS)
}
