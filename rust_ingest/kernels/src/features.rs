//! market.bars -> market.features: one feature vector per bar.
//!
//! Statistics are doubles, made by IEEE 754's exact operations (+ - * / and square root) alone, in an order that the
//! twins share, so that they are equal to the bit. A feature is null until it is warm, and where it is not defined:
//! never NaN or infinite.
//!
//! Features follow bars, not the clock: an interval without a trade made no bar, so a return may span several
//! intervals.

use std::cmp::Ordering;

use contracts::{Bar, FeatureVector, FeaturesState, Kind, Record, SchemaIds, SeriesState, encode};
use serde::Deserialize;

use crate::by_instrument::ByInstrument;
use crate::checked::{not_negative, positive};
use crate::config::parse;
use crate::scale::Scale;
use crate::snapshot::{open, same};
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError, ema, rsi};

/// Longer windows would make states that are slow to save.
const PERIOD_MAX: i32 = 10_000;

/// Lengths in bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    ema_fast: i32,
    ema_slow: i32,
    rsi: i32,
    volatility: i32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ema_fast: 12,
            ema_slow: 26,
            rsi: 14,
            volatility: 20,
        }
    }
}

/// One series of bars of one instrument.
#[derive(Debug, Clone)]
struct Series {
    interval_ns: i64,
    name: String,
    scale: Scale,
    close_ns: i64,
    close: i64,
    ema_fast: contracts::EmaState,
    ema_slow: contracts::EmaState,
    rsi: contracts::RsiState,
    /// Simple returns, oldest first.
    returns: Vec<f64>,
}

pub(crate) struct Features {
    config: Config,
    /// By interval and name, ascending.
    instruments: ByInstrument<Vec<Series>>,
}

impl Features {
    pub fn make(config: &str) -> Result<Box<dyn Kernel>, ConfigError> {
        let config: Config = parse(config)?;
        for (field, bars) in [
            ("ema_fast", config.ema_fast),
            ("ema_slow", config.ema_slow),
            ("rsi", config.rsi),
            ("volatility", config.volatility),
        ] {
            if !(1..=PERIOD_MAX).contains(&bars) {
                return Err(ConfigError::field(field, "is not between 1 and 10000"));
            }
        }
        if config.ema_fast >= config.ema_slow {
            return Err(ConfigError::field("ema_fast", "is not shorter than ema_slow"));
        }
        Ok(Box::new(Self {
            config,
            instruments: ByInstrument::default(),
        }))
    }

    fn on_bar(&mut self, bar: &Bar<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        positive("close", bar.close)?;
        not_negative("volume", bar.volume)?;
        let scale = Scale::new(bar.price_exponent, bar.quantity_exponent);
        scale.is_possible()?;
        let all = self.instruments.get_or_insert(bar.venue, bar.instrument, Vec::new);
        let change = match all.binary_search_by(|series| series.order(bar)) {
            Ok(at) => all[at]
                .add(self.config, scale, bar)
                .map(|simple_return| (at, Some(simple_return)))?,
            Err(at) => {
                all.insert(at, Series::begin(self.config, scale, bar));
                (at, None)
            }
        };
        let (at, simple_return) = change;
        let series = &all[at];
        emit.send(|origin| series.vector(self.config, bar, simple_return, origin));
        Ok(())
    }
}

impl Series {
    fn begin(config: Config, scale: Scale, bar: &Bar<'_>) -> Self {
        let close = scale.price(bar.close);
        Self {
            interval_ns: bar.interval_ns,
            name: bar.series.to_owned(),
            scale,
            close_ns: bar.close_ns,
            close: bar.close,
            ema_fast: ema::add(ema::EMPTY, config.ema_fast, close),
            ema_slow: ema::add(ema::EMPTY, config.ema_slow, close),
            rsi: rsi::EMPTY,
            returns: Vec::new(),
        }
    }

    /// Where it stands, seen from the series of `bar`.
    fn order(&self, bar: &Bar<'_>) -> Ordering {
        (self.interval_ns, self.name.as_str()).cmp(&(bar.interval_ns, bar.series))
    }

    /// Takes the next bar; returns its simple return.
    fn add(&mut self, config: Config, scale: Scale, bar: &Bar<'_>) -> Result<f64, Refusal> {
        self.scale.holds_for(scale, bar.venue, bar.instrument)?;
        // Bars that time does not end may end at one moment.
        if bar.close_ns < self.close_ns || (bar.close_ns == self.close_ns && bar.series.is_empty()) {
            return Err(Refusal::OutOfOrder {
                what: "close_ns",
                found: bar.close_ns,
                newest: self.close_ns,
            });
        }
        let (before, close) = (scale.price(self.close), scale.price(bar.close));
        let simple_return = close / before - 1.0;
        self.close_ns = bar.close_ns;
        self.close = bar.close;
        self.ema_fast = ema::add(self.ema_fast, config.ema_fast, close);
        self.ema_slow = ema::add(self.ema_slow, config.ema_slow, close);
        self.rsi = rsi::add(self.rsi, config.rsi, close - before);
        if self.returns.len() == config.volatility as usize {
            self.returns.remove(0);
        }
        self.returns.push(simple_return);
        Ok(simple_return)
    }

