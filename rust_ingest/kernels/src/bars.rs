//! market.ticks -> market.bars: bars from trades, and from quotes.
//!
//! Time bars stand in `intervals_ns`. A trade's own time (`event_ns`) decides its bar: `open_ns` is that time rounded down
//! to a multiple of the interval. Only trades and heartbeats of the same instrument move time on:
//!
//! - A trade at or past the open bar's end closes it, then opens the next one. Intervals without a trade make no bar.
//! - A heartbeat closes the open bar once its `event_ns`, less the allowed lateness, is at or past the bar's end.
//! - A trade older than the open bar is late: its bar cannot be opened again, so it counts into the open one, in all its
//!   fields, and in `late_count`. If none is open and the trade's own interval is closed already, it opens the first
//!   interval that is not, and is late there. So no trade is lost, none counts twice, and bars of one interval never
//!   overlap.
//!
//! Quotes and gaps carry no trade time (Binance's spot bookTicker has none at all), so the log's order places them: what
//! stands between two closes counts into the bar that the second one ends, open or not when it came. A lost connection
//! forgets the last quote: an old price is not shown as the bid, and no imbalance is taken across the hole.
//!
//! With `depth_levels` each instrument has a book (`logged_book`), and a bar the slopes of its sides as it stands when the
//! bar is closed, in the log's order too.
//!
//! All other bars stand in `series`: those that something else ends (ticks, volume, notional, range, Renko, imbalance,
//! runs), those of quotes, and time bars by sessions or without gaps (`sampling`). The log's order is theirs (`sampler`).
//! Time bars made of smaller ones stand there too, and take those last (`larger_bars`).

use contracts::{
    BarsState, BookDelta, BookSnapshot, Gap, GapStream, Heartbeat, Instrument, InstrumentBarsState, Kind, Quote,
    Record, SchemaIds, TopState, Trade, encode,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::by_instrument::ByInstrument;
use crate::checked::{in_time, positive};
use crate::config::parse;
use crate::larger_bars::{LargerBars, OfTicks};
use crate::logged_book::LoggedBook;
use crate::open_bar::{Counts, Terms, Tick};
use crate::order_flow::{imbalance, top_of};
use crate::sampler::Sampler;
use crate::sampling::{LENGTH_NS_MAX, Sampling, SeriesConfig, series};
use crate::scale::Scale;
use crate::snapshot::{open, same};
use crate::time_bar::Interval;
use crate::time_buckets::Buckets;
use crate::trade_signs::{self, NO_PAIRS, Pairs, TradeSigns};
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError};

/// Beyond what any book has near its mid.
const DEPTH_LEVELS_MAX: i64 = 10_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    intervals_ns: Vec<i64>,
    lateness_ns: i64,
    sessions: Vec<Map<String, Value>>,
    series: Vec<SeriesConfig>,
    depth_levels: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            intervals_ns: vec![1_000_000_000, 5_000_000_000, 60_000_000_000],
            lateness_ns: 1_000_000_000,
            sessions: Vec::new(),
            series: Vec::new(),
            depth_levels: 0,
        }
    }
}

/// All bars of one instrument.
#[derive(Debug, Clone)]
struct AllBars {
    scale: Scale,
    top: Option<TopState>,
    signs: TradeSigns,
    intervals: Vec<Interval>,
    samplers: Vec<Sampler>,
    larger: Vec<LargerBars>,
    /// Where books are kept.
    book: Option<Box<LoggedBook>>,
}

impl AllBars {
    fn begun(
        intervals_ns: &[i64],
        samplings: &[Sampling],
        depth_levels: i32,
        scale: Scale,
        venue: &str,
        instrument: &str,
    ) -> Result<Self, Refusal> {
        let of_it = |one: &&Sampling| one.is_of(venue, instrument);
        let (larger, by_ticks): (Vec<_>, Vec<_>) = samplings
            .iter()
            .filter(of_it)
            .partition(|sampling| sampling.smaller.is_some());
        let mut intervals: Vec<_> = intervals_ns
            .iter()
            .map(|length_ns| Interval::new(Buckets::new(*length_ns, None), *length_ns, "", false))
            .collect();
        let mut samplers = by_ticks
            .into_iter()
            .map(|sampling| Sampler::new(sampling, scale, venue, instrument))
            .collect::<Result<Vec<_>, _>>()?;
        let larger = larger
            .into_iter()
            .map(|sampling| LargerBars::new(sampling, intervals_ns, &mut intervals, &mut samplers))
            .collect();
        Ok(Self {
            scale,
            top: None,
            signs: TradeSigns::default(),
            intervals,
            samplers,
            larger,
            book: (depth_levels > 0).then(|| Box::new(LoggedBook::new(depth_levels))),
        })
    }

