//! Strategy `zscore_reversion`: buys when the close falls more than `edge_hundredths` / 100 standard deviations below the
//! mean of the last `window` closes, sells when it rises as far above it.
//!
//! The score is that of Bollinger's bands: (close - mean) / standard deviation, both of the last `window` closes with
//! this one among them, the deviation of the population (J. Bollinger, Bollinger on Bollinger Bands, 2001).

use contracts::{FeatureVector, Kind, Record, SchemaIds, Side, ZscoreReversionState, encode};
use serde_json::{Map, Value};

use crate::excursion::{Band, left};
use crate::snapshot::open;
use crate::strategy::{Factory, Intent, Strategy, take_touch};
use crate::{ConfigError, RestoreError};

/// One order per excursion. It is heard behind its first full window.
#[derive(Debug, Clone)]
pub(crate) struct ZscoreReversion {
    name: String,
    band: Band,
    closes: Vec<i64>,
    zone: i32,
}

impl ZscoreReversion {
    pub fn factory(name: &str, given: Map<String, Value>) -> Result<Factory, ConfigError> {
        let band = Band::parse(given, 20, 200)?;
        let fresh = Self {
            name: name.to_owned(),
            band,
            closes: Vec::new(),
            zone: 0,
        };
        Ok(Box::new(move || Box::new(fresh.clone())))
    }
}

impl Strategy for ZscoreReversion {
    fn name(&self) -> &str {
        &self.name
    }

    fn warm_up(&self) -> i64 {
        i64::from(self.band.window)
    }

    fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent> {
        if !self.band.slide(&mut self.closes, features.close) {
            return Vec::new();
        }
        let score = score(&self.closes);
        let now = self.band.zone(score);
        let side = left(self.zone, now);
        self.zone = now;
        let intent = match side {
            -1 => take_touch(
                features,
                Side::Buy,
                -score - self.band.edge,
                "close fell below its band",
            ),
            1 => take_touch(
                features,
                Side::Sell,
                score - self.band.edge,
                "close rose above its band",
            ),
            _ => None,
        };
        intent.into_iter().collect()
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let state = ZscoreReversionState {
            closes: self.closes.clone(),
            zone: self.zone,
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        if let Record::ZscoreReversionState(state) = open(ids, state, Kind::ZscoreReversionState)? {
            self.closes = state.closes;
            self.zone = state.zone;
        }
        Ok(())
    }
}

/// The newest close's standard score; 0 where all are the same. Summed from the oldest, as the twin does.
fn score(closes: &[i64]) -> f64 {
    let count = closes.len() as f64;
    let mut total = 0.0;
    for &close in closes {
        total += close as f64;
    }
    let mean = total / count;
    let mut squares = 0.0;
    for &close in closes {
        let away = close as f64 - mean;
        squares += away * away;
    }
    let deviation = (squares / count).sqrt();
    match closes.last() {
        Some(&newest) if deviation > 0.0 => (newest as f64 - mean) / deviation,
        _ => 0.0,
    }
}
