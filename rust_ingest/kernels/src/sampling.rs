//! Names of bars that are no time bars of trades: `KIND:SIZE` or `KIND:SIZE:SPAN`, and behind it `@bid`, `@ask` or
//! `@mid` where they are of quotes. A name is the whole definition, so that two definitions never share one.
//!
//! | name | a bar ends with the tick that |
//! |---|---|
//! | `tick:500` | is its 500th |
//! | `volume:10` | brings its volume to 10 of the base, or more |
//! | `dollar:1000000` | brings its notional to 1,000,000 of the quote currency, or more |
//! | `range:25` | brings its high 25 of the quote currency above its low, or more |
//! | `renko:25` | lies 25 beyond the last brick, on either side |
//! | `tick_imbalance:1000:20`, `volume_`, `dollar_` | makes its imbalance as large as expected (`expected_flow`) |
//! | `tick_run:1000:20`, `volume_`, `dollar_` | makes its larger side as large as expected |
//!
//! The last two expect at first bars of SIZE ticks, and learn from the SPAN bars before (20 where it is left out).
//! `time:60s@mid` are time bars of quotes (ms, s, m, h, d). Quotes trade nothing: of them there are no bars by volume
//! or notional. The mid is cut to a whole unit of the price, toward the bid.
//!
//! `time:1d:fx` are time bars by the sessions that the configuration calls `fx` (`trading_sessions`): a tick outside of
//! them is in no bar. With `:filled` behind all, `time:60s:filled` or `time:60s:fx:filled`, what passes without a tick
//! has bars too, flat at the last tick's price. Those of trades without either stand in `intervals_ns`.
//!
//! `time:5m:of:1m` are made of bars of the same stage (`larger_bars`): of those of `intervals_ns` that are as long, or
//! of time bars with a name, `time:1d:of:time:1h:fx`, whose sessions and prices are theirs. `time:5m:filled:of:1m` has
//! no gaps.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::decimal_units::DecimalText;
use crate::scale::Scale;
use crate::time_buckets::DAY_NS;
use crate::trading_sessions::{FILLED, OF, TradingSessions};
use crate::{ConfigError, Refusal};

const SPAN: i64 = 20;
/// Beyond this nobody waits for a bar.
const COUNT_MAX: i64 = 1_000_000_000;
/// No bar is longer than a year.
pub(crate) const LENGTH_NS_MAX: i64 = 366 * DAY_NS;

/// What a tick weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Tick,
    Volume,
    Dollar,
}

/// How a bar ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Sum,
    Imbalance,
    Run,
    Range,
    Renko,
    Time,
}

/// Whose prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Trades,
    Bid,
    Ask,
    Mid,
}

impl Rule {
    pub fn is_of_flow(self) -> bool {
        matches!(self, Self::Imbalance | Self::Run)
    }
}

const KINDS: [(&str, Rule, Measure); 12] = [
    ("tick", Rule::Sum, Measure::Tick),
    ("volume", Rule::Sum, Measure::Volume),
    ("dollar", Rule::Sum, Measure::Dollar),
    ("tick_imbalance", Rule::Imbalance, Measure::Tick),
    ("tick_run", Rule::Run, Measure::Tick),
    ("volume_imbalance", Rule::Imbalance, Measure::Volume),
    ("volume_run", Rule::Run, Measure::Volume),
    ("dollar_imbalance", Rule::Imbalance, Measure::Dollar),
    ("dollar_run", Rule::Run, Measure::Dollar),
    ("range", Rule::Range, Measure::Tick),
    ("renko", Rule::Renko, Measure::Tick),
    ("time", Rule::Time, Measure::Tick),
];

/// One entry of the configuration: a series, and whose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeriesConfig {
    name: String,
    #[serde(default = "every")]
    venue: String,
    #[serde(default = "every")]
    instrument: String,
}

fn every() -> String {
    "*".to_owned()
}

/// The same, read.
#[derive(Debug, Clone)]
pub(crate) struct Sampling {
    pub rule: Rule,
    pub measure: Measure,
    pub source: Source,
    /// In bars.
    pub span: i64,
    /// Of time bars.
    pub sessions: Option<Arc<TradingSessions>>,
    pub filled: bool,
    /// Of what bars they are made, as the name says; `None`: of ticks.
    pub smaller: Option<String>,
    size: DecimalText,
    config: SeriesConfig,
}