    /// What quotes and gaps count into; larger bars have theirs from the smaller.
    fn counts(&self) -> impl Iterator<Item = &Counts> {
        let intervals = self.intervals.iter().map(|interval| &interval.counts);
        intervals.chain(self.samplers.iter().map(Sampler::counts))
    }

    fn counts_mut(&mut self) -> impl Iterator<Item = &mut Counts> {
        let intervals = self.intervals.iter_mut().map(|interval| &mut interval.counts);
        intervals.chain(self.samplers.iter_mut().map(Sampler::counts_mut))
    }

    fn of_ticks(&self) -> OfTicks<'_> {
        OfTicks {
            intervals: &self.intervals,
            samplers: &self.samplers,
        }
    }

    /// Of each series the pairs at its last close, in the order of the state.
    fn pairs(&self) -> impl Iterator<Item = &Pairs> {
        let larger = self.larger.iter().map(|one| &one.counts().pairs);
        self.counts().map(|counts| &counts.pairs).chain(larger)
    }

    fn restore_pairs(&mut self, pairs: impl Iterator<Item = Pairs>) {
        let intervals = self.intervals.iter_mut().map(|interval| &mut interval.counts);
        let samplers = self.samplers.iter_mut().map(Sampler::counts_mut);
        let larger = self.larger.iter_mut().map(LargerBars::counts_mut);
        for (counts, pairs) in intervals.chain(samplers).chain(larger).zip(pairs) {
            counts.pairs = pairs;
        }
    }

    /// # Errors
    /// `overflow` for a tick that would overflow a larger bar.
    fn larger_have_room_for(
        &mut self,
        quantity: i64,
        now_ns: i64,
        of_quotes: bool,
        place: (&str, &str),
    ) -> Result<(), Refusal> {
        let of = OfTicks {
            intervals: &self.intervals,
            samplers: &self.samplers,
        };
        let mut larger = self.larger.iter_mut().filter(|one| one.is_of_quotes() == of_quotes);
        larger.try_for_each(|one| one.has_room_for(quantity, now_ns, of, place))
    }
}

/// Behind all that a record at `now_ns` ended, of the series that it can end.
fn end_larger(
    (intervals, samplers, larger): (&mut [Interval], &mut [Sampler], &mut [LargerBars]),
    now_ns: i64,
    of_trades: bool,
    terms: &Terms<'_>,
    emit: &mut Emit<'_>,
) {
    if larger.is_empty() {
        return;
    }
    for one in larger.iter_mut().filter(|one| of_trades || one.is_of_quotes()) {
        one.close_by(now_ns, OfTicks { intervals, samplers }, terms, emit);
    }
    let named = samplers.iter_mut().filter_map(|sampler| sampler.interval.as_mut());
    intervals
        .iter_mut()
        .chain(named)
        .for_each(|interval| interval.ended.clear());
}

pub(crate) struct Bars {
    intervals_ns: Vec<i64>,
    lateness_ns: i64,
    samplings: Vec<Sampling>,
    depth_levels: i32,
    instruments: ByInstrument<AllBars>,
}

impl Bars {
    pub fn make(config: &str) -> Result<Box<dyn Kernel>, ConfigError> {
        let config: Config = parse(config)?;
        let ascending = config.intervals_ns.windows(2).all(|pair| pair[0] < pair[1]);
        let possible = |interval_ns: &i64| (1..=LENGTH_NS_MAX).contains(interval_ns);
        let has_bars = !(config.intervals_ns.is_empty() && config.series.is_empty());
        if !has_bars || !ascending || !config.intervals_ns.iter().all(possible) {
            return Err(ConfigError::field(
                "intervals_ns",
                "needs lengths up to a year, ascending, each once",
            ));
        }
        if config.lateness_ns < 0 {
            return Err(ConfigError::field("lateness_ns", "is negative"));
        }
        if !(0..=DEPTH_LEVELS_MAX).contains(&config.depth_levels) {
            return Err(ConfigError::field("depth_levels", "is not between 0 and 10000"));
        }
        let samplings = series(config.series, config.sessions, &config.intervals_ns)?;
        Ok(Box::new(Self {
            intervals_ns: config.intervals_ns,
            lateness_ns: config.lateness_ns,
            samplings,
            depth_levels: config.depth_levels as i32,
            instruments: ByInstrument::default(),
        }))
    }

