//! market.ticks -> market.bars: time bars from trades.
//!
//! A trade's own time (`event_ns`) decides its bar: `open_ns` is that time rounded down to a multiple of the interval.
//! Only trades and heartbeats of the same instrument move time on:
//!
//! - A trade at or past the open bar's end closes it, then opens the next one. Intervals without a trade make no bar.
//! - A heartbeat closes the open bar once its `event_ns`, less the allowed lateness, is at or past the bar's end.
//! - A trade older than the open bar is late: its bar cannot be opened again, so it counts into the open one, in all
//!   its fields, and in `late_count`. If none is open and the trade's own interval is closed already, it opens the
//!   first interval that is not, and is late there. So no trade is lost, none counts twice, and bars of one interval
//!   never overlap.
//!
//! Quotes and gaps carry no trade time (Binance's spot bookTicker has none at all), so the log's order places them:
//! what stands between two closes counts into the bar that the second one ends, open or not when it came. A lost
//! connection forgets the last quote: an old price is not shown as the bid, and no imbalance is taken across the hole.

use contracts::{
    BarsState, Gap, GapStream, Heartbeat, Instrument, InstrumentBarsState, Kind, Quote, Record, SchemaIds, TopState,
    Trade, encode,
};
use serde::Deserialize;

use crate::by_instrument::ByInstrument;
use crate::checked::{in_time, positive};
use crate::config::parse;
use crate::order_flow::{imbalance, top_of};
use crate::scale::Scale;
use crate::snapshot::{open, same};
use crate::time_bar::{Interval, Terms};
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError};

/// No bar is longer than a year.
const INTERVAL_NS_MAX: i64 = 366 * 86_400 * 1_000_000_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    intervals_ns: Vec<i64>,
    lateness_ns: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            intervals_ns: vec![1_000_000_000, 5_000_000_000, 60_000_000_000],
            lateness_ns: 1_000_000_000,
        }
    }
}

/// All bar lengths of one instrument.
#[derive(Debug, Clone)]
struct Series {
    scale: Scale,
    top: Option<TopState>,
    intervals: Vec<Interval>,
}

pub(crate) struct Bars {
    config: Config,
    instruments: ByInstrument<Series>,
}

impl Bars {
    pub fn make(config: &str) -> Result<Box<dyn Kernel>, ConfigError> {
        let config: Config = parse(config)?;
        let ascending = config.intervals_ns.windows(2).all(|pair| pair[0] < pair[1]);
        let possible = |interval_ns: &i64| (1..=INTERVAL_NS_MAX).contains(interval_ns);
        if config.intervals_ns.is_empty() || !ascending || !config.intervals_ns.iter().all(possible) {
            return Err(ConfigError::field(
                "intervals_ns",
                "needs lengths up to a year, ascending, each once",
            ));
        }
        if config.lateness_ns < 0 {
            return Err(ConfigError::field("lateness_ns", "is negative"));
        }
        Ok(Box::new(Self {
            config,
            instruments: ByInstrument::default(),
        }))
    }

    /// The instrument's bars, begun if this is its first record.
    #[inline]
    fn series(&mut self, venue: &str, instrument: &str, scale: Scale) -> Result<&mut Series, Refusal> {
        if self.instruments.get(venue, instrument).is_none() {
            scale.is_possible()?;
        }
        let intervals_ns = &self.config.intervals_ns;
        let series = self.instruments.get_or_insert(venue, instrument, || Series {
            scale,
            top: None,
            intervals: intervals_ns.iter().copied().map(Interval::new).collect(),
        });
        series.scale.holds_for(scale, venue, instrument)?;
        Ok(series)
    }

    fn on_instrument(&mut self, terms: &Instrument<'_>) -> Result<(), Refusal> {
        let scale = Scale::new(terms.price_exponent, terms.quantity_exponent);
        self.series(terms.venue, terms.instrument, scale).map(|_| ())
    }

