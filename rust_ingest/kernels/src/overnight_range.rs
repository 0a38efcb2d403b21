//! Strategy `overnight_range`: buys when the close rises above what the market traded at between two of its sessions,
//! sells when it falls below; once a session, with a stop and a target by the average true range, and out at the
//! session's end.
//!
//! An opening-range breakout (T. Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout, 1990) whose
//! range is the night's. The session is a day's, from `open` to `close` by the clock of its place (`day_session`); what
//! begins outside it is the night before the next.

use contracts::{FeatureVector, Kind, OvernightRangeState, Record, SchemaIds, Side, encode};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::parameters;
use crate::day_session::{Clocks, DaySession, Session};
use crate::snapshot::open;
use crate::strategy::{Factory, Intent, Strategy, take_touch};
use crate::{ConfigError, RestoreError, atr};

const PERIOD_MAX: u16 = 10_000;
const HUNDREDTHS_MAX: i32 = 100_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    atr: Option<u16>,
    stop_atr_hundredths: Option<i32>,
    target_atr_hundredths: Option<i32>,
}

/// One order a session, behind the first night that it saw begin. A bar without high and low counts for nothing.
#[derive(Debug, Clone)]
pub(crate) struct OvernightRange {
    name: String,
    days: DaySession,
    period: u16,
    /// In true ranges.
    stop: f64,
    /// In true ranges.
    target: f64,
    state: OvernightRangeState,
}

impl OvernightRange {
    pub fn factory(name: &str, mut given: Map<String, Value>) -> Result<Factory, ConfigError> {
        let clocks = Clocks::taken(&mut given)?;
        let given: Parameters = parameters(given)?;
        let period = given.atr.unwrap_or(14);
        let stop = given.stop_atr_hundredths.unwrap_or(150);
        let target = given.target_atr_hundredths.unwrap_or(300);
        let sound = 1..=HUNDREDTHS_MAX;
        if !(1..=PERIOD_MAX).contains(&period) || !sound.contains(&stop) || !sound.contains(&target) {
            let need = "need 1 <= atr <= 10000 and hundredths from 1 to 100000";
            return Err(ConfigError::field(
                "atr, stop_atr_hundredths, target_atr_hundredths",
                need,
            ));
        }
        let fresh = Self {
            name: name.to_owned(),
            days: DaySession::within_a_day(clocks)?,
            period,
            stop: f64::from(stop) / 100.0,
            target: f64::from(target) / 100.0,
            state: OvernightRangeState {
                session_ns: None,
                high: None,
                low: None,
                done: true,
                atr: atr::EMPTY,
            },
        };
        Ok(Box::new(move || Box::new(fresh.clone())))
    }

    /// The order where the close broke out.
    fn break_out(&self, features: &FeatureVector<'_>, session: Session) -> Option<Intent> {
        let (high, low) = (self.state.high?, self.state.low?);
        let true_range = atr::average(self.state.atr, self.period)?;
        let close = features.close;
        let intent = if close > high {
            let strength = (close - high) as f64 / close as f64;
            take_touch(features, Side::Buy, strength, "close rose above the overnight range")
        } else if close < low {
            let strength = (low - close) as f64 / close as f64;
            take_touch(features, Side::Sell, strength, "close fell below the overnight range")
        } else {
            None
        };
        self.with_exits(intent?, true_range, session)
    }

    /// `None` where stop or target is no price.
    fn with_exits(&self, intent: Intent, true_range: f64, session: Session) -> Option<Intent> {
        let direction = match intent.side {
            Side::Buy => 1,
            Side::Sell => -1,
        };
        let price = i128::from(intent.price?);
        let away = |ranges: f64| ((ranges * true_range) as i128).max(1);
        let positive = |price: i128| i64::try_from(price).ok().filter(|price| *price > 0);
        Some(Intent {
            stop_price: Some(positive(price - direction * away(self.stop))?),
            target_price: Some(positive(price + direction * away(self.target))?),
            exit_ns: Some(session.close_ns),
            ..intent
        })
    }
}

impl Strategy for OvernightRange {
    fn name(&self) -> &str {
        &self.name
    }

    fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent> {
        let (Some(high), Some(low)) = (features.high, features.low) else {
            return Vec::new();
        };
        let state = &mut self.state;
        state.atr = atr::add(state.atr, self.period, high, low, features.close);
        let start_ns = features.close_ns.saturating_sub(features.interval_ns);
        let session = self.days.of(start_ns);
        if state.session_ns != Some(session.open_ns) {
            // Of the first night only a part may have been seen.
            state.done = state.session_ns.is_none();
            (state.session_ns, state.high, state.low) = (Some(session.open_ns), None, None);
        }
        if start_ns < session.open_ns {
            state.high = Some(state.high.map_or(high, |highest| highest.max(high)));
            state.low = Some(state.low.map_or(low, |lowest| lowest.min(low)));
            return Vec::new();
        }
        if features.close_ns >= session.close_ns || state.done {
            return Vec::new();
        }
        let intent = self.break_out(features, session);
        self.state.done = intent.is_some();
        intent.into_iter().collect()
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        encode(ids, &self.state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        if let Record::OvernightRangeState(state) = open(ids, state, Kind::OvernightRangeState)? {
            self.state = state;
        }
        Ok(())
    }
}