    /// The instrument's bars, begun if this is its first record.
    #[inline]
    fn bars(&mut self, venue: &str, instrument: &str, scale: Scale) -> Result<&mut AllBars, Refusal> {
        let (intervals_ns, samplings, depth_levels) = (&self.intervals_ns, &self.samplings, self.depth_levels);
        let bars = self.instruments.get_or_try_insert(venue, instrument, || {
            scale.is_possible()?;
            AllBars::begun(intervals_ns, samplings, depth_levels, scale, venue, instrument)
        })?;
        bars.scale.holds_for(scale, venue, instrument)?;
        Ok(bars)
    }

    fn on_instrument(&mut self, terms: &Instrument<'_>) -> Result<(), Refusal> {
        let scale = Scale::new(terms.price_exponent, terms.quantity_exponent);
        self.bars(terms.venue, terms.instrument, scale).map(|_| ())
    }

    fn on_trade(&mut self, offset: i64, trade: &Trade<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        positive("price", trade.price)?;
        positive("quantity", trade.quantity)?;
        in_time("event_ns", trade.event_ns)?;
        let scale = Scale::new(trade.price_exponent, trade.quantity_exponent);
        let bars = self.bars(trade.venue, trade.instrument, scale)?;
        let tick = Tick::of_trade(trade);
        for interval in &bars.intervals {
            interval.has_room_for(&tick, trade.venue, trade.instrument)?;
        }
        for sampler in bars.samplers.iter().filter(|sampler| !sampler.is_of_quotes()) {
            sampler.has_room_for(&tick, trade.venue, trade.instrument)?;
        }
        let place = (trade.venue, trade.instrument);
        bars.larger_have_room_for(tick.quantity, trade.event_ns, false, place)?;
        let terms = Terms {
            venue: trade.venue,
            instrument: trade.instrument,
            scale,
            top: bars.top.as_ref(),
            receive_ns: trade.receive_ns,
            pairs: bars.signs.pairs,
            book: bars.book.as_deref(),
        };
        for interval in &mut bars.intervals {
            interval.close_by(trade.event_ns, &terms, emit);
            interval.add(offset, &tick);
        }
        bars.signs.add(trade.aggressor);
        let counted = terms.with(bars.signs.pairs);
        for sampler in bars.samplers.iter_mut().filter(|sampler| !sampler.is_of_quotes()) {
            sampler.close_by(trade.event_ns, &terms, emit);
            sampler.take(offset, &tick, &counted, emit);
        }
        let terms = terms.with(NO_PAIRS);
        for sampler in bars.samplers.iter_mut().filter(|sampler| sampler.is_of_quotes()) {
            sampler.hear(trade.event_ns, &terms, emit);
        }
        let all = (&mut bars.intervals[..], &mut bars.samplers[..], &mut bars.larger[..]);
        end_larger(all, trade.event_ns, true, &terms, emit);
        Ok(())
    }

    fn on_heartbeat(&mut self, beat: &Heartbeat<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        in_time("event_ns", beat.event_ns)?;
        let now_ns = beat.event_ns.saturating_sub(self.lateness_ns);
        let Some(bars) = self.instruments.get_mut(beat.venue, beat.instrument) else {
            return Ok(());
        };
        let terms = Terms {
            venue: beat.venue,
            instrument: beat.instrument,
            scale: bars.scale,
            top: bars.top.as_ref(),
            receive_ns: beat.receive_ns,
            pairs: bars.signs.pairs,
            book: bars.book.as_deref(),
        };
        for interval in &mut bars.intervals {
            interval.close_by(now_ns, &terms, emit);
        }
        for sampler in bars.samplers.iter_mut().filter(|sampler| !sampler.is_of_quotes()) {
            sampler.close_by(now_ns, &terms, emit);
        }
        let terms = terms.with(NO_PAIRS);
        for sampler in bars.samplers.iter_mut().filter(|sampler| sampler.is_of_quotes()) {
            sampler.hear(now_ns, &terms, emit);
        }
        let all = (&mut bars.intervals[..], &mut bars.samplers[..], &mut bars.larger[..]);
        end_larger(all, now_ns, true, &terms, emit);
        Ok(())
    }