    fn on_trade(&mut self, offset: i64, trade: &Trade<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        positive("price", trade.price)?;
        positive("quantity", trade.quantity)?;
        in_time("event_ns", trade.event_ns)?;
        let scale = Scale::new(trade.price_exponent, trade.quantity_exponent);
        let series = self.series(trade.venue, trade.instrument, scale)?;
        for interval in &series.intervals {
            interval.has_room_for(trade)?;
        }
        let terms = Terms {
            venue: trade.venue,
            instrument: trade.instrument,
            scale,
            top: series.top.as_ref(),
            receive_ns: trade.receive_ns,
        };
        for interval in &mut series.intervals {
            interval.close_by(trade.event_ns, &terms, emit);
            interval.add(offset, trade);
        }
        Ok(())
    }

    fn on_heartbeat(&mut self, beat: &Heartbeat<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        in_time("event_ns", beat.event_ns)?;
        let now_ns = beat.event_ns.saturating_sub(self.config.lateness_ns);
        let Some(series) = self.instruments.get_mut(beat.venue, beat.instrument) else {
            return Ok(());
        };
        let terms = Terms {
            venue: beat.venue,
            instrument: beat.instrument,
            scale: series.scale,
            top: series.top.as_ref(),
            receive_ns: beat.receive_ns,
        };
        for interval in &mut series.intervals {
            interval.close_by(now_ns, &terms, emit);
        }
        Ok(())
    }

    fn on_quote(&mut self, quote: &Quote<'_>) -> Result<(), Refusal> {
        let top = top_of(quote)?;
        let scale = Scale::new(quote.price_exponent, quote.quantity_exponent);
        let series = self.series(quote.venue, quote.instrument, scale)?;
        let change = series.top.as_ref().map_or(0, |before| imbalance(before, &top));
        let overflows = |interval: &Interval| interval.imbalance_after(change).is_none();
        if series.intervals.iter().any(overflows) {
            return Err(Refusal::overflow("order_flow_imbalance", quote.venue, quote.instrument));
        }
        series.top = Some(top);
        for interval in &mut series.intervals {
            interval.add_quote(change);
        }
        Ok(())
    }

    fn on_gap(&mut self, gap: &Gap<'_>) -> Result<(), Refusal> {
        let Some(series) = self.instruments.get_mut(gap.venue, gap.instrument) else {
            return Ok(());
        };
        if series.intervals.iter().any(Interval::gaps_are_full) {
            return Err(Refusal::overflow("gap_count", gap.venue, gap.instrument));
        }
        if gap.stream == GapStream::Connection {
            series.top = None;
        }
        for interval in &mut series.intervals {
            interval.add_gap();
        }
        Ok(())
    }
}

impl Kernel for Bars {
    fn reads(&self, kind: Kind) -> bool {
        matches!(
            kind,
            Kind::Instrument | Kind::Trade | Kind::Quote | Kind::Gap | Kind::Heartbeat
        )
    }

    fn on_record(&mut self, cause: Position, record: &Record<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        match record {
            Record::Trade(trade) => self.on_trade(cause.offset, trade, emit),
            Record::Quote(quote) => self.on_quote(quote),
            Record::Heartbeat(beat) => self.on_heartbeat(beat, emit),
            Record::Gap(gap) => self.on_gap(gap),
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
            intervals: entry.value.intervals.iter().map(Interval::state).collect(),
        });
        let state = BarsState {
            intervals_ns: self.config.intervals_ns.clone(),
            instruments: instruments.collect(),
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let state = match open(ids, state, Kind::BarsState)? {
            Record::BarsState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::BarsState, other.kind())),
        };
        same("intervals_ns", &state.intervals_ns, &self.config.intervals_ns)?;
        self.instruments = ByInstrument::default();
        for series in &state.instruments {
            let lengths = state.intervals_ns.iter().copied();
            let intervals = lengths
                .zip(&series.intervals)
                .map(|(length_ns, state)| Interval::restored(length_ns, *state));
            self.instruments
                .get_or_insert(series.venue, series.instrument, || Series {
                    scale: Scale::new(series.price_exponent, series.quantity_exponent),
                    top: series.top,
                    intervals: intervals.collect(),
                });
        }
        Ok(())
    }
}
