//! market.features -> risk.inbox: marks and signals.
//!
//! Each configured strategy gets the feature vectors of its venue, instrument (`*`: each one seen) and interval, one
//! instance per instrument. Before the signals of a vector comes one Mark per account that trades its instrument, if
//! the vector's interval is the shortest that the account's strategies use there: risk then judges the signals by that
//! price.

use contracts::{FeatureVector, Kind, Mark, Record, SchemaIds, Signal, SignalsState, StrategyState, encode};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::by_instrument::ByInstrument;
use crate::checked::positive;
use crate::config::parse;
use crate::decimal_units::DecimalText;
use crate::scale::Scale;
use crate::snapshot::open;
use crate::strategy::{Factory, Strategy, factory};
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    strategies: Vec<StrategyConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StrategyConfig {
    name: String,
    kind: String,
    account: String,
    venue: String,
    instrument: String,
    interval_ns: i64,
    quantity: String,
    #[serde(default)]
    parameters: Map<String, Value>,
}

impl Default for Config {
    fn default() -> Self {
        let strategies = ["ema_cross", "rsi_reversion"].map(|kind| StrategyConfig {
            name: kind.to_owned(),
            kind: kind.to_owned(),
            account: "main".to_owned(),
            venue: "binance".to_owned(),
            instrument: "*".to_owned(),
            interval_ns: 1_000_000_000,
            quantity: "0.001".to_owned(),
            parameters: Map::new(),
        });
        Self {
            strategies: strategies.into(),
        }
    }
}

/// A configured strategy, and its instance for each instrument that it has seen.
struct Running {
    name: String,
    account: String,
    venue: String,
    instrument: String,
    interval_ns: i64,
    quantity: DecimalText,
    factory: Factory,
    instances: ByInstrument<Box<dyn Strategy>>,
}

impl Running {
    fn make(config: StrategyConfig) -> Result<Self, ConfigError> {
        let field = |field: &str| format!("strategies.{}.{field}", config.name);
        for (name, text) in [
            ("name", &config.name),
            ("account", &config.account),
            ("venue", &config.venue),
            ("instrument", &config.instrument),
        ] {
            if text.is_empty() {
                return Err(ConfigError::field(&field(name), "is empty"));
            }
        }
        if config.interval_ns <= 0 {
            return Err(ConfigError::field(&field("interval_ns"), "is not positive"));
        }
        let quantity = DecimalText::parse(&config.quantity)
            .ok_or_else(|| ConfigError::field(&field("quantity"), "is not a positive decimal such as 0.001"))?;
        Ok(Self {
            factory: factory(&config.name, &config.kind, config.parameters)?,
            name: config.name,
            account: config.account,
            venue: config.venue,
            instrument: config.instrument,
            interval_ns: config.interval_ns,
            quantity,
            instances: ByInstrument::default(),
        })
    }

    fn trades(&self, features: &FeatureVector<'_>) -> bool {
        self.venue == features.venue && (self.instrument == "*" || self.instrument == features.instrument)
    }

    fn reads(&self, features: &FeatureVector<'_>) -> bool {
        self.interval_ns == features.interval_ns && self.trades(features)
    }

    fn units(&self, features: &FeatureVector<'_>) -> Result<i64, Refusal> {
        let units = self.quantity.units(features.quantity_exponent);
        units.ok_or_else(|| Refusal::BadQuantity {
            strategy: self.name.clone(),
            quantity: self.quantity.text().to_owned(),
            venue: features.venue.to_owned(),
            instrument: features.instrument.to_owned(),
            quantity_exponent: features.quantity_exponent,
        })
    }

    fn take(&mut self, units: i64, features: &FeatureVector<'_>, emit: &mut Emit<'_>) {
        let factory = &self.factory;
        let instance = self
            .instances
            .get_or_insert(features.venue, features.instrument, factory);
        for intent in instance.on_features(features) {
            emit.send(|origin| Signal {
                origin,
                account: &self.account,
                strategy: &self.name,
                venue: features.venue,
                instrument: features.instrument,
                price_exponent: features.price_exponent,
                quantity_exponent: features.quantity_exponent,
                interval_ns: features.interval_ns,
                event_ns: features.close_ns,
                receive_ns: features.receive_ns,
                side: intent.side,
                order_type: intent.order_type,
                time_in_force: intent.time_in_force,
                quantity: intent.quantity.unwrap_or(units),
                price: intent.price,
                reference_price: features.close,
                strength: intent.strength,
                reason: &intent.reason,
            });
        }
    }
}

