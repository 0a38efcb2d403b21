//! Time bars of one length of one instrument.

use contracts::{IntervalState, OpenBarState};

use crate::open_bar::{self, Counts, End, Terms, Tick};
use crate::time_buckets::{Bucket, Buckets};
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
    /// Whether larger bars are made of these.
    pub is_heard: bool,
    /// Then those that the record in hand ended, each with what was counted since the close before it.
    pub ended: Vec<IntervalState>,
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
            is_heard: false,
            ended: Vec::new(),
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
        let bucket = self.not_closed(own);
        self.counts.state.bar = Some(open_bar::begun(bucket.open_ns, offset, tick, bucket != own));
        self.end_ns = bucket.end_ns;
    }

    /// Counts a bar that lies within one bucket.
    pub fn join(&mut self, ended: &IntervalState) {
        let Some(smaller) = &ended.bar else {
            return;
        };
        let counts = &mut self.counts.state;
        counts.quote_count += ended.quote_count;
        counts.order_flow_imbalance += ended.order_flow_imbalance;
        counts.gap_count += ended.gap_count;
        if self.filled {
            self.price = Some(smaller.close);
        }
        if let Some(bar) = &mut counts.bar {
            return open_bar::join(bar, smaller);
        }
        let bucket = self.bucket_for(smaller.open_ns);
        self.counts.state.bar = Some(OpenBarState {
            open_ns: bucket.open_ns,
            late_count: smaller.late_count + i32::from(smaller.open_ns < bucket.open_ns),
            ..*smaller
        });
        self.end_ns = bucket.end_ns;
    }

    /// The bucket of a time within sessions, or the first behind it that is not closed.
    pub fn bucket_for(&mut self, at_ns: i64) -> Bucket {
        let own = self.buckets.next(at_ns);
        self.not_closed(own)
    }

    pub fn restore(&mut self, state: IntervalState, price: Option<i64>) {
        self.counts = Counts { state, pairs: NO_PAIRS };
        self.price = price;
        if let Some(bar) = &state.bar {
            self.end_ns = self.buckets.next(bar.open_ns).end_ns;
        }
    }

    #[inline]
    fn not_closed(&mut self, own: Bucket) -> Bucket {
        match self.counts.state.closed_ns {
            Some(closed_ns) if own.open_ns < closed_ns => self.buckets.next(closed_ns),
            _ => own,
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
        if self.is_heard {
            self.ended.push(IntervalState {
                bar: Some(*bar),
                ..self.counts.state
            });
        }
        self.counts = Counts::new(Some(close_ns), terms.pairs);
    }
}
