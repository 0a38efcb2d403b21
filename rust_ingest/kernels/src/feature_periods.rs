//! Over how much features look back: the configuration of the stage features.

use contracts::FeaturesState;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::parameters;
use crate::snapshot::same;
use crate::{ConfigError, RestoreError};

/// Longer windows would make states that are slow to save.
const PERIOD_MAX: i32 = 10_000;
/// A slot is no shorter than a minute.
const SLOTS_MAX: i32 = 1_440;

/// Lengths in bars, but for the last two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Periods {
    pub ema_fast: i32,
    pub ema_slow: i32,
    pub rsi: i32,
    pub volatility: i32,
    pub return_short: i32,
    pub return_medium: i32,
    pub return_long: i32,
    pub kyle_lambda: i32,
    pub vpin: i32,
    pub sign_autocorrelation: i32,
    /// Of a day.
    pub season_slots: i32,
    pub season_days: i32,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            ema_fast: 12,
            ema_slow: 26,
            rsi: 14,
            volatility: 20,
            return_short: 5,
            return_medium: 15,
            return_long: 60,
            kyle_lambda: 50,
            vpin: 50,
            sign_autocorrelation: 50,
            season_slots: 24,
            season_days: 20,
        }
    }
}

impl Periods {
    /// `config`: the lengths alone.
    pub fn of(config: Map<String, Value>) -> Result<Self, ConfigError> {
        let periods: Self = parameters(config)?;
        for (field, length) in periods.named() {
            let longest = if field == "season_slots" { SLOTS_MAX } else { PERIOD_MAX };
            if !(1..=longest).contains(&length) {
                return Err(ConfigError::field(field, &format!("is not between 1 and {longest}")));
            }
        }
        for (shorter, longer, ascend) in [
            ("ema_fast", "ema_slow", periods.ema_fast < periods.ema_slow),
            (
                "return_short",
                "return_medium",
                periods.return_short < periods.return_medium,
            ),
            (
                "return_medium",
                "return_long",
                periods.return_medium < periods.return_long,
            ),
        ] {
            if !ascend {
                return Err(ConfigError::field(shorter, &format!("is not shorter than {longer}")));
            }
        }
        Ok(periods)
    }

    fn named(&self) -> [(&'static str, i32); 12] {
        [
            ("ema_fast", self.ema_fast),
            ("ema_slow", self.ema_slow),
            ("rsi", self.rsi),
            ("volatility", self.volatility),
            ("return_short", self.return_short),
            ("return_medium", self.return_medium),
            ("return_long", self.return_long),
            ("kyle_lambda", self.kyle_lambda),
            ("vpin", self.vpin),
            ("sign_autocorrelation", self.sign_autocorrelation),
            ("season_slots", self.season_slots),
            ("season_days", self.season_days),
        ]
    }

    /// # Errors
    /// The state was made with others. One from before there were these windows has 0 for them, and begins them anew.
    pub fn check(&self, state: &FeaturesState<'_>) -> Result<(), RestoreError> {
        let found = Self {
            ema_fast: state.ema_fast,
            ema_slow: state.ema_slow,
            rsi: state.rsi,
            volatility: state.volatility,
            return_short: state.return_short,
            return_medium: state.return_medium,
            return_long: state.return_long,
            kyle_lambda: state.kyle_lambda,
            vpin: state.vpin,
            sign_autocorrelation: state.sign_autocorrelation,
            season_slots: state.season_slots,
            season_days: state.season_days,
        };
        for ((field, found), (_, configured)) in found.named().into_iter().zip(self.named()) {
            if found != 0 {
                same(field, &found, &configured)?;
            }
        }
        Ok(())
    }
}
