//! market.features -> risk.inbox: marks and signals.
//!
//! Each configured strategy gets the feature vectors of its venue, instrument (`*`: each one seen) and bars (an interval,
//! or a series by name), one instance per instrument. Before the signals of a vector comes one Mark per account that
//! trades its instrument, if the vector is of the shortest time bars that the account's strategies use there, or, where
//! they use none, of the series that is named first: risk then judges the signals by that price.

use contracts::{FeatureVector, Kind, Mark, Record, SchemaIds, SignalsState, encode};
use serde::Deserialize;
use serde_json::Map;

use crate::checked::positive;
use crate::config::parse;
use crate::running::{Running, StrategyConfig};
use crate::scale::Scale;
use crate::snapshot::open;
use crate::{ConfigError, Emit, Kernel, Position, Refusal, RestoreError};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    strategies: Vec<StrategyConfig>,
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
            series: String::new(),
            quantity: "0.001".to_owned(),
            parameters: Map::new(),
            version: String::new(),
        });
        Self {
            strategies: strategies.into(),
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
        // All that can be refused comes before the first output and the first change.
        positive("close", features.close)?;
        Scale::new(features.price_exponent, features.quantity_exponent).is_possible()?;
        for account in &self.accounts {
            if self.marks(account, features) {
                emit.send(|origin| mark(account, features, origin));
            }
        }
        for strategy in self.strategies.iter_mut().filter(|strategy| strategy.reads(features)) {
            strategy.take(features, emit);
        }
        Ok(())
    }

    /// Whether these bars are the shortest, or else the first, that this account uses for the instrument.
    fn marks(&self, account: &str, features: &FeatureVector<'_>) -> bool {
        let strategies = self.strategies.iter();
        let trading = strategies.filter(|strategy| strategy.account == account && strategy.trades(features));
        let length_ns = |strategy: &&Running| match strategy.interval_ns {
            0 => i64::MAX,
            interval_ns => interval_ns,
        };
        trading
            .min_by_key(length_ns)
            .is_some_and(|strategy| strategy.is_on(features))
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
        let states: Vec<_> = self.strategies.iter().map(|strategy| strategy.states(ids)).collect();
        let strategies = self.strategies.iter().zip(&states);
        let state = SignalsState {
            strategies: strategies
                .flat_map(|(strategy, states)| strategy.saved(states))
                .collect(),
            standings: self.strategies.iter().flat_map(Running::standings).collect(),
        };
        encode(ids, &state.into(), out);
    }

    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let state = match open(ids, state, Kind::SignalsState)? {
            Record::SignalsState(state) => state,
            other => return Err(RestoreError::other_kind(Kind::SignalsState, other.kind())),
        };
        let strategies = state.strategies.iter().map(|saved| saved.strategy);
        for name in strategies.chain(state.standings.iter().map(|saved| saved.strategy)) {
            if !self.strategies.iter().any(|strategy| strategy.name == name) {
                let names: Vec<_> = self.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
                return Err(RestoreError::OtherConfig {
                    field: "strategies".to_owned(),
                    found: name.to_owned(),
                    configured: names.join(", "),
                });
            }
        }
        let restored = self.strategies.iter().map(|strategy| strategy.restored(ids, &state));
        let restored: Vec<_> = restored.collect::<Result<_, _>>()?;
        for (strategy, seats) in self.strategies.iter_mut().zip(restored) {
            strategy.seats = seats;
        }
        Ok(())
    }
}
