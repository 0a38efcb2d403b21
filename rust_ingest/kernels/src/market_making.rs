//! Strategy `market_making`: quotes both sides of the market around a reservation price, which leans against what it holds.
//!
//! M. Avellaneda and S. Stoikov, High-frequency trading in a limit order book, Quantitative Finance 8 (2008):
//!
//! ```text
//! reservation price  r = s - q gamma sigma^2 (T - t)
//! half the spread    d = gamma sigma^2 (T - t) / 2 + ln(1 + gamma / k) / gamma
//! ```
//!
//! Here s is the middle of the touch at the bar's close, q what the strategy holds in units of its quantity, sigma^2 the
//! variance of a bar's returns over the last `volatility` bars, and T - t the bars left of the day's session; without one
//! the end is always `horizon` bars away. Prices are in basis points of the middle, so gamma is per basis point and
//! quantity, and k, by which the chance to be filled decays with the distance, per basis point.
//!
//! It says the terms, and risk, which knows q, the two prices (`quote_terms`). Floats end here.

use contracts::{FeatureVector, OrderType, SchemaIds, Side, TimeInForce};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::parameters;
use crate::day_session::{Clocks, DaySession};
use crate::decimal_units::DecimalText;
use crate::snapshot::same;
use crate::strategy::{Factory, Intent, Quote, Strategy};
use crate::{ConfigError, RestoreError};

const THOUSANDTHS_MAX: i64 = 1_000_000;
const BARS_MAX: i64 = 10_000;
const BASIS_POINTS: f64 = 10_000.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    gamma_thousandths: Option<i64>,
    k_thousandths: Option<i64>,
    horizon: Option<i64>,
    live: Option<i64>,
    volatility: Option<i64>,
    price_step: String,
}

/// New terms at each time bar that has a touch and a volatility; its quotes end by themselves `live` bars later, and with
/// the session. It has no state.
#[derive(Debug, Clone)]
pub(crate) struct MarketMaking {
    name: String,
    days: Option<DaySession>,
    /// Per basis point and quantity.
    gamma: f64,
    /// Basis points.
    edge: f64,
    /// In bars, as the next two.
    horizon: i64,
    live: i64,
    volatility: f64,
    step: DecimalText,
}

impl MarketMaking {
    pub fn factory(name: &str, mut given: Map<String, Value>) -> Result<Factory, ConfigError> {
        let clocks = Clocks::taken(&mut given)?;
        let given: Parameters = parameters(given)?;
        let has_session = clocks != Clocks::default();
        let gamma = given.gamma_thousandths.unwrap_or(10);
        let k = given.k_thousandths.unwrap_or(500);
        let bars = [
            given.horizon.unwrap_or(60),
            given.live.unwrap_or(3),
            given.volatility.unwrap_or(20),
        ];
        let refuse = |field, problem| Err(ConfigError::field(field, problem));
        if [gamma, k].iter().any(|one| !(1..=THOUSANDTHS_MAX).contains(one)) {
            let need = "need thousandths from 1 to 1000000";
            return refuse("gamma_thousandths, k_thousandths", need);
        }
        if bars.iter().any(|one| !(1..=BARS_MAX).contains(one)) {
            return refuse("horizon, live, volatility", "need bars from 1 to 10000");
        }
        if has_session && given.horizon.is_some() {
            return refuse("horizon", "is for a strategy without a session");
        }
        let Some(step) = DecimalText::parse(&given.price_step) else {
            return refuse("price_step", "is not a positive decimal such as 0.01");
        };
        let [horizon, live, volatility] = bars;
        let per_point = gamma as f64 / 1_000.0;
        let fresh = Self {
            name: name.to_owned(),
            days: if has_session {
                Some(DaySession::within_a_day(clocks)?)
            } else {
                None
            },
            gamma: per_point,
            edge: log1p(gamma as f64 / k as f64) / per_point,
            horizon,
            live,
            volatility: volatility as f64,
            step,
        };
        Ok(Box::new(move || Box::new(fresh.clone())))
    }

    fn quote(&self, features: &FeatureVector<'_>) -> Option<Intent> {
        let (bid, ask) = (features.bid_price?, features.ask_price?);
        let volatility = features.realised_volatility?;
        if bid <= 0 || bid >= ask {
            return None;
        }
        let (bars, life_ns) = self.left(features)?;
        let moved = volatility * BASIS_POINTS;
        let risk = self.gamma * (moved * moved / self.volatility) * bars;
        let half = risk / 2.0 + self.edge;
        let middle = (bid as f64 + ask as f64) / 2.0;
        let quote = Quote {
            half_spread: counts(half, middle)?,
            skew: counts(risk, middle)?,
            price_step: self.step.units(features.price_exponent),
            bid_price: bid,
            ask_price: ask,
        };
        Some(Intent {
            side: Side::Buy,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::Gtc,
            quantity: None,
            price: None,
            strength: half,
            reason: "quotes around its reservation price".to_owned(),
            stop_price: None,
            target_price: None,
            exit_ns: None,
            post_only: true,
            expires_ns: Some(i64::try_from(i128::from(features.receive_ns) + life_ns).ok()?),
            quote: Some(quote),
        })
    }

    /// Bars to the end that it quotes for, and how long its quotes live, ns; `None` outside its session, and for bars that
    /// are not of time.
    fn left(&self, features: &FeatureVector<'_>) -> Option<(f64, i128)> {
        let interval_ns = features.interval_ns;
        if interval_ns <= 0 {
            return None;
        }
        let life_ns = i128::from(self.live) * i128::from(interval_ns);
        let Some(days) = &self.days else {
            return Some((self.horizon as f64, life_ns));
        };
        let start_ns = features.close_ns.saturating_sub(interval_ns);
        let session = days.of(start_ns);
        if start_ns < session.open_ns || features.close_ns >= session.close_ns {
            return None;
        }
        let left_ns = i128::from(session.close_ns) - i128::from(features.close_ns);
        Some((left_ns as f64 / interval_ns as f64, life_ns.min(left_ns)))
    }
}

impl Strategy for MarketMaking {
    fn name(&self) -> &str {
        &self.name
    }

    fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent> {
        self.quote(features).into_iter().collect()
    }

    fn snapshot(&self, _ids: &SchemaIds, _out: &mut Vec<u8>) {}

    fn restore(&mut self, _ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        same("bytes of market_making's state", &state.len(), &0)
    }
}

/// Price counts, the fraction cut off; `None` beyond 64 bits.
fn counts(basis_points: f64, middle: f64) -> Option<i64> {
    let counts = basis_points * middle / BASIS_POINTS;
    (counts < 9_223_372_036_854_775_808.0).then_some(counts as i64)
}

/// ln(1 + x) of a positive x, by IEEE 754's exact operations alone, so that it is the same on every machine: twice the area
/// hyperbolic tangent of x / (2 + x), whose series is short once the argument is small.
fn log1p(x: f64) -> f64 {
    let (z, scale) = if x <= 1.0 {
        (x / (2.0 + x), 2.0)
    } else {
        let (mut root, mut scale) = (1.0 + x, 2.0);
        while root > 2.0 {
            root = f64::sqrt(root);
            scale *= 2.0;
        }
        ((root - 1.0) / (root + 1.0), scale)
    };
    let square = z * z;
    // The next term would be below 3^-41, as z is at most a third.
    let terms = (0..20).rev().map(|place| 1.0 / f64::from(2 * place + 1));
    scale * z * terms.fold(0.0, |total, term| total * square + term)
}
