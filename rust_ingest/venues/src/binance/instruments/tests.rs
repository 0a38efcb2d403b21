use super::*;
use crate::fixed::NANO;

const SPOT: &str = r#"{"timezone":"UTC","symbols":[
  {"symbol":"ETHUSDT","baseAsset":"ETH","quoteAsset":"USDT","filters":[]},
  {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","baseAssetPrecision":8,"quoteAsset":"USDT","filters":[
    {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
    {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
    {"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"107.46554","stepSize":"0.00000000"},
    {"filterType":"ICEBERG_PARTS","limit":10},
    {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,"maxNotional":"9000000.00000000"}]}]}"#;

const FUTURES: &str = r#"{"symbols":[
  {"symbol":"BTCUSDT_250328","contractType":"CURRENT_QUARTER","baseAsset":"BTC","quoteAsset":"USDT","filters":[]},
  {"symbol":"BTCUSDT","pair":"BTCUSDT","contractType":"PERPETUAL","baseAsset":"BTC","quoteAsset":"USDT","filters":[
    {"filterType":"PRICE_FILTER","tickSize":"0.10"},
    {"filterType":"LOT_SIZE","stepSize":"0.001","minQty":"0.001","maxQty":"1000"},
    {"filterType":"MIN_NOTIONAL","notional":"100"}]}]}"#;

fn listing(info: &str, symbol: &str) -> Listing {
    listings(info.as_bytes(), &[symbol]).unwrap().remove(0)
}

#[test]
fn spot_terms() {
    let terms = listing(SPOT, "BTCUSDT").terms(NANO, NANO).unwrap();
    let expected = Terms {
        symbol: "BTCUSDT".to_owned(),
        instrument: "BTC-USDT".to_owned(),
        base: "BTC".to_owned(),
        quote: "USDT".to_owned(),
        class: Class::Spot,
        tick_size: 10_000_000,
        lot_size: 10_000,
        min_quantity: 10_000,
        max_quantity: 9_000_000_000_000,
        min_notional: 5 * 10_i128.pow(18),
    };
    assert_eq!(terms, expected);
}

#[test]
fn futures_terms_and_names() {
    let terms = listing(FUTURES, "BTCUSDT").terms(NANO, NANO).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.class),
        ("BTC-USDT-PERP", Class::Perpetual)
    );
    assert_eq!(terms.min_notional, 100 * 10_i128.pow(18));
    assert_eq!(terms.tick_size, 100_000_000);
    assert_eq!(listing(FUTURES, "BTCUSDT_250328").instrument(), "BTC-USDT-250328");
}

#[test]
fn a_term_that_does_not_fit_says_what_to_do() {
    let tokens = SPOT.replace("9000.00000000", "46116860414.00");
    let error = listing(&tokens, "BTCUSDT").terms(NANO, NANO).unwrap_err().to_string();
    assert!(
        error.contains("maxQty = \"46116860414.00\"") && error.contains("--exponents BTCUSDT="),
        "{error}"
    );
    let coarser = listing(&tokens, "BTCUSDT")
        .terms(NANO, Scale::new(-5).unwrap())
        .unwrap();
    assert_eq!((coarser.lot_size, coarser.min_notional), (1, 5 * 10_i128.pow(14)));
}

#[test]
fn what_is_missing_is_named() {
    assert!(
        matches!(listings(SPOT.as_bytes(), &["XYZ"]), Err(TermsError::NotListed { symbol, .. }) if symbol == "XYZ")
    );
    let error = listing(SPOT, "ETHUSDT").terms(NANO, NANO).unwrap_err();
    assert!(
        matches!(
            error,
            TermsError::NoTerm {
                field: "PRICE_FILTER.tickSize",
                ..
            }
        ),
        "{error}"
    );
    assert!(listings(b"{}", &["BTCUSDT"]).is_err());
}

#[test]
fn spot_lists_only_what_is_asked_for() {
    assert_eq!(
        listing_path(Dialect::Spot, &["BTCUSDT"]),
        "/api/v3/exchangeInfo?symbol=BTCUSDT"
    );
    let several = listing_path(Dialect::Spot, &["BTCUSDT", "ETHUSDT"]);
    assert_eq!(
        several,
        "/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22,%22ETHUSDT%22%5D"
    );
    assert_eq!(listing_path(Dialect::UsdM, &["BTCUSDT"]), "/fapi/v1/exchangeInfo");
}