impl Sampling {
    fn make(config: SeriesConfig, calendars: &[Arc<TradingSessions>]) -> Result<Self, ConfigError> {
        if let Some((definition, smaller)) = config.name.split_once(&format!(":{OF}:")) {
            let (definition, smaller) = (definition.to_owned(), smaller.to_owned());
            return Self::of_bars(config, &definition, smaller);
        }
        let wrong = |what: &str| ConfigError::field("series", &format!("{}: {what}", config.name));
        let (definition, source) = match config.name.split_once('@') {
            None => (config.name.as_str(), Some(Source::Trades)),
            Some((definition, "bid")) => (definition, Some(Source::Bid)),
            Some((definition, "ask")) => (definition, Some(Source::Ask)),
            Some((definition, "mid")) => (definition, Some(Source::Mid)),
            Some((definition, _)) => (definition, None),
        };
        let mut parts = definition.splitn(3, ':');
        let kind = parts.next().unwrap_or_default();
        let (size, span) = (parts.next().unwrap_or_default(), parts.next());
        let Some((_, rule, measure)) = KINDS.into_iter().find(|(name, ..)| *name == kind) else {
            let known = KINDS.map(|(name, ..)| name).join(", ");
            return Err(wrong(&format!("there are no bars of kind {kind}: {known}")));
        };
        let source = source.ok_or_else(|| wrong("what follows @ is none of bid, ask, mid"))?;
        let by_time = rule == Rule::Time;
        let (sessions, filled) = match span {
            Some(text) if by_time => terms(text, calendars).map_err(|problem| wrong(&problem))?,
            _ => (None, false),
        };
        if source == Source::Trades && by_time && sessions.is_none() && !filled {
            return Err(wrong("time bars of trades stand in intervals_ns"));
        }
        if source != Source::Trades && measure != Measure::Tick {
            return Err(wrong("quotes trade nothing: there are no such bars of them"));
        }
        let counted = rule.is_of_flow() || (rule, measure) == (Rule::Sum, Measure::Tick);
        let size = match counted {
            _ if by_time => length(size).ok_or_else(|| wrong("the size is not a length such as 60s, up to a year"))?,
            true => DecimalText::parse(size)
                .filter(|_| count(size).is_some())
                .ok_or_else(|| wrong("the size is not a whole number up to 1000000000"))?,
            false => DecimalText::parse(size).ok_or_else(|| wrong("the size is not a positive decimal such as 0.5"))?,
        };
        if sessions.is_some() && size.units(0).is_none_or(|length_ns| length_ns > DAY_NS) {
            return Err(wrong("bars by sessions are no longer than a day"));
        }
        let span = match span {
            _ if by_time => Some(SPAN),
            None => Some(SPAN),
            Some(text) => count(text).filter(|_| rule.is_of_flow()),
        };
        let what = "what follows the size is a number of bars, and only of imbalance and run bars";
        Ok(Self {
            rule,
            measure,
            source,
            span: span.ok_or_else(|| wrong(what))?,
            sessions,
            filled,
            smaller: None,
            size,
            config,
        })
    }

    /// Whose sessions and source are not known yet.
    fn of_bars(config: SeriesConfig, definition: &str, smaller: String) -> Result<Self, ConfigError> {
        let mut parts = definition.splitn(3, ':');
        let (kind, size, term) = (parts.next(), parts.next().and_then(length), parts.next());
        let Some(size) = size.filter(|_| kind == Some("time") && [None, Some(FILLED)].contains(&term)) else {
            let what = "stands time:5m or time:5m:filled: all else is as the smaller bars have it";
            let problem = format!("{}: before :{OF}: {what}", config.name);
            return Err(ConfigError::field("series", &problem));
        };
        Ok(Self {
            rule: Rule::Time,
            measure: Measure::Tick,
            source: Source::Trades,
            span: SPAN,
            sessions: None,
            filled: term.is_some(),
            smaller: Some(smaller),
            size,
            config,
        })
    }

    /// The same with the sessions and the source of its smaller bars.
    fn made_of(self, smaller: &str, by_ticks: &[Self], intervals_ns: &[i64]) -> Result<Self, ConfigError> {
        let wrong = |what: &str| ConfigError::field("series", &format!("{}: {what}", self.name()));
        let fits = by_ticks
            .iter()
            .find(|one| one.name() == smaller && one.rule == Rule::Time && one.covers(&self));
        let size_ns = match fits {
            Some(one) => one.length_ns(),
            None => self.smaller_ns().unwrap_or_default(),
        };
        if fits.is_none() && !intervals_ns.contains(&size_ns) {
            return Err(wrong(&format!(
                "there are no bars {smaller} of all its instruments: name a length of intervals_ns, or time bars of \
                 ticks that stand in series"
            )));
        }
        if self.length_ns() == size_ns || self.length_ns() % size_ns != 0 {
            return Err(wrong("is no multiple of its smaller bars"));
        }
        let Some(fits) = fits else {
            return Ok(self);
        };
        if fits.sessions.is_some() && self.length_ns() > DAY_NS {
            return Err(wrong("bars by sessions are no longer than a day"));
        }
        let (source, sessions) = (fits.source, fits.sessions.clone());
        Ok(Self {
            source,
            sessions,
            ..self
        })
    }

    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The whole entry, for states.
    pub fn text(&self) -> String {
        let calendar = self.sessions.as_ref().map(|sessions| format!(" {}", sessions.text()));
        let calendar = calendar.unwrap_or_default();
        let config = &self.config;
        format!("{} {} {}{calendar}", config.venue, config.instrument, config.name)
    }

