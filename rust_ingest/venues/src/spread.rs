//! How a quote's sides stand to each other. Locked and crossed quotes are real: they are flagged, never dropped.

/// Bid against ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// The bid is below the ask.
    Open,
    /// Both are one price.
    Locked,
    /// The bid is above the ask.
    Crossed,
}

impl Spread {
    /// Of two prices in the same units.
    #[inline]
    pub fn of(bid: i64, ask: i64) -> Self {
        match bid.cmp(&ask) {
            std::cmp::Ordering::Less => Self::Open,
            std::cmp::Ordering::Equal => Self::Locked,
            std::cmp::Ordering::Greater => Self::Crossed,
        }
    }
}

/// Flags events that the venue dates before one that it sent earlier, of the same instrument.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeOrder {
    newest_ns: Option<i64>,
}

impl TimeOrder {
    /// True if the event is older than the newest one so far. Equal times are in order: venues' clocks are coarse.
    #[inline]
    pub fn is_late(&mut self, event_ns: i64) -> bool {
        let is_late = self.newest_ns.is_some_and(|newest_ns| event_ns < newest_ns);
        self.newest_ns = self.newest_ns.max(Some(event_ns));
        is_late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_compared() {
        assert_eq!(
            [(1, 2), (2, 2), (3, 2)].map(|(bid, ask)| Spread::of(bid, ask)),
            [Spread::Open, Spread::Locked, Spread::Crossed]
        );
    }

    #[test]
    fn late_is_behind_the_newest() {
        let mut order = TimeOrder::default();
        let late = [5, 5, 4, 6, 5, 7].map(|event_ns| order.is_late(event_ns));
        assert_eq!(late, [false, false, true, false, true, false]);
    }
}
