//! Terms by one set of calls, whichever the venue, from its recorded REST answers.

mod support;

use support::answers;
use venues::fixed::Scale;
use venues::terms::{Class, Contract, Terms, TermsError};
use venues::venue::Venue;

fn venue(name: &str) -> Venue {
    Venue::of_name(name).unwrap()
}

/// The recorded answer to a request.
fn answer(recording: &str, path: &str) -> Option<Vec<u8>> {
    let answers = answers(recording)?;
    let (_, body) = answers.into_iter().find(|(url, _)| url.ends_with(path)).unwrap();
    Some(body.into_bytes())
}

/// The terms that an answer tells of a symbol, in the units that it calls for.
fn terms(venue: Venue, answer: &[u8], symbol: &str) -> Result<(Terms, (i8, i8)), TermsError> {
    let listing = venue.listings(answer, &[symbol])?.remove(0);
    assert_eq!(listing.symbol(), symbol);
    let (price, quantity) = listing.exponents();
    let scale = |exponent| Scale::new(exponent).unwrap();
    let terms = listing.terms(scale(price), scale(quantity))?;
    assert_eq!(listing.instrument()?, terms.instrument);
    Ok((terms, (price, quantity)))
}

#[test]
fn both_versions_of_krakens_names_are_one_instrument() {
    let request = &venue("kraken").listing_requests(&["XBT/USD"])[0];
    assert_eq!(request.symbols, ["XBT/USD"]);
    let Some(answer) = answer("KRAKEN.0.gz", &request.path) else {
        return;
    };
    let (v1, exponents) = terms(venue("kraken"), &answer, "XBT/USD").unwrap();
    let (v2, same) = terms(venue("kraken_v2"), &answer, "BTC/USD").unwrap();
    assert_eq!((v1.instrument.as_str(), v1.class), ("BTC-USD", Class::Spot));
    assert_eq!((&v2.instrument, same), (&v1.instrument, exponents));
    assert_eq!(exponents, (-8, -8), "asks of 9,999,999,997 fit");
    assert_eq!((v1.tick_size, v2.tick_size, v1.lot_size), (10_000_000, 10_000_000, 1));
    let decimals = |name: &str, symbol: &str| venue(name).listings(&answer, &[symbol]).unwrap()[0].decimals();
    assert_eq!(decimals("kraken", "XBT/USD"), None, "its messages say them");
    assert_eq!(decimals("kraken_v2", "BTC/USD").unwrap().price, 1);
    let unlisted = terms(venue("kraken_v2"), &answer, "XBT/USD").unwrap_err().to_string();
    assert!(
        unlisted.contains("not listed") && unlisted.contains("BTC/USD in v2"),
        "{unlisted}"
    );
}

#[test]
fn okx_is_asked_for_each_kind_and_says_what_a_contract_is() {
    let okx = venue("okx");
    let symbols = ["BTC-USD-220527", "BTC-USDT", "UNI-USD-SWAP", "ETH-USDT"];
    let requests = okx.listing_requests(&symbols);
    let asked: Vec<(&str, usize)> = requests
        .iter()
        .map(|request| (request.path.rsplit('=').next().unwrap(), request.symbols.len()))
        .collect();
    assert_eq!(asked, [("SPOT", 2), ("SWAP", 1), ("FUTURES", 1)]);
    let Some(spot) = answer("OKX.0.gz", &requests[0].path) else {
        return;
    };
    let (listed, exponents) = terms(okx, &spot, "BTC-USDT").unwrap();
    assert_eq!((listed.instrument.as_str(), exponents), ("BTC-USDT", (-9, -9)));
    let swaps = answer("OKX.0.gz", &requests[1].path).unwrap();
    let (swap, _) = terms(okx, &swaps, "UNI-USD-SWAP").unwrap();
    let ten_dollars = Contract {
        currency: "USD".to_owned(),
        size: 10_000_000_000,
    };
    assert_eq!((swap.contract, swap.base.as_str()), (Some(ten_dollars), "UNI"));
    let (linear, _) = terms(okx, &swaps, "BTC-USDT-SWAP").unwrap();
    let hundredth = Contract {
        currency: "BTC".to_owned(),
        size: 10_000_000,
    };
    assert_eq!((linear.contract, linear.quote.as_str()), (Some(hundredth), "USDT"));
}

#[test]
fn coinbase_and_binance_list_by_the_same_calls() {
    let Some(products) = answer("COINBASE.0.gz", "/products") else {
        return;
    };
    let (listed, exponents) = terms(venue("coinbase"), &products, "SKL-EUR").unwrap();
    assert_eq!(
        (listed.instrument.as_str(), listed.base.as_str(), listed.quote.as_str()),
        ("SKL-EUR", "SKL", "EUR")
    );
    assert_eq!(exponents, (-9, -8), "a tick is a ten-thousandth");
    assert_eq!((listed.tick_size, listed.min_quantity), (100_000, 500_000_000));
    assert_eq!(venue("coinbase").snapshot_path("SKL-EUR"), None);
    let coinm = venue("binance_coinm");
    assert!(
        coinm.listing_requests(&["BTCUSD_PERP"])[0]
            .path
            .ends_with("/dapi/v1/exchangeInfo")
    );
    assert!(
        coinm
            .snapshot_path("BTCUSD_PERP")
            .unwrap()
            .starts_with("/dapi/v1/depth?symbol=BTCUSD_PERP")
    );
    let binance = venue("binance");
    assert!(
        binance
            .snapshot_path("BTCUSDT")
            .unwrap()
            .contains("/depth?symbol=BTCUSDT")
    );
    assert!(
        binance.listing_requests(&["BTCUSDT"])[0]
            .path
            .ends_with("exchangeInfo?symbol=BTCUSDT")
    );
}
