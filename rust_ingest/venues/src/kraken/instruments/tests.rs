use super::*;
use crate::fixed::NANO;

const ASSET_PAIRS: &[u8] = br#"{"error":[],"result":{
  "XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT\/USD","base":"XXBT","quote":"ZUSD","pair_decimals":1,"lot_decimals":8,
    "cost_decimals":5,"ordermin":"0.0001","costmin":"0.5","tick_size":"0.1","status":"online"},
  "XXBTZUSD.d":{"altname":"XBTUSD.d","base":"XXBT","quote":"ZUSD","pair_decimals":3,"lot_decimals":8},
  "XXDGXXBT":{"altname":"XDGXBT","wsname":"XDG/XBT","base":"XXDG","quote":"XXBT","pair_decimals":8,"lot_decimals":8,
    "ordermin":"50"}}}"#;

#[test]
fn a_pair_of_asset_pairs() {
    let [bitcoin] = <[Listing; 1]>::try_from(listings(ASSET_PAIRS, &["XBT/USD"]).unwrap()).unwrap();
    let expected = Terms {
        symbol: "XBT/USD".to_owned(),
        instrument: "BTC-USD".to_owned(),
        base: "BTC".to_owned(),
        quote: "USD".to_owned(),
        class: Class::Spot,
        tick_size: 100_000_000,
        lot_size: 10,
        min_quantity: 100_000,
        max_quantity: i64::MAX,
        min_notional: 5 * 10_i128.pow(17),
        contract: None,
    };
    assert_eq!(bitcoin.terms(NANO, NANO).unwrap(), expected);
    assert_eq!(bitcoin.decimals, KrakenDecimals { price: 1, quantity: 8 });
    assert_eq!(bitcoin.status.as_deref(), Some("online"));
}

#[test]
fn what_old_listings_lack_follows_from_the_decimals() {
    let all = listings(ASSET_PAIRS, &[]).unwrap();
    let names: Vec<&str> = all.iter().map(|listing| listing.symbol.as_str()).collect();
    assert_eq!(names, ["XBT/USD", "XDG/XBT"], "a dark pool cannot be subscribed");
    let terms = all[1].terms(NANO, NANO).unwrap();
    assert_eq!(terms.instrument, "DOGE-BTC");
    assert_eq!(
        (terms.tick_size, terms.min_quantity, terms.min_notional),
        (10, 50_000_000_000, 0)
    );
}

#[test]
fn what_is_wrong_is_named() {
    let missing = listings(ASSET_PAIRS, &["BTC/USD"]).unwrap_err().to_string();
    assert!(missing.starts_with("BTC/USD is not listed there"), "{missing}");
    let refused = listings(br#"{"error":["EGeneral:Too many requests"]}"#, &[]).unwrap_err();
    assert!(matches!(refused, TermsError::Refused { message, .. } if message == "EGeneral:Too many requests"));
    assert!(listings(b"{}", &["XBT/USD"]).is_err() && listings(b"7", &[]).is_err());
    let coarse = listings(ASSET_PAIRS, &["XBT/USD"]).unwrap()[0].terms(Scale::new(0).unwrap(), NANO);
    let error = coarse.unwrap_err().to_string();
    assert!(
        error.contains("tick_size = \"0.1\"") || error.contains("costmin = \"0.5\""),
        "{error}"
    );
    assert!(error.contains("--exponents XBT/USD="), "{error}");
}
