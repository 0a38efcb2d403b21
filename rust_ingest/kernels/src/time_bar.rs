//! Bars of one length of one instrument.

use crate::open_bar::{self, Counts, End, Terms, Tick};
use crate::{Emit, Refusal};

/// One bar length.
#[derive(Debug, Clone)]
pub(crate) struct Interval {
    length_ns: i64,
    /// Empty: bars of trades.
    series: String,
    pub counts: Counts,
}

impl Interval {
    pub fn new(length_ns: i64, series: &str) -> Self {
        Self {
            length_ns,
            series: series.to_owned(),
            counts: Counts::new(None),
        }
    }

    /// # Errors
    /// `overflow` for a tick that would join the open bar and overflow it.
    #[inline]
    pub fn has_room_for(&self, tick: &Tick, venue: &str, instrument: &str) -> Result<(), Refusal> {
        match &self.counts.state.bar {
            Some(bar) if tick.event_ns < bar.open_ns + self.length_ns => {
                open_bar::has_room_for(bar, tick, venue, instrument)
            }
            _ => Ok(()),
        }
    }

    /// Closes the open bar if it ends at or before `now_ns`.
    #[inline]
    pub fn close_by(&mut self, now_ns: i64, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        if let Some(bar) = self.counts.state.bar
            && now_ns >= bar.open_ns + self.length_ns
        {
            let close_ns = bar.open_ns + self.length_ns;
            let end = End {
                interval_ns: if self.series.is_empty() { self.length_ns } else { 0 },
                series: &self.series,
                close_ns,
            };
            emit.send(|origin| self.counts.record(&bar, end, terms, origin));
            self.counts = Counts::new(Some(close_ns));
        }
    }

    /// Counts a tick that `has_room_for` let pass into the open bar, or into a new one.
    #[inline]
    pub fn add(&mut self, offset: i64, tick: &Tick) {
        let state = &mut self.counts.state;
        match &mut state.bar {
            Some(bar) => open_bar::add(bar, offset, tick),
            bar => {
                let own_ns = tick.event_ns - tick.event_ns % self.length_ns;
                let open_ns = state.closed_ns.map_or(own_ns, |closed_ns| own_ns.max(closed_ns));
                *bar = Some(open_bar::begun(open_ns, offset, tick, open_ns > own_ns));
            }
        }
    }
}