    fn on_quote(&mut self, offset: i64, quote: &Quote<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        let top = top_of(quote)?;
        if let Some(event_ns) = quote.event_ns {
            in_time("event_ns", event_ns)?;
        }
        let scale = Scale::new(quote.price_exponent, quote.quantity_exponent);
        let bars = self.bars(quote.venue, quote.instrument, scale)?;
        let change = bars.top.as_ref().map_or(0, |before| imbalance(before, &top));
        let of = bars.of_ticks();
        let larger_has_room = |one: &LargerBars| one.has_room_for_imbalance(change, of);
        let has_room = |counts: &Counts| counts.has_room_for_imbalance(change);
        if !bars.counts().all(has_room) || !bars.larger.iter().all(larger_has_room) {
            return Err(Refusal::overflow("order_flow_imbalance", quote.venue, quote.instrument));
        }
        for sampler in bars.samplers.iter().filter(|sampler| sampler.is_of_quotes()) {
            if let Some(tick) = sampler.tick_of(&top, quote.event_ns) {
                sampler.has_room_for(&tick, quote.venue, quote.instrument)?;
            }
        }
        let place = (quote.venue, quote.instrument);
        bars.larger_have_room_for(0, quote.event_ns.unwrap_or(0), true, place)?;
        let before = bars.top;
        let terms = |top| Terms {
            venue: quote.venue,
            instrument: quote.instrument,
            scale,
            top,
            receive_ns: quote.receive_ns,
            pairs: NO_PAIRS,
            book: None,
        };
        if let Some(event_ns) = quote.event_ns {
            let before = Terms {
                book: bars.book.as_deref(),
                ..terms(before.as_ref())
            };
            for sampler in bars.samplers.iter_mut().filter(|sampler| sampler.is_of_quotes()) {
                sampler.hear(event_ns, &before, emit);
            }
            let all = (&mut bars.intervals[..], &mut bars.samplers[..], &mut bars.larger[..]);
            end_larger(all, event_ns, false, &before, emit);
        }
        bars.top = Some(top);
        bars.counts_mut().for_each(|counts| counts.add_quote(change));
        let now = Terms {
            book: bars.book.as_deref(),
            ..terms(Some(&top))
        };
        for sampler in bars.samplers.iter_mut().filter(|sampler| sampler.is_of_quotes()) {
            if let Some(tick) = sampler.tick_of(&top, quote.event_ns) {
                sampler.take(offset, &tick, &now, emit);
            }
        }
        Ok(())
    }

    fn on_depth(&mut self, delta: &BookDelta<'_>) -> Result<(), Refusal> {
        let scale = Scale::new(delta.price_exponent, delta.quantity_exponent);
        let bars = self.bars(delta.venue, delta.instrument, scale)?;
        bars.book.as_mut().map_or(Ok(()), |book| book.on_delta(delta))
    }

    fn on_book(&mut self, snapshot: &BookSnapshot<'_>) -> Result<(), Refusal> {
        let scale = Scale::new(snapshot.price_exponent, snapshot.quantity_exponent);
        let bars = self.bars(snapshot.venue, snapshot.instrument, scale)?;
        bars.book.as_mut().map_or(Ok(()), |book| book.on_snapshot(snapshot))
    }

    fn on_gap(&mut self, gap: &Gap<'_>) -> Result<(), Refusal> {
        let Some(bars) = self.instruments.get_mut(gap.venue, gap.instrument) else {
            return Ok(());
        };
        let of = bars.of_ticks();
        if bars.counts().any(Counts::gaps_are_full) || bars.larger.iter().any(|one| one.gaps_are_full(of)) {
            return Err(Refusal::overflow("gap_count", gap.venue, gap.instrument));
        }
        if gap.stream == GapStream::Connection {
            bars.top = None;
        }
        if gap.stream != GapStream::Book {
            bars.signs.forget();
        }
        if let Some(book) = &mut bars.book
            && gap.stream != GapStream::Trade
        {
            book.forget();
        }
        bars.counts_mut().for_each(Counts::add_gap);
        Ok(())
    }

