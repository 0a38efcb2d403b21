//! Strategy rsi_reversion: buys when the relative strength index falls below `low` (30), sells when it rises above
//! `high` (70).

use contracts::{FeatureVector, Kind, Record, RsiReversionState, SchemaIds, Side, encode};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::parameters;
use crate::snapshot::open;
use crate::strategy::{Factory, Intent, Strategy, take_touch};
use crate::{ConfigError, RestoreError};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Parameters {
    low: i32,
    high: i32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { low: 30, high: 70 }
    }
}

#[derive(Debug)]
pub(crate) struct RsiReversion {
    name: String,
    parameters: Parameters,
    rsi: Option<f64>,
}

impl RsiReversion {
    pub fn factory(name: &str, given: Map<String, Value>) -> Result<Factory, ConfigError> {
        let parameters: Parameters = parameters(given)?;
        if !(0 < parameters.low && parameters.low < parameters.high && parameters.high < 100) {
            return Err(ConfigError::field("low, high", "need 0 < low < high < 100"));
        }
        let name = name.to_owned();
        let make = move || Self {
            name: name.clone(),
            parameters,
            rsi: None,
        };
        Ok(Box::new(move || Box::new(make())))
    }
}

impl Strategy for RsiReversion {
    fn name(&self) -> &str {
        &self.name
    }

    fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent> {
        let Some(now) = features.rsi else { return Vec::new() };
        let Some(before) = self.rsi.replace(now) else {
            return Vec::new();
        };
        let (low, high) = (f64::from(self.parameters.low), f64::from(self.parameters.high));
        let intent = if before >= low && now < low {
            take_touch(features, Side::Buy, low - now, "relative strength fell below its low")
        } else if before <= high && now > high {
            take_touch(
                features,
                Side::Sell,
                now - high,
                "relative strength rose above its high",
            )
        } else {
            None
        };
        intent.into_iter().collect()
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        encode(ids, &RsiReversionState { rsi: self.rsi }.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        if let Record::RsiReversionState(state) = open(ids, state, Kind::RsiReversionState)? {
            self.rsi = state.rsi;
        }
        Ok(())
    }
}
