//! What an account may trade: `GET /v3/accounts/{accountID}/instruments` ("Instrument").

use serde::Deserialize;

use crate::dialect::{self, ACCOUNT};
use crate::fixed::Scale;
use crate::terms::{Class, Terms, TermsError, Written, find_each};

const VENUE: &str = "OANDA";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    instruments: Vec<Listing>,
    error_message: Option<String>,
}

/// An instrument as it is listed, its decimals still text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// The venue's own name: `EUR_USD`.
    pub name: String,
    /// `CURRENCY`, `CFD` or `METAL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Decimals of prices.
    pub display_precision: i8,
    /// Decimals of quantities.
    pub trade_units_precision: i8,
    pub minimum_trade_size: String,
    pub maximum_order_units: String,
}

/// Path of the list of [`ACCOUNT`]'s instruments.
pub fn listing_path() -> String {
    format!("/v3/accounts/{ACCOUNT}/instruments")
}

/// The listing of each of `symbols`, in their order.
pub fn listings(answer: &[u8], symbols: &[&str]) -> Result<Vec<Listing>, TermsError> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|source| TermsError::Json { venue: VENUE, source })?;
    if let Some(message) = answer.error_message {
        return Err(TermsError::Refused { venue: VENUE, message });
    }
    find_each(&answer.instruments, symbols, |listing| &listing.name, "EUR_USD")
}

impl Listing {
    /// Base and quote: `EUR` and `USD` of `EUR_USD`; a CFD's base is what it is on, `SPX500`.
    pub fn pair(&self) -> (&str, &str) {
        self.name.rsplit_once('_').unwrap_or((&self.name, ""))
    }

    fn written<'a>(&'a self, field: &'static str, text: &'a str) -> Written<'a> {
        Written {
            symbol: &self.name,
            field,
            text,
        }
    }
}

impl dialect::Listing for Listing {
    fn symbol(&self) -> &str {
        &self.name
    }

    fn instrument(&self) -> Result<String, TermsError> {
        let (base, quote) = self.pair();
        Ok(format!("{base}-{quote}"))
    }

    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        let (base, quote) = self.pair();
        let tick_size = step(self.display_precision);
        let lot_size = step(self.trade_units_precision);
        let max_quantity = self
            .written("maximumOrderUnits", &self.maximum_order_units)
            .units(quantity)?;
        Ok(Terms {
            symbol: self.name.clone(),
            instrument: self.instrument()?,
            base: base.to_owned(),
            quote: quote.to_owned(),
            class: Class::Spot,
            tick_size: self.written("displayPrecision", &tick_size).units(price)?,
            lot_size: self.written("tradeUnitsPrecision", &lot_size).units(quantity)?,
            min_quantity: self
                .written("minimumTradeSize", &self.minimum_trade_size)
                .units(quantity)?,
            // "0" is no limit, as with `maximumPositionSize`.
            max_quantity: if max_quantity == 0 { i64::MAX } else { max_quantity },
            min_notional: 0,
            contract: None,
        })
    }
}

/// The smallest step of so many decimals: `0.001` for 3.
fn step(decimals: i8) -> String {
    match usize::try_from(decimals) {
        Ok(decimals @ 1..) => format!("0.{}1", "0".repeat(decimals - 1)),
        _ => "1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Listing as _;
    use crate::fixed::NANO;

    /// Of "Instrument", written out by hand: there is no recording.
    const ANSWER: &[u8] = br#"{"instruments":[{"displayName":"EUR/USD","displayPrecision":5,"marginRate":"0.02",
      "maximumOrderUnits":"100000000","maximumPositionSize":"0","maximumTrailingStopDistance":"1.00000",
      "minimumTradeSize":"1","minimumTrailingStopDistance":"0.00050","name":"EUR_USD","pipLocation":-4,
      "tradeUnitsPrecision":0,"type":"CURRENCY"},{"displayPrecision":1,"maximumOrderUnits":"0","minimumTradeSize":"0.1",
      "name":"SPX500_USD","tradeUnitsPrecision":1,"type":"CFD"}],"lastTransactionID":"6"}"#;

    #[test]
    fn terms_of_a_pair_and_of_a_cfd() {
        let coarse = Scale::new(-1).unwrap();
        let [euro, index] = <[Listing; 2]>::try_from(listings(ANSWER, &["EUR_USD", "SPX500_USD"]).unwrap()).unwrap();
        let terms = euro.terms(NANO, coarse).unwrap();
        assert_eq!(
            (terms.symbol.as_str(), terms.instrument.as_str()),
            ("EUR_USD", "EUR-USD")
        );
        assert_eq!(
            (terms.base.as_str(), terms.quote.as_str(), terms.class),
            ("EUR", "USD", Class::Spot)
        );
        assert_eq!((terms.tick_size, terms.lot_size), (10_000, 10));
        assert_eq!((terms.min_quantity, terms.max_quantity), (10, 1_000_000_000));
        let terms = index.terms(NANO, coarse).unwrap();
        assert_eq!(
            (terms.instrument.as_str(), terms.max_quantity),
            ("SPX500-USD", i64::MAX)
        );
        assert_eq!((terms.tick_size, terms.min_quantity), (100_000_000, 1));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let missing = listings(ANSWER, &["EURUSD"]).unwrap_err().to_string();
        assert_eq!(missing, "EURUSD is not listed there; symbols are written like EUR_USD");
        let refused = listings(
            br#"{"errorMessage":"Insufficient authorization to perform request."}"#,
            &[],
        );
        assert!(matches!(refused, Err(TermsError::Refused { message, .. }) if message.starts_with("Insufficient")));
        let coarse = listings(ANSWER, &["EUR_USD"]).unwrap()[0].terms(Scale::new(0).unwrap(), NANO);
        assert!(
            coarse
                .unwrap_err()
                .to_string()
                .contains("displayPrecision = \"0.00001\"")
        );
        assert!(listings(b"7", &[]).is_err());
    }
}
