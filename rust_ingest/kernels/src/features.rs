//! market.bars -> market.features, market.violations: one feature vector per bar, and what is wrong with it.
//!
//! Statistics are doubles, made by IEEE 754's exact operations (+ - * / and square root) alone, in an order that the
//! twins share, so that they are equal to the bit. A feature is null until it is warm, and where it is not defined:
//! never NaN or infinite.
//!
//! Features follow bars, not the clock: an interval without a trade made no bar, so a return may span several
//! intervals.

use std::cmp::Ordering;

use contracts::{
    Bar, FeatureVector, FeatureViolation, FeaturesState, Kind, Level, Record, SchemaIds, SeriesState, encode,
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::bar_windows::BarWindows;
use crate::book_measures;
use crate::by_instrument::ByInstrument;
use crate::checked::{not_negative, positive};
use crate::config::{parse, taken};
use crate::feature_periods::Periods;
use crate::feature_rules::{Breach, Limit, Rules};
use crate::freshness::Freshness;
use crate::own_declaration::{self, Declared, OwnFeature};
use crate::own_features::{self, OwnStreams};
use crate::scale::Scale;
use crate::snapshot::{open, same};
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError, ema, rsi};

/// One series of bars of one instrument.
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
    windows: BarWindows,
    freshness: Freshness,
    own: OwnStreams,
}

/// All that `[features]` says, in the order in which both twins write it.
#[derive(Serialize)]
struct Settings<'c> {
    #[serde(flatten)]
    periods: &'c Periods,
    stale_ns: i64,
    limits: &'c [Limit],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    own: Vec<&'c Declared>,
}

pub(crate) struct Features {
    periods: Periods,
    rules: Rules,
    own: Vec<OwnFeature>,
    /// Each of them, for states.
    own_texts: Vec<String>,
    /// The whole configuration, as vectors bear it.
    text: String,
    /// By interval and name, ascending.
    instruments: ByInstrument<Vec<Series>>,
}