    fn vector<'b>(
        &self,
        config: Config,
        bar: &Bar<'b>,
        simple_return: Option<f64>,
        origin: contracts::Origin,
    ) -> FeatureVector<'b> {
        let per_volume = |quantity: f64| (bar.volume > 0).then(|| quantity / bar.volume as f64);
        FeatureVector {
            origin,
            venue: bar.venue,
            instrument: bar.instrument,
            price_exponent: bar.price_exponent,
            quantity_exponent: bar.quantity_exponent,
            interval_ns: bar.interval_ns,
            close_ns: bar.close_ns,
            receive_ns: bar.receive_ns,
            close: bar.close,
            bid_price: bar.bid_price,
            ask_price: bar.ask_price,
            simple_return,
            realised_volatility: self.realised_volatility(config.volatility),
            spread_bps: spread_bps(bar),
            order_flow_imbalance: per_volume(bar.order_flow_imbalance as f64),
            trade_imbalance: per_volume(bar.buy_volume as f64 - bar.sell_volume as f64),
            ema_fast: ema::average(self.ema_fast, config.ema_fast),
            ema_slow: ema::average(self.ema_slow, config.ema_slow),
            rsi: rsi::index(self.rsi, config.rsi),
            series: bar.series,
            open: Some(bar.open),
            high: Some(bar.high),
            low: Some(bar.low),
        }
    }

    /// Summed anew each time, oldest first: a running sum would depend on what has left the window.
    fn realised_volatility(&self, window: i32) -> Option<f64> {
        if self.returns.len() < window as usize {
            return None;
        }
        let mut sum = 0.0;
        for simple_return in &self.returns {
            sum += simple_return * simple_return;
        }
        Some(f64::sqrt(sum))
    }
}

/// (ask - bid) / mid in basis points. Negative where quotes are crossed: real, and left as it is.
fn spread_bps(bar: &Bar<'_>) -> Option<f64> {
    let (bid, ask) = (bar.bid_price? as f64, bar.ask_price? as f64);
    let mid = (ask + bid) / 2.0;
    (mid > 0.0).then(|| (ask - bid) / mid * 10_000.0)
}

impl Kernel for Features {
    fn reads(&self, kind: Kind) -> bool {
        kind == Kind::Bar
    }

    fn on_record(&mut self, _cause: Position, record: &Record<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        match record {
            Record::Bar(bar) => self.on_bar(bar, emit),
            _ => Ok(()),
        }
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let series = self.instruments.iter().flat_map(|entry| {
            entry.value.iter().map(|series| SeriesState {
                venue: &entry.venue,
                instrument: &entry.instrument,
                interval_ns: series.interval_ns,
                price_exponent: series.scale.price_exponent,
                quantity_exponent: series.scale.quantity_exponent,
                close_ns: series.close_ns,
                close: series.close,
                ema_fast: series.ema_fast,
                ema_slow: series.ema_slow,
                rsi: series.rsi,
                returns: series.returns.clone(),
            })
        });
        let all = || self.instruments.iter().flat_map(|entry| &entry.value);
        let named = all().any(|series| !series.name.is_empty());
        let state = FeaturesState {
            ema_fast: self.config.ema_fast,
            ema_slow: self.config.ema_slow,
            rsi: self.config.rsi,
            volatility: self.config.volatility,
            series: series.collect(),
            names: all().filter(|_| named).map(|series| series.name.as_str()).collect(),
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let state = match open(ids, state, Kind::FeaturesState)? {
            Record::FeaturesState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::FeaturesState, other.kind())),
        };
        for (field, found, configured) in [
            ("ema_fast", state.ema_fast, self.config.ema_fast),
            ("ema_slow", state.ema_slow, self.config.ema_slow),
            ("rsi", state.rsi, self.config.rsi),
            ("volatility", state.volatility, self.config.volatility),
        ] {
            same(field, &found, &configured)?;
        }
        self.instruments = ByInstrument::default();
        for (at, series) in state.series.into_iter().enumerate() {
            let all = self
                .instruments
                .get_or_insert(series.venue, series.instrument, Vec::new);
            all.push(Series {
                interval_ns: series.interval_ns,
                scale: Scale::new(series.price_exponent, series.quantity_exponent),
                close_ns: series.close_ns,
                close: series.close,
                ema_fast: series.ema_fast,
                ema_slow: series.ema_slow,
                rsi: series.rsi,
                returns: series.returns,
                name: state.names.get(at).copied().unwrap_or_default().to_owned(),
            });
        }
        Ok(())
    }
}
