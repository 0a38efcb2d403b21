use super::*;
use crate::fixed::NANO;

const LISTED: &str = r#"{"code":"0","msg":"","data":[
  {"baseCcy":"BTC","ctMult":"","ctType":"","ctVal":"","ctValCcy":"","instId":"BTC-USDT","instType":"SPOT",
   "lotSz":"0.00000001","maxLmtSz":"9999999999","minSz":"0.00001","quoteCcy":"USDT","state":"live","tickSz":"0.1","uly":""},
  {"baseCcy":"","ctMult":"1","ctType":"linear","ctVal":"0.01","ctValCcy":"BTC","instId":"BTC-USDT-SWAP","instType":"SWAP",
   "lotSz":"1","maxLmtSz":"100000000","minSz":"1","quoteCcy":"","settleCcy":"USDT","tickSz":"0.1","uly":"BTC-USDT"},
  {"baseCcy":"","ctMult":"1","ctType":"inverse","ctVal":"100","ctValCcy":"USD","instId":"BTC-USD-220527",
   "instType":"FUTURES","lotSz":"1","maxLmtSz":"1000000","minSz":"1","quoteCcy":"","tickSz":"0.1","uly":"BTC-USD"},
  {"baseCcy":"","ctMult":"0.1","ctType":"","ctVal":"1","ctValCcy":"BTC","instId":"BTC-USD-220514-22000-C",
   "instType":"OPTION","lotSz":"1","maxLmtSz":"1000000","minSz":"1","quoteCcy":"","tickSz":"0.0005","uly":"BTC-USD"}]}"#;

fn listing(symbol: &str) -> Listing {
    listings(LISTED.as_bytes(), &[symbol]).unwrap().remove(0)
}

#[test]
fn spot_terms() {
    let spot = listing("BTC-USDT");
    let expected = Terms {
        symbol: "BTC-USDT".to_owned(),
        instrument: "BTC-USDT".to_owned(),
        base: "BTC".to_owned(),
        quote: "USDT".to_owned(),
        class: Class::Spot,
        tick_size: 100_000_000,
        lot_size: 10,
        min_quantity: 10_000,
        max_quantity: i64::MAX,
        min_notional: 0,
    };
    assert_eq!(spot.terms(NANO, NANO).unwrap(), expected);
    assert_eq!(spot.contract(), None);
}

#[test]
fn futures_count_contracts() {
    let swap = listing("BTC-USDT-SWAP");
    let terms = swap.terms(NANO, NANO).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.class, terms.base.as_str()),
        ("BTC-USDT-PERP", Class::Perpetual, "BTC")
    );
    let contract = swap.contract().unwrap();
    assert_eq!(
        (contract.value, contract.currency, contract.is_inverse),
        ("0.01", "BTC", false)
    );
    let dated = listing("BTC-USD-220527");
    let terms = dated.terms(NANO, NANO).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.class, terms.quote.as_str()),
        ("BTC-USD-220527", Class::Dated, "USD")
    );
    assert!(dated.contract().unwrap().is_inverse);
}

#[test]
fn errors_say_what_to_do() {
    let option = listing("BTC-USD-220514-22000-C").terms(NANO, NANO).unwrap_err();
    assert!(option.to_string().contains("choose SPOT, SWAP or FUTURES"), "{option}");
    let missing = listings(LISTED.as_bytes(), &["BTCUSDT"]).unwrap_err();
    assert!(missing.to_string().contains("written like BTC-USDT"), "{missing}");
    let refused = listings(br#"{"code":"50011","msg":"Too Many Requests","data":[]}"#, &[]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "okx refuses the list of instruments: 50011 Too Many Requests"
    );
    let coarse = Scale::new(0).unwrap();
    let misfit = listing("BTC-USDT").terms(coarse, NANO).unwrap_err();
    assert!(misfit.to_string().contains("--exponents BTC-USDT="), "{misfit}");
}

#[test]
fn names_tell_the_kind() {
    let kinds = ["BTC-USDT", "BTC-USDT-SWAP", "BTC-USD-220527"].map(kind_of);
    assert_eq!(kinds, ["SPOT", "SWAP", "FUTURES"]);
    assert_eq!(listing_path("SWAP"), "/api/v5/public/instruments?instType=SWAP");
}