impl Features {
    pub fn make(config: &str) -> Result<Box<dyn Kernel>, ConfigError> {
        let mut lengths: Map<String, Value> = parse(config)?;
        let stale_ns: Option<i64> = taken(&mut lengths, "stale_ns")?;
        let limits: Option<Vec<Limit>> = taken(&mut lengths, "limits")?;
        let own: Option<Vec<Declared>> = taken(&mut lengths, "own")?;
        let own = own_declaration::all_of(own.unwrap_or_default())?;
        let (periods, limits) = (Periods::of(lengths)?, limits.unwrap_or_default());
        let rules = Rules::of(stale_ns, &limits)?;
        let all = Settings {
            periods: &periods,
            stale_ns: rules.stale_ns,
            limits: &limits,
            own: own.iter().map(|one| &one.said).collect(),
        };
        Ok(Box::new(Self {
            text: json(&all),
            own_texts: own.iter().map(|one| json(&one.said)).collect(),
            own,
            periods,
            rules,
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
                .add(&self.periods, scale, bar)
                .map(|simple_return| (at, Some(simple_return)))?,
            Err(at) => {
                all.insert(at, Series::begin(&self.periods, &self.own, scale, bar));
                (at, None)
            }
        };
        let (at, simple_return) = change;
        let series = &mut all[at];
        let own = series.own.add(&self.own, scale, bar);
        let vector = series.vector(&self.periods, bar, simple_return, own, &self.text, emit.next_origin());
        let broken = self.rules.breaches(&vector);
        let broken = broken.chain(own_features::breaches(&self.own, &vector.own));
        // None, as a rule, for which no memory is asked.
        let broken: Vec<Breach<'_>> = broken.chain(self.rules.stale(series.freshness.ages_ns())).collect();
        emit.send(|_| vector);
        for breach in broken {
            emit.send(|origin| violation(bar, breach, origin));
        }
        Ok(())
    }
}

impl Series {
    fn begin(periods: &Periods, own: &[OwnFeature], scale: Scale, bar: &Bar<'_>) -> Self {
        let close = scale.price(bar.close);
        let mut windows = BarWindows::new(periods);
        windows.begin(bar);
        let mut freshness = Freshness::default();
        freshness.add(bar, None);
        Self {
            interval_ns: bar.interval_ns,
            name: bar.series.to_owned(),
            scale,
            close_ns: bar.close_ns,
            close: bar.close,
            ema_fast: ema::add(ema::EMPTY, periods.ema_fast, close),
            ema_slow: ema::add(ema::EMPTY, periods.ema_slow, close),
            rsi: rsi::EMPTY,
            returns: Vec::new(),
            windows,
            freshness,
            own: OwnStreams::new(own),
        }
    }

    /// Where it stands, seen from the series of `bar`.
    fn order(&self, bar: &Bar<'_>) -> Ordering {
        (self.interval_ns, self.name.as_str()).cmp(&(bar.interval_ns, bar.series))
    }

    /// Takes the next bar; returns its simple return.
    fn add(&mut self, periods: &Periods, scale: Scale, bar: &Bar<'_>) -> Result<f64, Refusal> {
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
        self.freshness.add(bar, Some(self.close_ns));
        self.close_ns = bar.close_ns;
        self.close = bar.close;
        self.ema_fast = ema::add(self.ema_fast, periods.ema_fast, close);
        self.ema_slow = ema::add(self.ema_slow, periods.ema_slow, close);
        self.rsi = rsi::add(self.rsi, periods.rsi, close - before);
        if self.returns.len() == periods.volatility as usize {
            self.returns.remove(0);
        }
        self.returns.push(simple_return);
        self.windows.add(scale, bar, close - before, simple_return);
        Ok(simple_return)
    }

    fn vector<'b>(
        &self,
        periods: &Periods,
        bar: &Bar<'b>,
        simple_return: Option<f64>,
        own: Vec<contracts::OwnFeature<'b>>,
        configuration: &'b str,
        origin: contracts::Origin,
    ) -> FeatureVector<'b> {
        let windows = &self.windows;
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
            realised_volatility: self.realised_volatility(periods.volatility),
            spread_bps: spread_bps(bar),
            order_flow_imbalance: per_volume(bar.order_flow_imbalance as f64),
            trade_imbalance: per_volume(bar.buy_volume as f64 - bar.sell_volume as f64),
            ema_fast: ema::average(self.ema_fast, periods.ema_fast),
            ema_slow: ema::average(self.ema_slow, periods.ema_slow),
            rsi: rsi::index(self.rsi, periods.rsi),
            series: bar.series,
            open: Some(bar.open),
            high: Some(bar.high),
            low: Some(bar.low),
            return_short: windows.return_over(self.scale, periods.return_short),
            return_medium: windows.return_over(self.scale, periods.return_medium),
            return_long: windows.return_over(self.scale, periods.return_long),
            microprice: microprice(bar, self.scale),
            kyle_lambda: windows.impact.kyle_lambda(),
            vpin: windows.toxicity.vpin(),
            seasonal_volume: windows.seasonal.volume,
            seasonal_volatility: windows.seasonal.volatility,
            sign_autocorrelation: windows.signs.autocorrelation(),
            bid_depth_slope: bar.bid_depth_slope,
            ask_depth_slope: bar.ask_depth_slope,
            depth_levels: bar.depth_levels,
            configuration,
            own,
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

/// `None` where a side is empty or its quantity is not told.
fn microprice(bar: &Bar<'_>, scale: Scale) -> Option<f64> {
    let level = |price: Option<i64>, quantity: Option<i64>| {
        let (price, quantity) = (price?, quantity?);
        (price > 0 && quantity > 0).then_some(Level { price, quantity })
    };
    let bid = level(bar.bid_price, bar.bid_quantity)?;
    let ask = level(bar.ask_price, bar.ask_quantity)?;
    Some(scale.price_of(book_measures::microprice(bid, ask)))
}

fn violation<'b>(bar: &Bar<'b>, breach: Breach<'b>, origin: contracts::Origin) -> FeatureViolation<'b> {
    FeatureViolation {
        origin,
        venue: bar.venue,
        instrument: bar.instrument,
        interval_ns: bar.interval_ns,
        series: bar.series,
        close_ns: bar.close_ns,
        receive_ns: bar.receive_ns,
        feature: breach.feature,
        rule: breach.rule,
        value: breach.value,
        limit: breach.limit,
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("numbers and texts are JSON")
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
        let periods = &self.periods;
        let state = FeaturesState {
            ema_fast: periods.ema_fast,
            ema_slow: periods.ema_slow,
            rsi: periods.rsi,
            volatility: periods.volatility,
            series: series.collect(),
            names: all().filter(|_| named).map(|series| series.name.as_str()).collect(),
            return_short: periods.return_short,
            return_medium: periods.return_medium,
            return_long: periods.return_long,
            kyle_lambda: periods.kyle_lambda,
            vpin: periods.vpin,
            season_slots: periods.season_slots,
            season_days: periods.season_days,
            windows: all().map(|series| series.windows.state()).collect(),
            sign_autocorrelation: periods.sign_autocorrelation,
            stale_ns: self.rules.stale_ns,
            limits: self.rules.texts.iter().map(String::as_str).collect(),
            signs: all().map(|series| series.windows.signs.state()).collect(),
            quoted_ns: all().map(|series| series.freshness.quoted_ns).collect(),
            own: self.own_texts.iter().map(String::as_str).collect(),
            own_indicators: all().flat_map(|series| series.own.states(&self.own)).collect(),
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let state = match open(ids, state, Kind::FeaturesState)? {
            Record::FeaturesState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::FeaturesState, other.kind())),
        };
        self.periods.check(&state)?;
        self.rules.check(&state)?;
        let texts: Vec<&str> = self.own_texts.iter().map(String::as_str).collect();
        same("own", &state.own, &texts)?;
        let mut own = state.own_indicators.iter();
        let mut instruments = ByInstrument::default();
        for (at, series) in state.series.into_iter().enumerate() {
            let all: &mut Vec<Series> = instruments.get_or_insert(series.venue, series.instrument, Vec::new);
            all.push(Series {
                interval_ns: series.interval_ns,
                scale: Scale::new(series.price_exponent, series.quantity_exponent),
                close_ns: series.close_ns,
                close: series.close,
                ema_fast: series.ema_fast,
                ema_slow: series.ema_slow,
                rsi: series.rsi,
                returns: series.returns,
                // A state from before there were windows, signs or rules has none of them: they begin anew.
                windows: match state.windows.get(at) {
                    Some(saved) => BarWindows::restored(&self.periods, saved, state.signs.get(at)),
                    None => BarWindows::new(&self.periods),
                },
                freshness: Freshness::quoted_at(state.quoted_ns.get(at).copied().unwrap_or_default()),
                name: state.names.get(at).copied().unwrap_or_default().to_owned(),
                own: OwnStreams::restored(&self.own, &mut own)?,
            });
        }
        self.instruments = instruments;
        Ok(())
    }
}