    fn series_texts(&self) -> Vec<String> {
        self.samplings.iter().map(Sampling::text).collect()
    }
}

impl Kernel for Bars {
    fn reads(&self, kind: Kind) -> bool {
        match kind {
            Kind::Instrument | Kind::Trade | Kind::Quote | Kind::Gap | Kind::Heartbeat => true,
            Kind::BookDelta | Kind::BookSnapshot => self.depth_levels > 0,
            _ => false,
        }
    }

    fn on_record(&mut self, cause: Position, record: &Record<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        match record {
            Record::Trade(trade) => self.on_trade(cause.offset, trade, emit),
            Record::Quote(quote) => self.on_quote(cause.offset, quote, emit),
            Record::Heartbeat(beat) => self.on_heartbeat(beat, emit),
            Record::Gap(gap) => self.on_gap(gap),
            Record::BookDelta(delta) => self.on_depth(delta),
            Record::BookSnapshot(snapshot) => self.on_book(snapshot),
            Record::Instrument(terms) => self.on_instrument(terms),
            _ => Ok(()),
        }
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let instruments = self.instruments.iter().map(|entry| InstrumentBarsState {
            venue: &entry.venue,
            instrument: &entry.instrument,
            price_exponent: entry.value.scale.price_exponent,
            quantity_exponent: entry.value.scale.quantity_exponent,
            top: entry.value.top,
            intervals: entry.value.intervals.iter().map(|one| one.counts.state).collect(),
        });
        let samplers = self.instruments.iter().flat_map(|entry| {
            let samplers = entry.value.samplers.iter();
            let larger = entry.value.larger.iter();
            let samplers = samplers.map(|one| one.state(&entry.venue, &entry.instrument));
            samplers.chain(larger.map(|one| one.state(&entry.venue, &entry.instrument)))
        });
        let signs = self
            .instruments
            .iter()
            .map(|entry| entry.value.signs.state(entry.value.pairs()));
        let books = self.instruments.iter().filter_map(|entry| entry.value.book.as_ref());
        let series = self.series_texts();
        let state = BarsState {
            intervals_ns: self.intervals_ns.clone(),
            instruments: instruments.collect(),
            series: series.iter().map(String::as_str).collect(),
            samplers: samplers.collect(),
            signs: signs.collect(),
            depth_levels: self.depth_levels,
            books: books.map(|book| book.state()).collect(),
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let state = match open(ids, state, Kind::BarsState)? {
            Record::BarsState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::BarsState, other.kind())),
        };
        same("intervals_ns", &state.intervals_ns, &self.intervals_ns)?;
        let series = self.series_texts();
        same("series", &state.series, &series.iter().map(String::as_str).collect())?;
        same("depth_levels", &state.depth_levels, &self.depth_levels)?;
        self.instruments = ByInstrument::default();
        let mut sampled = state.samplers.iter();
        let mut books = state.books.into_iter();
        for (at, saved) in state.instruments.iter().enumerate() {
            let scale = Scale::new(saved.price_exponent, saved.quantity_exponent);
            let (venue, instrument) = (saved.venue, saved.instrument);
            let (intervals_ns, samplings) = (&self.intervals_ns, &self.samplings);
            let mut bars = AllBars::begun(intervals_ns, samplings, self.depth_levels, scale, venue, instrument)?;
            for (interval, state) in bars.intervals.iter_mut().zip(&saved.intervals) {
                interval.restore(*state, None);
            }
            for (sampler, state) in bars.samplers.iter_mut().zip(&mut sampled) {
                sampler.restore(state);
            }
            for (larger, state) in bars.larger.iter_mut().zip(&mut sampled) {
                larger.restore(state);
            }
            bars.top = saved.top;
            if let (Some(book), Some(state)) = (&mut bars.book, books.next()) {
                book.restore(state)?;
            }
            // A state from before there were signs has none: they begin here.
            if let Some(signs) = state.signs.get(at) {
                bars.signs = TradeSigns::restored(signs);
                bars.restore_pairs(trade_signs::at_close(signs));
            }
            self.instruments.get_or_insert(venue, instrument, || bars);
        }
        Ok(())
    }
}
