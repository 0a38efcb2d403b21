//! A named series of bars of one instrument. A tick ends them, by the rule of their name (`sampling`).
//!
//! The log's order is theirs: a tick counts into the bar that is open when it comes, however old it is; older than the
//! bar's start it is late, and counts in `late_count` too. `close_ns` is the newest time of a tick so far, and no bar
//! begins before the last one's end. So no trade is lost, none counts twice, and none is split: the bar that it ends has
//! all of it.
//!
//! Of quotes, each is a tick that has the price; a side that is empty has none. A quote without a time of the venue's
//! has the newest that the instrument's trades, quotes and heartbeats told; before the first it is no tick. Their time
//! bars end as those of trades do (`bars`), and by trades and heartbeats too.

use contracts::{ExpectedFlowState, OpenBarState, SamplerState, TopState};

use crate::expected_flow::{self, Flow};
use crate::open_bar::{self, Counts, End, Terms, Tick};
use crate::sampling::{Measure, Rule, Sampling, Source};
use crate::scale::Scale;
use crate::time_bar::Interval;
use crate::time_buckets::Buckets;
use crate::trade_signs::NO_PAIRS;
use crate::{Emit, Refusal};

/// Of one tick: more is a size that was meant for another instrument.
const BRICKS_MAX: i128 = 10_000;

/// One series of one instrument.
#[derive(Debug, Clone)]
pub(crate) struct Sampler {
    sampling: Sampling,
    size: i128,
    /// Of time bars, which have their own counts.
    pub interval: Option<Interval>,
    counts: Counts,
    newest_ns: i64,
    heard_ns: i64,
    ticks: i64,
    price: Option<i64>,
    sign: i32,
    bought: i128,
    sold: i128,
    expected: Option<ExpectedFlowState>,
}

impl Sampler {
    /// # Errors
    /// `bad_size` where the size is no whole count of the instrument's units.
    pub fn new(sampling: &Sampling, scale: Scale, venue: &str, instrument: &str) -> Result<Self, Refusal> {
        let size = sampling.units(scale, venue, instrument)?;
        Ok(Self {
            size,
            interval: (sampling.rule == Rule::Time).then(|| {
                // No longer than a year.
                let buckets = Buckets::new(size as i64, sampling.sessions.clone());
                Interval::new(buckets, 0, sampling.name(), sampling.filled)
            }),
            sampling: sampling.clone(),
            counts: Counts::new(None, NO_PAIRS),
            newest_ns: 0,
            heard_ns: 0,
            ticks: 0,
            price: None,
            sign: 0,
            bought: 0,
            sold: 0,
            expected: None,
        })
    }

    pub fn name(&self) -> &str {
        self.sampling.name()
    }

    pub fn is_of_quotes(&self) -> bool {
        self.sampling.source != Source::Trades
    }

    pub fn counts(&self) -> &Counts {
        self.interval.as_ref().map_or(&self.counts, |interval| &interval.counts)
    }

    pub fn counts_mut(&mut self) -> &mut Counts {
        match &mut self.interval {
            Some(interval) => &mut interval.counts,
            None => &mut self.counts,
        }
    }

    /// Bars of quotes learn the time of the instrument's other records.
    pub fn hear(&mut self, now_ns: i64, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        self.heard_ns = self.heard_ns.max(now_ns);
        self.close_by(now_ns, terms, emit);
    }

    /// Time bars end as time goes on; no others do.
    pub fn close_by(&mut self, now_ns: i64, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        if let Some(interval) = &mut self.interval {
            interval.close_by(now_ns, terms, emit);
        }
    }

    /// A quote as a tick; `None` if it is none.
    pub fn tick_of(&self, top: &TopState, event_ns: Option<i64>) -> Option<Tick> {
        let now_ns = event_ns.unwrap_or(self.heard_ns);
        let (bid, ask) = (top.bid_price, top.ask_price);
        let price = match self.sampling.source {
            Source::Bid => bid,
            Source::Ask => ask,
            // Between the two, so it fits.
            _ if bid > 0 && ask > 0 => ((i128::from(bid) + i128::from(ask)) / 2) as i64,
            _ => 0,
        };
        (price > 0 && now_ns > 0).then(|| Tick::at(now_ns, price))
    }

    /// # Errors
    /// `overflow` for a tick that would overflow the open bar, or make too many bricks.
    pub fn has_room_for(&self, tick: &Tick, venue: &str, instrument: &str) -> Result<(), Refusal> {
        if let Some(interval) = &self.interval {
            return interval.has_room_for(tick, venue, instrument);
        }
        if let Some(bar) = &self.counts.state.bar {
            open_bar::has_room_for(bar, tick, venue, instrument)?;
        }
        if self.sampling.rule == Rule::Renko && self.bricks(tick.price).abs() > BRICKS_MAX {
            return Err(Refusal::overflow("bricks", venue, instrument));
        }
        Ok(())
    }

