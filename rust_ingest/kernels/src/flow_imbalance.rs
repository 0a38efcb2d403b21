//! Strategy `flow_imbalance`: buys when the mean order flow imbalance of the last `window` bars rises above
//! `edge_hundredths` / 100, sells when it falls below its negative.
//!
//! The imbalance of a bar is that of R. Cont, A. Kukanov and S. Stoikov, The price impact of order book events (2014), by
//! the bar's volume: what came to the best bid and left the best ask, less the opposite. They find prices to follow it.

use contracts::{FeatureVector, FlowImbalanceState, Kind, Record, SchemaIds, Side, encode};
use serde_json::{Map, Value};

use crate::excursion::{Band, left};
use crate::snapshot::open;
use crate::strategy::{Factory, Intent, Strategy, take_touch};
use crate::{ConfigError, RestoreError};

/// One order per excursion. A bar without an imbalance counts for nothing.
#[derive(Debug, Clone)]
pub(crate) struct FlowImbalance {
    name: String,
    band: Band,
    imbalances: Vec<f64>,
    zone: i32,
}

impl FlowImbalance {
    pub fn factory(name: &str, given: Map<String, Value>) -> Result<Factory, ConfigError> {
        let band = Band::parse(given, 5, 100)?;
        let fresh = Self {
            name: name.to_owned(),
            band,
            imbalances: Vec::new(),
            zone: 0,
        };
        Ok(Box::new(move || Box::new(fresh.clone())))
    }
}

impl Strategy for FlowImbalance {
    fn name(&self) -> &str {
        &self.name
    }

    fn warm_up(&self) -> i64 {
        i64::from(self.band.window)
    }

    fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent> {
        let Some(imbalance) = features.order_flow_imbalance else {
            return Vec::new();
        };
        if !self.band.slide(&mut self.imbalances, imbalance) {
            return Vec::new();
        }
        // Summed from the oldest, as the twin does.
        let mut total = 0.0;
        for imbalance in &self.imbalances {
            total += imbalance;
        }
        let mean = total / f64::from(self.band.window);
        let now = self.band.zone(mean);
        let side = left(self.zone, now);
        self.zone = now;
        let intent = match side {
            1 => take_touch(
                features,
                Side::Buy,
                mean - self.band.edge,
                "more came to the bid than to the ask",
            ),
            -1 => take_touch(
                features,
                Side::Sell,
                -mean - self.band.edge,
                "more came to the ask than to the bid",
            ),
            _ => None,
        };
        intent.into_iter().collect()
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let state = FlowImbalanceState {
            imbalances: self.imbalances.clone(),
            zone: self.zone,
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        if let Record::FlowImbalanceState(state) = open(ids, state, Kind::FlowImbalanceState)? {
            self.imbalances = state.imbalances;
            self.zone = state.zone;
        }
        Ok(())
    }
}
