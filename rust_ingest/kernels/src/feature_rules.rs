//! What features must be: within their range, finite, and not stale. Each breach is a record (FeatureViolation).
//!
//! Ranges are of the statistics themselves; a desk narrows or moves them by `limits`. The vector is left as it is: what
//! a breach means is for whoever reads it to say.

use contracts::{FeatureRule, FeatureVector, FeaturesState};
use serde::{Deserialize, Serialize};

use crate::snapshot::same;
use crate::{ConfigError, RestoreError};

const STALE_NS: i64 = 60_000_000_000;

/// A range; both ends belong to it, `None`: it has no such end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// Of a statistic.
#[derive(Debug, Clone, Copy)]
struct Rule {
    feature: &'static str,
    ends: Ends,
    of: fn(&FeatureVector<'_>) -> Option<f64>,
}

macro_rules! rule {
    ($feature:ident, $low:expr, $high:expr) => {
        Rule {
            feature: stringify!($feature),
            ends: Ends { low: $low, high: $high },
            of: |vector| vector.$feature,
        }
    };
}

/// Every statistic, in the order of the record.
const RULES: [Rule; 19] = [
    rule!(simple_return, Some(-1.0), None),
    rule!(realised_volatility, Some(0.0), None),
    // Crossed quotes are real, and worth a record.
    rule!(spread_bps, Some(0.0), None),
    // Quoted quantities may come and go without a trade: it has no end at all.
    rule!(order_flow_imbalance, None, None),
    rule!(trade_imbalance, Some(-1.0), Some(1.0)),
    rule!(ema_fast, Some(0.0), None),
    rule!(ema_slow, Some(0.0), None),
    rule!(rsi, Some(0.0), Some(100.0)),
    rule!(return_short, Some(-1.0), None),
    rule!(return_medium, Some(-1.0), None),
    rule!(return_long, Some(-1.0), None),
    rule!(microprice, Some(0.0), None),
    // Prices may go against the flow.
    rule!(kyle_lambda, None, None),
    rule!(vpin, Some(0.0), Some(1.0)),
    rule!(seasonal_volume, Some(0.0), None),
    rule!(seasonal_volatility, Some(0.0), None),
    rule!(sign_autocorrelation, Some(-1.0), Some(1.0)),
    rule!(bid_depth_slope, Some(0.0), None),
    rule!(ask_depth_slope, Some(0.0), None),
];

/// A rule that a vector breaks; fields as in FeatureViolation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Breach<'r> {
    pub feature: &'r str,
    pub rule: FeatureRule,
    pub value: Option<f64>,
    pub limit: Option<f64>,
}

/// A desk's own range.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    feature: String,
    #[serde(default)]
    low: String,
    #[serde(default)]
    high: String,
}

/// As configured.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub stale_ns: i64,
    rules: [Rule; RULES.len()],
    /// The limits, for states.
    pub texts: Vec<String>,
}

impl Rules {
    pub fn of(stale_ns: Option<i64>, limits: &[Limit]) -> Result<Self, ConfigError> {
        let stale_ns = stale_ns.unwrap_or(STALE_NS);
        if stale_ns <= 0 {
            return Err(ConfigError::field("stale_ns", "is not positive"));
        }
        let mut rules = RULES;
        for limit in limits {
            let name = limit.feature.as_str();
            let wrong = |what: &str| ConfigError::field("limits", &format!("{name}: {what}"));
            let rule = rules.iter_mut().find(|rule| rule.feature == name);
            let rule = rule.ok_or_else(|| wrong("is no statistic of a feature vector"))?;
            let end = |text: &str| end_of_range(text).map_err(|problem| wrong(&problem));
            (rule.ends.low, rule.ends.high) = (end(&limit.low)?, end(&limit.high)?);
        }
        let text = |limit: &Limit| format!("{} {} {}", limit.feature, limit.low, limit.high);
        Ok(Self {
            stale_ns,
            rules,
            texts: limits.iter().map(text).collect(),
        })
    }

    /// Of the statistics, in the order of the record.
    pub fn breaches<'r>(&self, vector: &FeatureVector<'_>) -> impl Iterator<Item = Breach<'r>> {
        self.rules.iter().filter_map(|rule| {
            let (kind, value, limit) = rule.ends.broken((rule.of)(vector)?)?;
            Some(Breach {
                feature: rule.feature,
                rule: kind,
                value,
                limit,
            })
        })
    }

    /// What is older than it may be.
    pub fn stale<'r>(&self, ages_ns: impl Iterator<Item = (&'static str, i128)>) -> impl Iterator<Item = Breach<'r>> {
        let old = ages_ns.filter(|(_, age_ns)| *age_ns > i128::from(self.stale_ns));
        old.map(|(feature, age_ns)| Breach {
            feature,
            rule: FeatureRule::Stale,
            value: Some(age_ns as f64),
            limit: Some(self.stale_ns as f64),
        })
    }

    /// # Errors
    /// The state was made with others; one from before there were rules has none.
    pub fn check(&self, state: &FeaturesState<'_>) -> Result<(), RestoreError> {
        if state.stale_ns == 0 {
            return Ok(());
        }
        same("stale_ns", &state.stale_ns, &self.stale_ns)?;
        same(
            "limits",
            &state.limits,
            &self.texts.iter().map(String::as_str).collect(),
        )
    }
}

impl Ends {
    /// The rule that a value breaks, the value, and the end that it passed.
    pub fn broken(self, value: f64) -> Option<(FeatureRule, Option<f64>, Option<f64>)> {
        if !value.is_finite() {
            return Some((FeatureRule::NotFinite, None, None));
        }
        if self.low.is_some_and(|low| value < low) {
            return Some((FeatureRule::Below, Some(value), self.low));
        }
        if self.high.is_some_and(|high| value > high) {
            return Some((FeatureRule::Above, Some(value), self.high));
        }
        None
    }
}

/// As configured; empty: there is none.
pub(crate) fn end_of_range(text: &str) -> Result<Option<f64>, String> {
    match text {
        "" => Ok(None),
        text if is_decimal(text) => Ok(text.parse().ok()),
        text => Err(format!("{text} is not a decimal such as -0.5")),
    }
}

/// An optional minus, up to 18 digits, and maybe a point and as many behind it.
pub(crate) fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| (1..=18).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, places) = match text.split_once('.') {
        Some((whole, places)) => (whole, Some(places)),
        None => (text, None),
    };
    digits(whole.strip_prefix('-').unwrap_or(whole)) && places.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_must_be_finite_and_within_its_range() {
        let rule = rule!(rsi, Some(0.0), Some(100.0));
        let kind = |value| rule.ends.broken(value);
        assert_eq!(kind(0.0), None);
        assert_eq!(kind(100.0), None);
        assert_eq!(kind(-0.5), Some((FeatureRule::Below, Some(-0.5), Some(0.0))));
        assert_eq!(kind(101.0), Some((FeatureRule::Above, Some(101.0), Some(100.0))));
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(kind(value), Some((FeatureRule::NotFinite, None, None)));
        }
    }

    #[test]
    fn a_limit_is_a_decimal() {
        assert!(["0", "-0.05", "100.25"].into_iter().all(is_decimal));
        assert!(
            ["", "-", "1e3", ".5", "5.", "+1", "--1", "nan"]
                .into_iter()
                .all(|text| !is_decimal(text))
        );
    }
}
