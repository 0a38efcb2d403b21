//! A configured strategy, with a seat on each instrument that it has seen.

use contracts::{FeatureVector, SchemaIds, Signal, SignalsState, StandingState, StrategyState};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::by_instrument::ByInstrument;
use crate::decimal_units::DecimalText;
use crate::seat::{Fault, Seat};
use crate::strategy::{Factory, factory};
use crate::{ConfigError, Emit, Refusal, RestoreError};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StrategyConfig {
    pub name: String,
    pub kind: String,
    pub account: String,
    pub venue: String,
    pub instrument: String,
    #[serde(default)]
    pub interval_ns: i64,
    #[serde(default)]
    pub series: String,
    pub quantity: String,
    #[serde(default)]
    pub parameters: Map<String, Value>,
    #[serde(default)]
    pub version: String,
}

/// A configured strategy, with a seat on each instrument that it has seen.
pub(crate) struct Running {
    pub name: String,
    pub account: String,
    venue: String,
    instrument: String,
    /// 0 where a series is named.
    pub interval_ns: i64,
    series: String,
    quantity: DecimalText,
    version: String,
    factory: Factory,
    pub seats: ByInstrument<Seat>,
}

impl Running {
    pub fn make(config: StrategyConfig) -> Result<Self, ConfigError> {
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
        if config.series.is_empty() && config.interval_ns <= 0 {
            return Err(ConfigError::field(&field("interval_ns"), "is not positive"));
        }
        if !config.series.is_empty() && config.interval_ns != 0 {
            let problem = "is of time bars: a strategy works on them or on a series";
            return Err(ConfigError::field(&field("interval_ns"), problem));
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
            series: config.series,
            quantity,
            version: config.version,
            seats: ByInstrument::default(),
        })
    }

    pub fn trades(&self, features: &FeatureVector<'_>) -> bool {
        self.venue == features.venue && (self.instrument == "*" || self.instrument == features.instrument)
    }

    pub fn reads(&self, features: &FeatureVector<'_>) -> bool {
        self.is_on(features) && self.trades(features)
    }

    /// Whether these are its bars.
    pub fn is_on(&self, features: &FeatureVector<'_>) -> bool {
        (self.interval_ns, self.series.as_str()) == (features.interval_ns, features.series)
    }

    /// Sends what it wants as signals, and what went wrong or was withheld as dead letters.
    pub fn take(&mut self, features: &FeatureVector<'_>, emit: &mut Emit<'_>) {
        let factory = &self.factory;
        let seat = self
            .seats
            .get_or_insert(features.venue, features.instrument, || Seat::new(factory()));
        let exponent = features.quantity_exponent;
        let taken = match self.quantity.units(exponent) {
            Some(units) => seat.take(features).map(|wanted| (units, wanted)),
            None => {
                let quantity = self.quantity.text();
                let why = format!("its quantity {quantity} is no 64-bit count of 10^{exponent}");
                seat.mute(why).map(|()| (0, Vec::new()))
            }
        };
        let (units, wanted) = match taken {
            Ok(taken) => taken,
            Err(Fault(why)) => return emit.dead_letter(&Refusal::muted(&self.name, features, why)),
        };
        for (intent, withheld) in wanted {
            if let Some(why) = withheld {
                emit.dead_letter(&Refusal::withheld(&self.name, features, why));
                continue;
            }
            let quote = intent.quote;
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
                series: features.series,
                stop_price: intent.stop_price,
                target_price: intent.target_price,
                exit_ns: intent.exit_ns,
                post_only: intent.post_only,
                expires_ns: intent.expires_ns,
                half_spread: quote.map(|quote| quote.half_spread),
                skew: quote.map(|quote| quote.skew),
                price_step: quote.and_then(|quote| quote.price_step),
                bid_price: quote.map(|quote| quote.bid_price),
                ask_price: quote.map(|quote| quote.ask_price),
            });
        }
    }

    /// The own state of each seat, `None` when muted.
    pub fn states(&self, ids: &SchemaIds) -> Vec<Option<Vec<u8>>> {
        let state = |seat: &Seat| {
            let mut state = Vec::new();
            seat.state(ids, &mut state).then_some(state)
        };
        self.seats.iter().map(|entry| state(&entry.value)).collect()
    }

    /// The records of what `states` gave.
    pub fn saved<'a>(&'a self, states: &'a [Option<Vec<u8>>]) -> impl Iterator<Item = StrategyState<'a>> {
        let seats = self.seats.iter().zip(states);
        seats.filter_map(|(entry, state)| {
            Some(StrategyState {
                strategy: &self.name,
                venue: &entry.venue,
                instrument: &entry.instrument,
                state: state.as_deref()?,
            })
        })
    }

    pub fn standings(&self) -> impl Iterator<Item = StandingState<'_>> {
        self.seats.iter().map(|entry| StandingState {
            strategy: &self.name,
            venue: &entry.venue,
            instrument: &entry.instrument,
            bars: entry.value.bars(),
            muted: entry.value.muted(),
            version: &self.version,
        })
    }

    /// Its seats as saved. One that another version left muted is empty: the new version begins anew.
    pub fn restored(&self, ids: &SchemaIds, saved: &SignalsState<'_>) -> Result<ByInstrument<Seat>, RestoreError> {
        let mut seats = ByInstrument::default();
        let fresh = || Seat::new((self.factory)());
        for state in saved.strategies.iter().filter(|state| state.strategy == self.name) {
            let seat: &mut Seat = seats.get_or_insert(state.venue, state.instrument, fresh);
            seat.restore(ids, state.state)?;
        }
        for standing in saved.standings.iter().filter(|standing| standing.strategy == self.name) {
            if standing.muted.is_empty() || standing.version == self.version {
                seats
                    .get_or_insert(standing.venue, standing.instrument, fresh)
                    .stand(standing);
            }
        }
        Ok(seats)
    }
}