    pub fn is_of(&self, venue: &str, instrument: &str) -> bool {
        let fits = |wanted: &str, found: &str| wanted == "*" || wanted == found;
        fits(&self.config.venue, venue) && fits(&self.config.instrument, instrument)
    }

    /// Of time bars; no longer than a year.
    pub fn length_ns(&self) -> i64 {
        self.size.units(0).unwrap_or_default()
    }

    /// How long the smaller bars are, where a length names them.
    pub fn smaller_ns(&self) -> Option<i64> {
        self.smaller.as_deref().and_then(length)?.units(0)
    }

    /// Whether each instrument that has the other has this.
    fn covers(&self, other: &Self) -> bool {
        self.is_of(&other.config.venue, &other.config.instrument)
    }

    /// The size in the instrument's units: ticks, quantity, notional, price or nanoseconds.
    ///
    /// # Errors
    /// `bad_size` where it is no whole count of them.
    pub fn units(&self, scale: Scale, venue: &str, instrument: &str) -> Result<i128, Refusal> {
        let units = match (self.rule, self.measure) {
            (Rule::Range | Rule::Renko, _) => self.size.units(scale.price_exponent).map(i128::from),
            (Rule::Imbalance | Rule::Run | Rule::Time, _) | (Rule::Sum, Measure::Tick) => {
                self.size.units(0).map(i128::from)
            }
            (Rule::Sum, Measure::Volume) => self.size.units(scale.quantity_exponent).map(i128::from),
            (Rule::Sum, Measure::Dollar) => self.size.wide_units(scale.notional_exponent()),
        };
        units.ok_or_else(|| Refusal::BadSize {
            series: self.config.name.clone(),
            venue: venue.to_owned(),
            instrument: instrument.to_owned(),
        })
    }

    /// Whether an instrument would get one series twice.
    fn overlaps(&self, other: &Self) -> bool {
        let meet = |left: &str, right: &str| left == right || left == "*" || right == "*";
        self.config.name == other.config.name
            && meet(&self.config.venue, &other.config.venue)
            && meet(&self.config.instrument, &other.config.instrument)
    }
}

/// The configuration's list, read; those of bars behind those of ticks.
pub(crate) fn series(
    configured: Vec<SeriesConfig>,
    calendars: Vec<Map<String, Value>>,
    intervals_ns: &[i64],
) -> Result<Vec<Sampling>, ConfigError> {
    let mut known: Vec<Arc<TradingSessions>> = Vec::new();
    for config in calendars {
        let one = TradingSessions::make(config)?;
        if known.iter().any(|other| other.name() == one.name()) {
            let problem = format!("{} stands there twice", one.name());
            return Err(ConfigError::field("sessions.name", &problem));
        }
        known.push(Arc::new(one));
    }
    let mut found: Vec<Sampling> = Vec::new();
    for config in configured {
        let sampling = Sampling::make(config, &known)?;
        if found.iter().any(|other| sampling.overlaps(other)) {
            let problem = format!("{}: stands there twice for one instrument", sampling.name());
            return Err(ConfigError::field("series", &problem));
        }
        found.push(sampling);
    }
    let (mut found, larger): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.smaller.is_none());
    let by_ticks = found.len();
    for sampling in larger {
        let smaller = sampling.smaller.clone().unwrap_or_default();
        found.push(sampling.made_of(&smaller, &found[..by_ticks], intervals_ns)?);
    }
    Ok(found)
}

/// What follows the length of time bars: sessions, `filled`, or both; or what is wrong with it.
fn terms(text: &str, calendars: &[Arc<TradingSessions>]) -> Result<(Option<Arc<TradingSessions>>, bool), String> {
    if text == FILLED {
        return Ok((None, true));
    }
    let (name, rest) = match text.split_once(':') {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    };
    let Some(found) = calendars.iter().find(|one| one.name() == name) else {
        return Err(format!("no sessions have the name {name}"));
    };
    match rest {
        None => Ok((Some(Arc::clone(found)), false)),
        Some(FILLED) => Ok((Some(Arc::clone(found)), true)),
        Some(_) => Err(format!("what follows the sessions is not {FILLED}")),
    }
}

/// A length of time, counted in nanoseconds.
fn length(text: &str) -> Option<DecimalText> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let unit_ns: i64 = match &text[digits.len()..] {
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => DAY_NS,
        _ => return None,
    };
    let whole =
        (1..=10).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|one| one.is_ascii_digit());
    let count: i64 = digits.parse().ok().filter(|_| whole)?;
    let length_ns = count
        .checked_mul(unit_ns)
        .filter(|length_ns| *length_ns <= LENGTH_NS_MAX)?;
    DecimalText::parse(&length_ns.to_string())
}

fn count(text: &str) -> Option<i64> {
    let whole = DecimalText::parse(text).filter(|_| !text.contains('.'));
    whole?.units(0).filter(|count| *count <= COUNT_MAX)
}
