//! A strategy's place in the stage, on one instrument: sealed off from the others and from the desk.
//!
//! What goes wrong mutes it here, at this record and for good, so that a replay of the log mutes it at the same record.
//! Of a bar at which it goes wrong nothing is taken. The twin in Python also catches what a user's code raises; what
//! comes with Tapeflow does not panic.

use contracts::{FeatureVector, SchemaIds, StandingState};

use crate::RestoreError;
use crate::strategy::{Intent, Strategy};

/// Why a strategy was muted just now, in one line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub String);

/// What a strategy wants, and why it withholds it itself.
pub(crate) type Wanted = (Intent, Option<String>);

/// A strategy on one instrument.
pub(crate) struct Seat {
    /// `None` when muted.
    strategy: Option<Box<dyn Strategy>>,
    bars: i64,
    muted: String,
}

impl Seat {
    pub fn new(strategy: Box<dyn Strategy>) -> Self {
        Self {
            strategy: Some(strategy),
            bars: 0,
            muted: String::new(),
        }
    }

    /// Takes up a saved state.
    pub fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        match &mut self.strategy {
            Some(strategy) => strategy.restore(ids, state),
            None => Ok(()),
        }
    }

    /// Takes up how it stood.
    pub fn stand(&mut self, saved: &StandingState<'_>) {
        self.bars = saved.bars;
        saved.muted.clone_into(&mut self.muted);
        if !self.muted.is_empty() {
            self.strategy = None;
        }
    }

    /// What the strategy wants at this bar. Nothing while it warms up, where it says that it does not act, and when it is
    /// muted.
    ///
    /// # Errors
    /// It went wrong at this bar, and is muted from here on.
    pub fn take(&mut self, features: &FeatureVector<'_>) -> Result<Vec<Wanted>, Fault> {
        let Some(strategy) = &mut self.strategy else {
            return Ok(Vec::new());
        };
        self.bars += 1;
        let acts = strategy.should_execute(features);
        // At every bar, so that its state goes on.
        let intents = strategy.generate_signals(features);
        if intents.iter().any(|intent| !intent.strength.is_finite()) {
            return Err(self.fault("the intent's strength is not finite".to_owned()));
        }
        if !acts || self.bars <= strategy.warm_up() {
            return Ok(Vec::new());
        }
        let check = |intent: Intent| {
            let withheld = strategy.risk_check(&intent, features);
            (intent, withheld)
        };
        Ok(intents.into_iter().map(check).collect())
    }

    /// # Errors
    /// It is muted from here on, and was not before.
    pub fn mute(&mut self, why: String) -> Result<(), Fault> {
        match self.muted.is_empty() {
            true => Err(self.fault(why)),
            false => Ok(()),
        }
    }

    fn fault(&mut self, why: String) -> Fault {
        self.muted.clone_from(&why);
        self.strategy = None;
        Fault(why)
    }

    /// Appends the strategy's own state; false when it is muted.
    pub fn state(&self, ids: &SchemaIds, out: &mut Vec<u8>) -> bool {
        match &self.strategy {
            Some(strategy) => {
                strategy.snapshot(ids, out);
                true
            }
            None => false,
        }
    }

    pub fn bars(&self) -> i64 {
        self.bars
    }

    pub fn muted(&self) -> &str {
        &self.muted
    }
}

#[cfg(test)]
mod tests {
    use contracts::{OrderType, Origin, Side, TimeInForce};

    use super::*;

    /// Wants to sell at every bar. Acts while the close is below 105, withholds below 102, and is not a number at 104.
    struct Seller;

    impl Strategy for Seller {
        fn name(&self) -> &'static str {
            "seller"
        }

        fn warm_up(&self) -> i64 {
            1
        }

        fn should_execute(&self, features: &FeatureVector<'_>) -> bool {
            features.close < 105
        }

        fn generate_signals(&mut self, features: &FeatureVector<'_>) -> Vec<Intent> {
            vec![Intent {
                side: Side::Sell,
                order_type: OrderType::Market,
                time_in_force: TimeInForce::Ioc,
                quantity: Some(7),
                price: None,
                strength: if features.close == 104 { f64::NAN } else { 1.0 },
                reason: String::new(),
                stop_price: None,
                target_price: None,
                exit_ns: None,
                post_only: false,
                expires_ns: None,
                quote: None,
            }]
        }

        fn risk_check(&self, _intent: &Intent, features: &FeatureVector<'_>) -> Option<String> {
            (features.close < 102).then(|| "too low".to_owned())
        }

        fn snapshot(&self, _ids: &SchemaIds, _out: &mut Vec<u8>) {}

        fn restore(&mut self, _ids: &SchemaIds, _state: &[u8]) -> Result<(), RestoreError> {
            Ok(())
        }
    }

    fn features(close: i64) -> FeatureVector<'static> {
        FeatureVector {
            origin: Origin {
                partition: 0,
                offset: 0,
                index: 0,
            },
            venue: "binance",
            instrument: "BTC-USDT",
            price_exponent: -2,
            quantity_exponent: -3,
            interval_ns: 1,
            close_ns: 1,
            receive_ns: 1,
            close,
            bid_price: None,
            ask_price: None,
            simple_return: None,
            realised_volatility: None,
            spread_bps: None,
            order_flow_imbalance: None,
            trade_imbalance: None,
            ema_fast: None,
            ema_slow: None,
            rsi: None,
            series: "",
            open: None,
            high: None,
            low: None,
            return_short: None,
            return_medium: None,
            return_long: None,
            microprice: None,
            kyle_lambda: None,
            vpin: None,
            seasonal_volume: None,
            seasonal_volatility: None,
            sign_autocorrelation: None,
            bid_depth_slope: None,
            ask_depth_slope: None,
            depth_levels: 0,
            configuration: "",
            own: Vec::new(),
        }
    }

    /// What each intent of a bar is withheld for.
    fn take(seat: &mut Seat, close: i64) -> Result<Vec<Option<String>>, Fault> {
        let wanted = seat.take(&features(close))?;
        Ok(wanted.into_iter().map(|(_, withheld)| withheld).collect())
    }

    #[test]
    fn it_is_heard_when_it_is_warm_and_acts_and_its_own_word_is_the_last() {
        let mut seat = Seat::new(Box::new(Seller));
        assert_eq!(take(&mut seat, 103), Ok(vec![]), "it warms up");
        assert_eq!(take(&mut seat, 101), Ok(vec![Some("too low".to_owned())]));
        assert_eq!(take(&mut seat, 102), Ok(vec![None]));
        assert_eq!(take(&mut seat, 105), Ok(vec![]), "it does not act");
    }

    #[test]
    fn what_is_no_number_mutes_it_for_good() {
        let mut seat = Seat::new(Box::new(Seller));
        assert_eq!(
            take(&mut seat, 104),
            Err(Fault("the intent's strength is not finite".to_owned()))
        );
        assert_eq!(take(&mut seat, 103), Ok(vec![]));
        assert_eq!((seat.bars(), seat.muted()), (1, "the intent's strength is not finite"));
        assert!(!seat.state(&SchemaIds::embedded(), &mut Vec::new()));
    }
}
