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
        contract: None,
    };
    assert_eq!(spot.terms(NANO, NANO).unwrap(), expected);
}

#[test]
fn tokens_traded_in_billions_take_coarser_quantities() {
    let entry = |symbol: &str, kind: &str, contract: &str| {
        format!(
            r#"{{"baseCcy":"PEPE","quoteCcy":"USDT","ctMult":"1","ctVal":"{contract}","ctValCcy":"PEPE","instId":"{symbol}",
            "instType":"{kind}","lotSz":"1","maxLmtSz":"9999999999","minSz":"100000","tickSz":"0.000000001","uly":""}}"#
        )
    };
    let both = [
        entry("PEPE-USDT", "SPOT", ""),
        entry("PEPE-USDT-SWAP", "SWAP", "10000000"),
    ]
    .join(",");
    let answer = format!(r#"{{"code":"0","data":[{both}]}}"#);
    let found = listings(answer.as_bytes(), &["PEPE-USDT", "PEPE-USDT-SWAP"]).unwrap();
    assert_eq!(found[0].exponents(), (-9, -3));
    let quantity = Scale::new(-3).unwrap();
    assert_eq!(
        quantity.parse("10000000000"),
        Ok(10_000_000_000_000),
        "which no billionths hold"
    );
    assert_eq!(found[0].terms(NANO, quantity).unwrap().max_quantity, 9_999_999_999_000);
    assert_eq!(found[1].exponents(), (-9, -9), "contracts");
}

#[test]
fn futures_count_contracts() {
    let swap = listing("BTC-USDT-SWAP");
    let terms = swap.terms(NANO, NANO).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.class, terms.base.as_str()),
        ("BTC-USDT-PERP", Class::Perpetual, "BTC")
    );
    let linear = Contract {
        currency: "BTC".to_owned(),
        size: 10_000_000,
    };
    assert_eq!(terms.contract, Some(linear));
    let dated = listing("BTC-USD-220527");
    let terms = dated.terms(NANO, NANO).unwrap();
    assert_eq!(
        (terms.instrument.as_str(), terms.class, terms.quote.as_str()),
        ("BTC-USD-220527", Class::Dated, "USD")
    );
    let inverse = Contract {
        currency: "USD".to_owned(),
        size: 100_000_000_000,
    };
    assert_eq!(terms.contract, Some(inverse));
}

/// The underlying of both is BTC-USD.
#[test]
fn a_linear_and_an_inverse_swap_in_dollars_are_two_instruments() {
    let swap = |symbol: &str, value: &str, currency: &str| {
        format!(
            r#"{{"baseCcy":"","ctMult":"1","ctVal":"{value}","ctValCcy":"{currency}","instId":"{symbol}","instType":"SWAP",
            "lotSz":"1","maxLmtSz":"1","minSz":"1","quoteCcy":"","tickSz":"0.1","uly":"BTC-USD"}}"#
        )
    };
    let both = [
        swap("BTC-USD-SWAP", "100", "USD"),
        swap("BTC-USD_UM-SWAP", "0.01", "BTC"),
    ]
    .join(",");
    let answer = format!(r#"{{"code":"0","data":[{both}]}}"#);
    let found = listings(answer.as_bytes(), &["BTC-USD-SWAP", "BTC-USD_UM-SWAP"]).unwrap();
    let terms: Vec<Terms> = found.iter().map(|listing| listing.terms(NANO, NANO).unwrap()).collect();
    assert_eq!(
        [&*terms[0].instrument, &*terms[1].instrument],
        ["BTC-USD-PERP", "BTC-USD_UM-PERP"]
    );
    let currencies = terms.iter().map(|terms| terms.contract.clone().unwrap().currency);
    assert_eq!(currencies.collect::<Vec<_>>(), ["USD", "BTC"]);
    assert_eq!([&*terms[1].base, &*terms[1].quote], ["BTC", "USD"]);
}

/// The contract of BTC-USDT-SWAP with other values of `ctMult`, `ctVal` and `ctValCcy`.
fn contract(multiplier: &str, value: &str, currency: &str) -> Result<Option<Contract>, TermsError> {
    let other = format!(r#""ctMult":"{multiplier}","ctType":"linear","ctVal":"{value}","ctValCcy":"{currency}""#);
    let listed = LISTED.replace(
        r#""ctMult":"1","ctType":"linear","ctVal":"0.01","ctValCcy":"BTC""#,
        &other,
    );
    let swap = listings(listed.as_bytes(), &["BTC-USDT-SWAP"]).unwrap().remove(0);
    swap.terms(NANO, NANO).map(|terms| terms.contract)
}

#[test]
fn a_contract_is_so_much_times_so_much() {
    let size = |multiplier, value| {
        contract(multiplier, value, "BTC")
            .unwrap()
            .map(|contract| contract.size)
    };
    assert_eq!(size("10", "0.01"), Some(100_000_000));
    assert_eq!(size("1", "10000000"), Some(10_000_000_000_000_000));
    assert_eq!(
        size("100", "0.01"),
        None,
        "one contract is one bitcoin: quantities are of the base"
    );
    assert!(
        contract("1", "1", "USDT").unwrap().is_some(),
        "one dollar is no bitcoin"
    );
}

#[test]
fn what_a_contract_is_worth_is_known_or_it_is_refused() {
    for (multiplier, value) in [
        ("1", "0"),
        ("1", ""),
        ("", "1"),
        ("1", "-1"),
        ("0.1", "0.000000001"),
        ("1", "1e10"),
    ] {
        let refused = contract(multiplier, value, "BTC").unwrap_err();
        assert!(matches!(refused, TermsError::ContractSize { .. }), "{refused}");
    }
    let foreign = contract("1", "1", "EUR").unwrap_err().to_string();
    assert!(foreign.contains("EUR, which is neither BTC nor USDT"), "{foreign}");
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