    /// Counts a tick that `has_room_for` let pass, and closes the bar that it fills; time bars close by time.
    pub fn take(&mut self, offset: i64, tick: &Tick, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        if let Some(interval) = &mut self.interval {
            return interval.add(offset, tick);
        }
        let bar = match self.counts.state.bar {
            Some(mut bar) => {
                open_bar::add(&mut bar, offset, tick);
                bar
            }
            None => {
                let open_ns = tick.event_ns.max(self.newest_ns);
                open_bar::begun(open_ns, offset, tick, open_ns > tick.event_ns)
            }
        };
        self.counts.state.bar = Some(bar);
        self.newest_ns = self.newest_ns.max(tick.event_ns);
        self.ticks += 1;
        let full = match self.sampling.rule {
            Rule::Sum => self.sum(&bar) >= self.size,
            Rule::Range => i128::from(bar.high - bar.low) >= self.size,
            Rule::Imbalance | Rule::Run => self.flow_is_as_expected(tick),
            Rule::Renko => return self.lay(bar, tick, terms, emit),
            Rule::Time => unreachable!("an interval has its ticks"),
        };
        if full {
            self.close(&bar, terms, emit);
        }
    }

    fn sum(&self, bar: &OpenBarState) -> i128 {
        match self.sampling.measure {
            Measure::Tick => i128::from(self.ticks),
            Measure::Volume => i128::from(bar.volume),
            Measure::Dollar => bar.notional,
        }
    }

    fn flow_is_as_expected(&mut self, tick: &Tick) -> bool {
        if let Some(price) = self.price
            && tick.price != price
        {
            self.sign = if tick.price > price { 1 } else { -1 };
        }
        let buys = match self.sign {
            0 => tick.bought > 0,
            sign => sign > 0,
        };
        self.price = Some(tick.price);
        let weight = match self.sampling.measure {
            Measure::Tick => 1,
            Measure::Volume => i128::from(tick.quantity),
            Measure::Dollar => tick.notional(),
        };
        match buys {
            true => self.bought += weight,
            false => self.sold += weight,
        }
        let Some(expected) = &self.expected else {
            return i128::from(self.ticks) >= self.size;
        };
        let run = self.sampling.rule == Rule::Run;
        let flow = match run {
            true => self.bought.max(self.sold),
            false => (self.bought - self.sold).abs(),
        };
        flow as f64 >= expected_flow::threshold(expected, run)
    }

    /// How many bricks a tick at `price` lays; negative: downwards.
    fn bricks(&self, price: i64) -> i128 {
        let Some(last) = self.price.map(i128::from) else {
            return 0;
        };
        let price = i128::from(price);
        let top = if self.sign < 0 { last + self.size } else { last };
        let bottom = if self.sign > 0 { last - self.size } else { last };
        if price >= top {
            (price - top) / self.size
        } else if price <= bottom {
            -((bottom - price) / self.size)
        } else {
            0
        }
    }

    /// Closes a brick for each size that the price is beyond the last. The first has what came since then, and its
    /// high and low; the others have no trade.
    fn lay(&mut self, mut bar: OpenBarState, tick: &Tick, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        let bricks = self.bricks(tick.price);
        let last = *self.price.get_or_insert(tick.price);
        if bricks == 0 {
            return;
        }
        let sign = bricks.signum() as i32;
        // A brick was laid or crossed, so the size is at most a price.
        let step = i64::from(sign) * self.size as i64;
        // On the other side of the last brick, the next begins where that one did.
        let mut begin = if sign == -self.sign { last + step } else { last };
        self.sign = sign;
        for number in 0..bricks.abs() {
            if number > 0 {
                let nothing = Tick::at(self.newest_ns, begin);
                bar = open_bar::begun(self.newest_ns, bar.last_offset, &nothing, false);
            }
            let end = begin + step;
            (bar.open, bar.close) = (begin, end);
            (bar.high, bar.low) = (bar.high.max(begin).max(end), bar.low.min(begin).min(end));
            self.close(&bar, terms, emit);
            begin = end;
        }
        self.price = Some(begin);
    }

    fn close(&mut self, bar: &OpenBarState, terms: &Terms<'_>, emit: &mut Emit<'_>) {
        let end = End {
            interval_ns: 0,
            series: self.sampling.name(),
            close_ns: self.newest_ns,
        };
        emit.send(|origin| self.counts.record(bar, end, terms, origin));
        self.counts = Counts::new(Some(self.newest_ns), terms.pairs);
        if self.sampling.rule.is_of_flow() {
            let flow = Flow {
                ticks: self.ticks,
                bought: self.bought,
                sold: self.sold,
            };
            // The sizes of these are counts of ticks, below 2^30.
            let after = expected_flow::after(self.expected, self.size as i64, self.sampling.span, &flow);
            self.expected = Some(after);
        }
        (self.ticks, self.bought, self.sold) = (0, 0, 0);
    }

    pub fn state<'s>(&self, venue: &'s str, instrument: &'s str) -> SamplerState<'s> {
        SamplerState {
            venue,
            instrument,
            counts: self.counts().state,
            newest_ns: self.newest_ns,
            heard_ns: self.heard_ns,
            ticks: self.ticks,
            price: self.interval.as_ref().map_or(self.price, |interval| interval.price),
            sign: self.sign,
            bought: self.bought,
            sold: self.sold,
            expected: self.expected,
        }
    }

    pub fn restore(&mut self, state: &SamplerState<'_>) {
        match &mut self.interval {
            Some(interval) => interval.restore(state.counts, state.price),
            None => self.counts.state = state.counts,
        }
        self.newest_ns = state.newest_ns;
        self.heard_ns = state.heard_ns;
        self.ticks = state.ticks;
        self.price = state.price;
        self.sign = state.sign;
        self.bought = state.bought;
        self.sold = state.sold;
        self.expected = state.expected;
    }
}
