//! Strategy ema_cross: buys when the fast average of the close rises above the slow one, sells when it falls below.

use contracts::{EmaCrossState, FeatureVector, Kind, Record, SchemaIds, Side, encode};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::parameters;
use crate::snapshot::open;
use crate::strategy::{Factory, Intent, Strategy, take_touch};
use crate::{ConfigError, RestoreError};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {}

/// Averages that are equal leave the last relation standing, so that touching is not crossing.
#[derive(Debug)]
pub(crate) struct EmaCross {
    name: String,
    above: Option<bool>,
}

impl EmaCross {
    pub fn factory(name: &str, given: Map<String, Value>) -> Result<Factory, ConfigError> {
        let Parameters {} = parameters(given)?;
        let name = name.to_owned();
        let make = move || Self {
            name: name.clone(),
            above: None,
        };
        Ok(Box::new(move || Box::new(make())))
    }
}

impl Strategy for EmaCross {
    fn name(&self) -> &str {
        &self.name
    }

    fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent> {
        let (Some(fast), Some(slow)) = (features.ema_fast, features.ema_slow) else {
            return Vec::new();
        };
        if fast == slow {
            return Vec::new();
        }
        let above = fast > slow;
        let before = self.above.replace(above);
        if before.is_none_or(|before| before == above) {
            return Vec::new();
        }
        let strength = (fast - slow) / slow * 10_000.0;
        let intent = match above {
            true => take_touch(features, Side::Buy, strength, "fast average rose above the slow one"),
            false => take_touch(features, Side::Sell, strength, "fast average fell below the slow one"),
        };
        intent.into_iter().collect()
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        encode(ids, &EmaCrossState { above: self.above }.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        if let Record::EmaCrossState(state) = open(ids, state, Kind::EmaCrossState)? {
            self.above = state.above;
        }
        Ok(())
    }
}
