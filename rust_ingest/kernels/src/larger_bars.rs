//! Time bars that are made of smaller ones of the same stage: `time:5m:of:1m`. Nothing but the smaller bars is in them.
//!
//! - A smaller bar counts when it ends, into the bar in whose bucket it begins. Prices are those of the first, the
//!   highest, the lowest and the last of them, and every count is the sum of theirs; bid and ask are those at its own
//!   close.
//! - It ends with the smaller bar that ends when it does, or, where that one has no tick, with the record that shows that
//!   its end is past: the one that would end the smaller.
//! - A late tick counts as the smaller series says. Should it open a smaller bar in a bucket that is closed here, which
//!   takes a heartbeat that closed it and nothing since, that one counts into the first bucket that is not, and adds one
//!   to `late_count`. So none is lost, and none counts twice.

use contracts::SamplerState;

use crate::open_bar::{Counts, Terms};
use crate::sampler::Sampler;
use crate::sampling::{Sampling, Source};
use crate::time_bar::Interval;
use crate::time_buckets::Buckets;
use crate::{Emit, Refusal};

/// What one tick may add: the bar that it ends, itself, and the bar that it begins.
const LATE_COUNTS: i32 = 3;

/// An instrument's bars of ticks, among which the smaller ones are.
#[derive(Clone, Copy)]
pub(crate) struct OfTicks<'a> {
    pub intervals: &'a [Interval],
    pub samplers: &'a [Sampler],
}

/// Where the smaller bars stand.
#[derive(Debug, Clone, Copy)]
enum Smaller {
    Interval(usize),
    Sampler(usize),
}

/// One series of one instrument.
#[derive(Debug, Clone)]
pub(crate) struct LargerBars {
    smaller: Smaller,
    is_of_quotes: bool,
    interval: Interval,
}

impl LargerBars {
    /// Hears the smaller bars, of which `intervals` or `samplers` has those that `sampling` names.
    pub fn new(sampling: &Sampling, lengths_ns: &[i64], intervals: &mut [Interval], samplers: &mut [Sampler]) -> Self {
        let named = samplers
            .iter()
            .position(|one| Some(one.name()) == sampling.smaller.as_deref());
        let as_long = || {
            lengths_ns
                .iter()
                .position(|length_ns| Some(*length_ns) == sampling.smaller_ns())
        };
        let smaller = match named {
            Some(at) => Smaller::Sampler(at),
            // The configuration was checked: one of both is there.
            None => Smaller::Interval(as_long().expect("a length of intervals_ns")),
        };
        match smaller {
            Smaller::Interval(at) => intervals[at].is_heard = true,
            Smaller::Sampler(at) => samplers[at].interval.iter_mut().for_each(|one| one.is_heard = true),
        }
        let buckets = Buckets::new(sampling.length_ns(), sampling.sessions.clone());
        Self {
            smaller,
            is_of_quotes: sampling.source != Source::Trades,
            interval: Interval::new(buckets, 0, sampling.name(), sampling.filled),
        }
    }

    pub fn is_of_quotes(&self) -> bool {
        self.is_of_quotes
    }

    pub fn counts(&self) -> &Counts {
        &self.interval.counts
    }

    pub fn counts_mut(&mut self) -> &mut Counts {
        &mut self.interval.counts
    }

    /// # Errors
    /// `overflow` for a tick that would overflow the bar when its smaller one joins.
    pub fn has_room_for(
        &mut self,
        quantity: i64,
        now_ns: i64,
        of: OfTicks<'_>,
        (venue, instrument): (&str, &str),
    ) -> Result<(), Refusal> {
        let inside = self.smaller(of).counts.state.bar;
        let bars = [self.interval.counts.state.bar, inside];
        let mut bars = bars.iter().flatten().peekable();
        let Some(first) = bars.peek() else {
            return Ok(());
        };
        if now_ns >= self.interval.bucket_for(first.open_ns).end_ns {
            return Ok(());
        }
        let (mut volume, mut late_count) = (Some(quantity), Some(LATE_COUNTS));
        for bar in bars {
            volume = volume.and_then(|sum| sum.checked_add(bar.volume));
            late_count = late_count.and_then(|sum| sum.checked_add(bar.late_count));
        }
        let what = match (volume, late_count) {
            (None, _) => "volume",
            (_, None) => "late_count",
            _ => return Ok(()),
        };
        Err(Refusal::overflow(what, venue, instrument))
    }

    pub fn has_room_for_imbalance(&self, change: i128, of: OfTicks<'_>) -> bool {
        let (here, inside) = (&self.interval.counts.state, &self.smaller(of).counts.state);
        let sum = i128::from(here.order_flow_imbalance) + i128::from(inside.order_flow_imbalance);
        i64::try_from(sum + change).is_ok()
    }

    pub fn gaps_are_full(&self, of: OfTicks<'_>) -> bool {
        let (here, inside) = (&self.interval.counts.state, &self.smaller(of).counts.state);
        here.gap_count
            .checked_add(inside.gap_count)
            .is_none_or(|sum| sum == i32::MAX)
    }

    /// Takes the smaller bars that this record ended, and closes what ends at or before `now_ns`.
    pub fn close_by(&mut self, now_ns: i64, of: OfTicks<'_>, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        let smaller = self.smaller(of);
        let terms = terms.with(smaller.counts.pairs);
        for ended in &smaller.ended {
            let begin_ns = ended.bar.map_or(now_ns, |bar| bar.open_ns);
            self.interval.close_by(begin_ns, &terms, emit);
            self.interval.join(ended);
        }
        self.interval.close_by(now_ns, &terms, emit);
    }

    pub fn state<'s>(&self, venue: &'s str, instrument: &'s str) -> SamplerState<'s> {
        SamplerState {
            venue,
            instrument,
            counts: self.interval.counts.state,
            newest_ns: 0,
            heard_ns: 0,
            ticks: 0,
            price: self.interval.price,
            sign: 0,
            bought: 0,
            sold: 0,
            expected: None,
        }
    }

    pub fn restore(&mut self, state: &SamplerState<'_>) {
        self.interval.restore(state.counts, state.price);
    }

    fn smaller<'a>(&self, of: OfTicks<'a>) -> &'a Interval {
        match self.smaller {
            Smaller::Interval(at) => &of.intervals[at],
            Smaller::Sampler(at) => of.samplers[at].interval.as_ref().expect("time bars have an interval"),
        }
    }
}
