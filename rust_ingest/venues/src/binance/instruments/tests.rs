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

/// As "Exchange Information" of COIN-M shows it.
const COIN_M: &str = r#"{"symbols":[
  {"symbol":"BTCUSD_PERP","pair":"BTCUSD","contractType":"PERPETUAL","contractSize":100,"baseAsset":"BTC",
   "quoteAsset":"USD","marginAsset":"BTC","contractStatus":"TRADING","filters":[
    {"filterType":"PRICE_FILTER","minPrice":"1000","maxPrice":"4520958","tickSize":"0.1"},
    {"filterType":"LOT_SIZE","stepSize":"1","minQty":"1","maxQty":"1000000"},
    {"filterType":"MARKET_LOT_SIZE","stepSize":"1","minQty":"1","maxQty":"60000"},
    {"filterType":"PERCENT_PRICE","multiplierUp":"1.0500","multiplierDown":"0.9500","multiplierDecimal":4}]},
  {"symbol":"ETHUSD_250627","contractType":"CURRENT_QUARTER","contractSize":10,"baseAsset":"ETH","quoteAsset":"USD",
   "filters":[]},
  {"symbol":"ADAUSD_PERP","contractType":"PERPETUAL","baseAsset":"ADA","quoteAsset":"USD","filters":[]}]}"#;

#[test]
fn tokens_traded_in_billions_take_coarser_quantities() {
    let listed = br#"{"symbols":[{"symbol":"SHIBUSDT","baseAsset":"SHIB","quoteAsset":"USDT","filters":[
      {"filterType":"PRICE_FILTER","tickSize":"0.00000001"},
      {"filterType":"LOT_SIZE","minQty":"1.00","maxQty":"46116860414.00","stepSize":"1.00"},
      {"filterType":"NOTIONAL","minNotional":"1.00000000"}]}]}"#;
    let shib = &listings(Dialect::Spot, listed, &["SHIBUSDT"]).unwrap()[0];
    assert_eq!(shib.exponents(), (-9, -4));
    let terms = shib.terms(NANO, Scale::new(-4).unwrap()).unwrap();
    assert_eq!((terms.lot_size, terms.max_quantity), (10_000, 461_168_604_140_000));
    let refused = shib.terms(NANO, NANO).unwrap_err().to_string();
    assert!(
        refused.starts_with("SHIBUSDT: LOT_SIZE.maxQty") && refused.contains("--exponents SHIBUSDT="),
        "{refused}"
    );
    for (dialect, symbol) in [(Dialect::Spot, "BTCUSDT"), (Dialect::CoinM, "BTCUSD_PERP")] {
        assert_eq!(listing(dialect, symbol).exponents(), (-9, -9), "{symbol}");
    }
}

fn listing(dialect: Dialect, symbol: &str) -> Listing {
    let info = match dialect {
        Dialect::Spot => SPOT,
        Dialect::UsdM => FUTURES,
        Dialect::CoinM => COIN_M,
    };
    listings(dialect, info.as_bytes(), &[symbol]).unwrap().remove(0)
}

#[test]
fn spot_terms() {
    let terms = listing(Dialect::Spot, "BTCUSDT").terms(NANO, NANO).unwrap();
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
        contract: None,
    };
    assert_eq!(terms, expected);
}

#[test]
fn futures_terms_and_names() {
    let terms = listing(Dialect::UsdM, "BTCUSDT").terms(NANO, NANO).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.class),
        ("BTC-USDT-PERP", Class::Perpetual)
    );
    assert_eq!(terms.min_notional, 100 * 10_i128.pow(18));
    assert_eq!(terms.tick_size, 100_000_000);
    assert_eq!(
        listing(Dialect::UsdM, "BTCUSDT_250328").instrument().unwrap(),
        "BTC-USDT-250328"
    );
    assert_eq!(terms.contract, None, "quantities are of the base currency");
}

#[test]
fn coin_m_counts_contracts_of_so_much_of_the_quote() {
    let terms = listing(Dialect::CoinM, "BTCUSD_PERP").terms(NANO, NANO).unwrap();
    let expected = Terms {
        symbol: "BTCUSD_PERP".to_owned(),
        instrument: "BTC-USD-PERP".to_owned(),
        base: "BTC".to_owned(),
        quote: "USD".to_owned(),
        class: Class::Perpetual,
        tick_size: 100_000_000,
        lot_size: 1_000_000_000,
        min_quantity: 1_000_000_000,
        max_quantity: 1_000_000_000_000_000,
        min_notional: 0,
        contract: Some(Contract {
            currency: "USD".to_owned(),
            size: 100_000_000_000,
        }),
    };
    assert_eq!(terms, expected);
    assert_eq!(
        listing(Dialect::CoinM, "ETHUSD_250627").instrument().unwrap(),
        "ETH-USD-250627"
    );
    let bare = listings(Dialect::CoinM, COIN_M.as_bytes(), &["ADAUSD_PERP"]).unwrap_err();
    assert_eq!(
        bare.to_string(),
        "ADAUSD_PERP: the list of instruments has no contractSize"
    );
}

#[test]
fn a_term_that_does_not_fit_says_what_to_do() {
    let tokens = SPOT.replace("9000.00000000", "46116860414.00");
    let tokens = listings(Dialect::Spot, tokens.as_bytes(), &["BTCUSDT"])
        .unwrap()
        .remove(0);
    let error = tokens.terms(NANO, NANO).unwrap_err().to_string();
    assert!(
        error.contains("maxQty = \"46116860414.00\"") && error.contains("--exponents BTCUSDT="),
        "{error}"
    );
    let coarser = tokens.terms(NANO, Scale::new(-5).unwrap()).unwrap();
    assert_eq!((coarser.lot_size, coarser.min_notional), (1, 5 * 10_i128.pow(14)));
}

#[test]
fn what_is_missing_is_named() {
    assert!(
        matches!(listings(Dialect::Spot, SPOT.as_bytes(), &["XYZ"]), Err(TermsError::NotListed { symbol, .. }) if symbol == "XYZ")
    );
    let error = listing(Dialect::Spot, "ETHUSDT").terms(NANO, NANO).unwrap_err();
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
    assert!(listings(Dialect::Spot, b"{}", &["BTCUSDT"]).is_err());
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
    assert_eq!(listing_path(Dialect::CoinM, &["BTCUSD_PERP"]), "/dapi/v1/exchangeInfo");
}
