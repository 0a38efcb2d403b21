//! The strategy interface, and the strategies that come with Tapeflow.

use contracts::{FeatureVector, OrderType, SchemaIds, Side, TimeInForce};
use serde_json::{Map, Value};

use crate::ema_cross::EmaCross;
use crate::flow_imbalance::FlowImbalance;
use crate::market_making::MarketMaking;
use crate::overnight_range::OvernightRange;
use crate::rsi_reversion::RsiReversion;
use crate::zscore_reversion::ZscoreReversion;
use crate::{ConfigError, RestoreError};

/// Where to stand on both sides of the market. Risk works the two prices out, as they follow from what the strategy holds,
/// and replaces the two orders when they are others. All are prices, in the instrument's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// From the reservation price to either side.
    pub half_spread: i64,
    /// How far below the middle of the touch the reservation price lies for each quantity that the strategy holds.
    pub skew: i64,
    /// Prices are multiples of it. `None`, for what is none of the instrument's units, is rejected.
    pub price_step: Option<i64>,
    /// The touch: a quote never stands at the other side's price or beyond.
    pub bid_price: i64,
    pub ask_price: i64,
}

/// What a strategy wants to do; the stage adds who, where and how much, and risk decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    pub side: Side,
    pub order_type: OrderType,
    pub time_in_force: TimeInForce,
    /// In the instrument's units; `None` for the configured quantity.
    pub quantity: Option<i64>,
    /// Limit price in the instrument's units; `None` for a market order.
    pub price: Option<i64>,
    /// The strategy's own measure; finite.
    pub strength: f64,
    /// One line for people. No formatted floats: the twins write the same bytes.
    pub reason: String,
    /// Risk closes what the order opened at the first mark at this price or beyond it, against it. Marks come at bar closes.
    pub stop_price: Option<i64>,
    /// The same in its favour.
    pub target_price: Option<i64>,
    /// And at the first mark of this venue time or later.
    pub exit_ns: Option<i64>,
    /// The venue refuses it if it would take. For a limit order with time in force GTC.
    pub post_only: bool,
    /// Such an order is good till then, by the clock of `receive_ns`.
    pub expires_ns: Option<i64>,
    /// Two quotes instead of one order; they need `expires_ns`. Side, price and order type say nothing then.
    pub quote: Option<Quote>,
}

/// One strategy on one instrument and bar length: pure, as every kernel. For each bar the stage calls `should_execute`,
/// then `generate_signals`, then `risk_check` for each intent.
pub trait Strategy: Send {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// So many bars it is fed before it is heard: what it wants at them is dropped.
    fn warm_up(&self) -> i64 {
        0
    }

    /// Whether it acts at this bar: its session, its filters. What it wants at others is dropped.
    fn should_execute(&self, _features: &FeatureVector<'_>) -> bool {
        true
    }

    /// Takes the features of the next bar, every one of them, and says what it wants.
    fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent>;

    /// The strategy's own last word, ahead of the risk desk: why this must not go out. The reason goes to
    /// `ops.dead_letters`, so it is for what should not happen.
    fn risk_check(&self, _intent: &Intent, _features: &FeatureVector<'_>) -> Option<String> {
        None
    }

    /// Appends the state.
    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>);

    /// Replaces the state by one that either twin wrote.
    ///
    /// # Errors
    /// The state is of another strategy.
    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError>;
}

/// Makes the strategy of one instrument.
pub(crate) type Factory = Box<dyn Fn() -> Box<dyn Strategy> + Send>;

const KNOWN: &str = "ema_cross, rsi_reversion, zscore_reversion, flow_imbalance, overnight_range, market_making";

/// The factory for a strategy's `kind` and `parameters`.
pub(crate) fn factory(name: &str, kind: &str, parameters: Map<String, Value>) -> Result<Factory, ConfigError> {
    let made = match kind {
        "ema_cross" => EmaCross::factory(name, parameters),
        "rsi_reversion" => RsiReversion::factory(name, parameters),
        "zscore_reversion" => ZscoreReversion::factory(name, parameters),
        "flow_imbalance" => FlowImbalance::factory(name, parameters),
        "overnight_range" => OvernightRange::factory(name, parameters),
        "market_making" => MarketMaking::factory(name, parameters),
        _ => return Err(unknown(name, kind).within(&format!("strategies.{name}"))),
    };
    made.map_err(|error| error.within(&format!("strategies.{name}.parameters")))
}

fn unknown(name: &str, kind: &str) -> ConfigError {
    if kind.contains(':') {
        return ConfigError::PythonOnly {
            strategy: name.to_owned(),
            kind: kind.to_owned(),
            known: KNOWN,
        };
    }
    let problem = format!("is none of {KNOWN}, nor a Python class as module:Class");
    ConfigError::field("kind", &problem)
}

/// An order that takes what the other side offers now, and nothing later: the best ask for a buy, the best bid for a
/// sell. `None` where that side shows no price.
pub(crate) fn take_touch(
    features: &FeatureVector<'_>,
    side: Side,
    strength: f64,
    reason: &'static str,
) -> Option<Intent> {
    let price = match side {
        Side::Buy => features.ask_price,
        Side::Sell => features.bid_price,
    };
    price.map(|price| Intent {
        side,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::Ioc,
        quantity: None,
        price: Some(price),
        strength,
        reason: reason.to_owned(),
        stop_price: None,
        target_price: None,
        exit_ns: None,
        post_only: false,
        expires_ns: None,
        quote: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_strategy_names_it() {
        let known = format!("strategies.mine.kind: is none of {KNOWN}, nor a Python class as module:Class");
        for (kind, parameters, told) in [
            (
                "market_making",
                json!({}),
                "strategies.mine.parameters: missing field `price_step`",
            ),
            (
                "rsi_reversion",
                json!({"low": 80, "high": 20}),
                "strategies.mine.parameters.low, high: need 0 < low < high < 100",
            ),
            ("none_such", json!({}), &known),
        ] {
            let parameters = serde_json::from_value(parameters).unwrap();
            let error = factory("mine", kind, parameters).err().expect("it is refused");
            assert_eq!(error.to_string(), told);
        }
    }
}
