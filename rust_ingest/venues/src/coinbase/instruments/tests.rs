use super::*;
use crate::fixed::NANO;

const EXCHANGE: &str = r#"[
  {"id":"ETH-USD","base_currency":"ETH","quote_currency":"USD"},
  {"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","quote_increment":"0.01","base_increment":"0.00000001",
   "display_name":"BTC-USD","min_market_funds":"1","status":"online","status_message":""}]"#;

const ADVANCED: &str = r#"{"products":[
  {"product_id":"BTC-USD","price":"60000","base_increment":"0.00000001","quote_increment":"0.0001",
   "price_increment":"0.01","base_min_size":"0.00000001","base_max_size":"3400","quote_min_size":"1",
   "base_currency_id":"BTC","quote_currency_id":"USD","product_type":"SPOT","future_product_details":null},
  {"product_id":"BIT-27JUN25-CDE","base_increment":"1","quote_increment":"0.01","price_increment":"5",
   "base_min_size":"1","base_max_size":"10000","quote_min_size":"0","base_currency_id":"","quote_currency_id":"USD",
   "product_type":"FUTURE","future_product_details":{"contract_expiry":"2025-06-27T15:00:00Z","contract_size":"0.01",
   "contract_root_unit":"BTC","contract_expiry_type":"EXPIRING"}},
  {"product_id":"BTC-PERP-INTX","base_increment":"0.0001","quote_increment":"0.1","price_increment":"0.1",
   "base_currency_id":"","quote_currency_id":"USDC","future_product_details":{"contract_expiry":null,
   "contract_size":"1","contract_root_unit":"BTC","contract_expiry_type":"PERPETUAL"}}],"num_products":3}"#;

fn listing(dialect: Dialect, symbol: &str) -> Listing {
    let text = match dialect {
        Dialect::Exchange => EXCHANGE,
        Dialect::AdvancedTrade => ADVANCED,
    };
    listings(dialect, text.as_bytes(), &[symbol]).unwrap().remove(0)
}

#[test]
fn terms_of_the_exchange() {
    let expected = Terms {
        symbol: "BTC-USD".to_owned(),
        instrument: "BTC-USD".to_owned(),
        base: "BTC".to_owned(),
        quote: "USD".to_owned(),
        class: Class::Spot,
        tick_size: 10_000_000,
        lot_size: 10,
        min_quantity: 10,
        max_quantity: i64::MAX,
        min_notional: 10_i128.pow(18),
        contract: None,
    };
    assert_eq!(
        listing(Dialect::Exchange, "BTC-USD").terms(NANO, NANO).unwrap(),
        expected
    );
}

#[test]
fn terms_of_advanced_trade() {
    let terms = listing(Dialect::AdvancedTrade, "BTC-USD").terms(NANO, NANO).unwrap();
    assert_eq!((terms.tick_size, terms.max_quantity), (10_000_000, 3_400_000_000_000));
    let dated = listing(Dialect::AdvancedTrade, "BIT-27JUN25-CDE");
    let terms = dated.terms(NANO, NANO).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.class),
        ("BTC-USD-250627", Class::Dated)
    );
    let hundredth = Contract {
        currency: "BTC".to_owned(),
        size: 10_000_000,
    };
    assert_eq!(terms.contract, Some(hundredth));
    let perpetual = listing(Dialect::AdvancedTrade, "BTC-PERP-INTX")
        .terms(NANO, NANO)
        .unwrap();
    assert_eq!(
        (perpetual.instrument.as_str(), perpetual.class),
        ("BTC-USDC-PERP", Class::Perpetual)
    );
    assert_eq!(
        perpetual.contract, None,
        "a contract is one bitcoin: quantities are of the base"
    );
}

#[test]
fn a_product_of_dollar_coins_is_refused_where_the_venue_sends_that_of_dollars() {
    let product = |id: &str| format!(r#"{{"id":"{id}","base_currency":"BTC","quote_currency":"USDC"}}"#);
    let all = ["BTC-USDC", "EURC-USDC", "USDT-USDC"];
    let list = format!("[{}]", all.map(product).join(","));
    let enclosed = format!(r#"{{"products":{list}}}"#);
    assert_eq!(listings(Dialect::Exchange, list.as_bytes(), &all).unwrap().len(), 3);
    assert_eq!(
        listings(Dialect::AdvancedTrade, enclosed.as_bytes(), &all[1..])
            .unwrap()
            .len(),
        2
    );
    let refusal = listings(Dialect::AdvancedTrade, enclosed.as_bytes(), &all).unwrap_err();
    assert!(refusal.to_string().ends_with("ask for BTC-USD"), "{refusal}");
}

#[test]
fn tokens_traded_in_billions_take_coarser_quantities() {
    let listed = br#"[{"id":"PEPE-USD","base_currency":"PEPE","quote_currency":"USD","quote_increment":"0.00000001",
      "base_increment":"1","min_market_funds":"1"}]"#;
    let pepe = &listings(Dialect::Exchange, listed, &["PEPE-USD"]).unwrap()[0];
    let (price, quantity) = pepe.exponents();
    assert_eq!((price, quantity), (-9, -4));
    let scale = |exponent| Scale::new(exponent).unwrap();
    assert_eq!(
        scale(quantity).parse("420690000000000").unwrap(),
        4_206_900_000_000_000_000,
        "all there are"
    );
    let terms = pepe.terms(scale(price), scale(quantity)).unwrap();
    assert_eq!(
        (terms.tick_size, terms.lot_size, terms.min_notional),
        (10, 10_000, 10_i128.pow(13))
    );
    assert_eq!(listing(Dialect::Exchange, "BTC-USD").exponents(), (-9, -9));
    assert_eq!(
        listing(Dialect::AdvancedTrade, "BIT-27JUN25-CDE").exponents(),
        (-9, -9),
        "contracts"
    );
}

#[test]
fn errors_say_what_to_do() {
    let missing = listings(Dialect::Exchange, EXCHANGE.as_bytes(), &["BTCUSD"]).unwrap_err();
    assert!(missing.to_string().contains("written like BTC-USD"), "{missing}");
    let bare = listing(Dialect::Exchange, "ETH-USD").terms(NANO, NANO).unwrap_err();
    assert_eq!(
        bare.to_string(),
        "ETH-USD: the list of instruments has no quote_increment"
    );
    let coarse = Scale::new(0).unwrap();
    let misfit = listing(Dialect::Exchange, "BTC-USD").terms(coarse, NANO).unwrap_err();
    assert!(misfit.to_string().contains("--exponents BTC-USD="), "{misfit}");
    assert!(listings(Dialect::AdvancedTrade, b"[]", &[]).is_err());
}