pub(crate) struct Signals {
    strategies: Vec<Running>,
    /// In the order in which the configuration names them.
    accounts: Vec<String>,
}

impl Signals {
    pub fn make(config: &str) -> Result<Box<dyn Kernel>, ConfigError> {
        let config: Config = parse(config)?;
        let mut strategies: Vec<Running> = Vec::new();
        let mut accounts: Vec<String> = Vec::new();
        for config in config.strategies {
            let strategy = Running::make(config)?;
            if strategies.iter().any(|other| other.name == strategy.name) {
                let field = format!("strategies.{}", strategy.name);
                return Err(ConfigError::field(&field, "stands there twice"));
            }
            if !accounts.contains(&strategy.account) {
                accounts.push(strategy.account.clone());
            }
            strategies.push(strategy);
        }
        Ok(Box::new(Self { strategies, accounts }))
    }

    fn on_features(&mut self, features: &FeatureVector<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        positive("close", features.close)?;
        Scale::new(features.price_exponent, features.quantity_exponent).is_possible()?;
        // All that can fail comes before the first output and the first change.
        let reading = self
            .strategies
            .iter()
            .enumerate()
            .filter(|(_, strategy)| strategy.reads(features));
        let quantities = reading.map(|(at, strategy)| strategy.units(features).map(|units| (at, units)));
        let quantities: Vec<(usize, i64)> = quantities.collect::<Result<_, _>>()?;
        for account in &self.accounts {
            if self.marks(account, features) {
                emit.send(|origin| mark(account, features, origin));
            }
        }
        for (at, units) in quantities {
            self.strategies[at].take(units, features, emit);
        }
        Ok(())
    }

    /// Whether the vector's interval is the shortest that this account uses for the instrument.
    fn marks(&self, account: &str, features: &FeatureVector<'_>) -> bool {
        let strategies = self.strategies.iter();
        let trading = strategies.filter(|strategy| strategy.account == account && strategy.trades(features));
        trading.map(|strategy| strategy.interval_ns).min() == Some(features.interval_ns)
    }
}

fn mark<'b>(account: &'b str, features: &FeatureVector<'b>, origin: contracts::Origin) -> Mark<'b> {
    Mark {
        origin,
        account,
        venue: features.venue,
        instrument: features.instrument,
        price_exponent: features.price_exponent,
        quantity_exponent: features.quantity_exponent,
        event_ns: features.close_ns,
        receive_ns: features.receive_ns,
        price: features.close,
    }
}

impl Kernel for Signals {
    fn reads(&self, kind: Kind) -> bool {
        kind == Kind::FeatureVector
    }

    fn on_record(&mut self, _cause: Position, record: &Record<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal> {
        match record {
            Record::FeatureVector(features) => self.on_features(features, emit),
            _ => Ok(()),
        }
    }

    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let mut states = Vec::new();
        for strategy in &self.strategies {
            for entry in strategy.instances.iter() {
                let mut state = Vec::new();
                entry.value.snapshot(ids, &mut state);
                states.push((
                    strategy.name.as_str(),
                    entry.venue.as_str(),
                    entry.instrument.as_str(),
                    state,
                ));
            }
        }
        let states = states.iter().map(|(strategy, venue, instrument, state)| StrategyState {
            strategy,
            venue,
            instrument,
            state,
        });
        let state = SignalsState {
            strategies: states.collect(),
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let state = match open(ids, state, Kind::SignalsState)? {
            Record::SignalsState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::SignalsState, other.kind())),
        };
        let mut restored: Vec<ByInstrument<Box<dyn Strategy>>> =
            self.strategies.iter().map(|_| ByInstrument::default()).collect();
        for saved in &state.strategies {
            let found = self
                .strategies
                .iter()
                .position(|strategy| strategy.name == saved.strategy);
            let at = found.ok_or_else(|| RestoreError::OtherConfig {
                field: "strategies".to_owned(),
                found: saved.strategy.to_owned(),
                configured: self
                    .strategies
                    .iter()
                    .map(|strategy| strategy.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })?;
            let mut instance = (self.strategies[at].factory)();
            instance.restore(ids, saved.state)?;
            restored[at].get_or_insert(saved.venue, saved.instrument, || instance);
        }
        for (strategy, instances) in self.strategies.iter_mut().zip(restored) {
            strategy.instances = instances;
        }
        Ok(())
    }
}
