//! Time bars of one length of one instrument.

use contracts::{IntervalState, OpenBarState};

use crate::open_bar::{self, Counts, End, Terms, Tick};
use crate::time_buckets::Buckets;
use crate::trade_signs::NO_PAIRS;
use crate::{Emit, Refusal};

/// Bars that one record ends: a day of seconds. A longer hole stays empty.
const FILLED_MAX: usize = 86_400;

/// One bar length.
#[derive(Debug, Clone)]
pub(crate) struct Interval {
    buckets: Buckets,
    /// As in the bars' records.
    interval_ns: i64,
    /// Empty: bars of trades.
    series: String,
    /// A bucket without a tick makes a bar too, flat at the close before it.
    filled: bool,
    pub counts: Counts,
    /// Of the open bar.
    end_ns: i64,
    /// Of the last tick, where empty buckets make bars; `None` before the first.
    pub price: Option<i64>,
}

impl Interval {
    pub fn new(buckets: Buckets, interval_ns: i64, series: &str, filled: bool) -> Self {
        Self {
            buckets,
            interval_ns,
            series: series.to_owned(),
            filled,
            counts: Counts::new(None, NO_PAIRS),
            end_ns: 0,
            price: None,
        }
    }

    /// # Errors
    /// `overflow` for a tick that would join the open bar and overflow it.
    #[inline]
    pub fn has_room_for(&self, tick: &Tick, venue: &str, instrument: &str) -> Result<(), Refusal> {
        match &self.counts.state.bar {
            Some(bar) if tick.event_ns < self.end_ns => open_bar::has_room_for(bar, tick, venue, instrument),
            _ => Ok(()),
        }
    }

    /// Closes the open bar if it ends at or before `now_ns`, and fills the buckets that ended since.
    #[inline]
    pub fn close_by(&mut self, now_ns: i64, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        if let Some(bar) = self.counts.state.bar {
            if now_ns < self.end_ns {
                return;
            }
            self.close(&bar, self.end_ns, terms, emit);
        }
        if self.filled {
            self.fill(now_ns, terms, emit);
        }
    }

    /// Counts a tick that `has_room_for` let pass into the open bar, or into a new one; outside sessions into none.
    #[inline]
    pub fn add(&mut self, offset: i64, tick: &Tick) {
        let Some(own) = self.buckets.of(tick.event_ns) else {
            return;
        };
        if self.filled {
            self.price = Some(tick.price);
        }
        if let Some(bar) = &mut self.counts.state.bar {
            return open_bar::add(bar, offset, tick);
        }
        let closed_ns = self.counts.state.closed_ns.filter(|closed_ns| own.open_ns < *closed_ns);
        let bucket = closed_ns.map_or(own, |closed_ns| self.buckets.next(closed_ns));
        self.counts.state.bar = Some(open_bar::begun(bucket.open_ns, offset, tick, closed_ns.is_some()));
        self.end_ns = bucket.end_ns;
    }

    pub fn restore(&mut self, state: IntervalState, price: Option<i64>) {
        self.counts = Counts { state, pairs: NO_PAIRS };
        self.price = price;
        if let Some(bar) = &state.bar {
            self.end_ns = self.buckets.next(bar.open_ns).end_ns;
        }
    }

    fn fill(&mut self, now_ns: i64, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        let (Some(closed_ns), Some(price)) = (self.counts.state.closed_ns, self.price) else {
            return;
        };
        let Some(empty) = self.buckets.over(closed_ns, now_ns, FILLED_MAX) else {
            self.counts.state.closed_ns = Some(self.buckets.next(now_ns).open_ns);
            return;
        };
        let offset = emit.next_origin().offset;
        for bucket in empty {
            let flat = open_bar::begun(bucket.open_ns, offset, &Tick::at(bucket.open_ns, price), false);
            self.close(&flat, bucket.end_ns, terms, emit);
        }
    }

    #[inline]
    fn close(&mut self, bar: &OpenBarState, close_ns: i64, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        let end = End {
            interval_ns: self.interval_ns,
            series: &self.series,
            close_ns,
        };
        emit.send(|origin| self.counts.record(bar, end, terms, origin));
        self.counts = Counts::new(Some(close_ns), terms.pairs);
    }
}
