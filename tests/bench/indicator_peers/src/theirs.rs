//! yata's methods and indicators of the same name and parameters.

use std::hint::black_box;
use std::time::Instant;

use yata::core::{Candle, IndicatorConfig, IndicatorInstance, Method};
use yata::helpers::MA;
use yata::indicators::{BollingerBands, MACD, RelativeStrengthIndex};
use yata::methods::{DEMA, EMA, HMA, RMA, SMA, StDev, TEMA, WMA};

/// One round: nanoseconds an update.
type Round = Box<dyn FnMut() -> f64>;

/// None where yata has none.
pub fn of(name: &str, parameters: &[f64], closes: &[f64]) -> Option<Round> {
    let closes = closes.to_vec();
    let length = *parameters.first()? as u8;
    Some(match name {
        "sma" => method::<SMA>(length, closes),
        "ema" => method::<EMA>(length, closes),
        "rma" => method::<RMA>(length, closes),
        "wma" => method::<WMA>(length, closes),
        "dema" => method::<DEMA>(length, closes),
        "tema" => method::<TEMA>(length, closes),
        "hma" => method::<HMA>(length, closes),
        "stddev" => method::<StDev>(length, closes),
        "rsi" => {
            let config = RelativeStrengthIndex {
                ma: MA::RMA(length),
                ..RelativeStrengthIndex::default()
            };
            indicator(config, closes)
        }
        "macd" => indicator(MACD::default(), closes),
        "bbands" => indicator(BollingerBands::default(), closes),
        _ => return None,
    })
}

fn method<M>(length: u8, closes: Vec<f64>) -> Round
where
    M: for<'a> Method<Params = u8, Input = f64, Output = f64> + 'static,
{
    Box::new(move || {
        let mut method = M::new(length, &closes[0]).expect("a length that it takes");
        let start = Instant::now();
        for close in &closes {
            black_box(method.next(black_box(close)));
        }
        start.elapsed().as_nanos() as f64 / closes.len() as f64
    })
}

fn indicator<C: IndicatorConfig + Clone + 'static>(config: C, closes: Vec<f64>) -> Round {
    let candles: Vec<Candle> = closes
        .into_iter()
        .map(|close| Candle {
            open: close,
            high: close,
            low: close,
            close,
            volume: 1.0,
        })
        .collect();
    Box::new(move || {
        let mut instance = config.clone().init(&candles[0]).expect("a configuration that it takes");
        let start = Instant::now();
        for candle in &candles {
            black_box(instance.next(black_box(candle)));
        }
        start.elapsed().as_nanos() as f64 / candles.len() as f64
    })
}
