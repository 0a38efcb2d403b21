//! The instruments that were asked for, as the venue lists them.

use std::collections::BTreeMap;
use std::time::Duration;

use venues::dialect::Listing;

use crate::cli::Options;
use crate::error::IngestError;
use crate::feed::backoff::Backoff;
use crate::feed::entropy;
use crate::feed::rest::{Rest, RestError};

const WAIT_FIRST: Duration = Duration::from_millis(200);
const WAIT_MAX: Duration = Duration::from_secs(5);

/// The symbols as the venue lists them, in their order.
pub fn listed(options: &Options, rest: Option<&Rest>) -> Result<Vec<Box<dyn Listing>>, IngestError> {
    let symbols: Vec<&str> = options.symbols.iter().map(String::as_str).collect();
    if let Some(twice) = (1..symbols.len()).find(|index| symbols[..*index].contains(&symbols[*index])) {
        return Err(IngestError::SymbolTwice {
            symbol: symbols[twice].to_owned(),
        });
    }
    let mut all = options.venue.known_listings(&symbols)?;
    for request in options.venue.listing_requests(&symbols) {
        let rest = rest.ok_or(IngestError::NoEndpoint)?;
        let asked: Vec<&str> = request.symbols.iter().map(String::as_str).collect();
        all.extend(options.venue.listings(&answer(rest, &request.path)?, &asked)?);
    }
    all.sort_by_key(|listing| symbols.iter().position(|symbol| *symbol == listing.symbol()));
    one_each(&all)?;
    Ok(all)
}

/// Two symbols of one instrument would be taken for each other by all who read records.
fn one_each(listings: &[Box<dyn Listing>]) -> Result<(), IngestError> {
    let mut first_of = BTreeMap::new();
    for listing in listings {
        if let Some(first) = first_of.insert(listing.instrument()?, listing.symbol()) {
            return Err(IngestError::InstrumentTwice {
                first: first.to_owned(),
                second: listing.symbol().to_owned(),
                instrument: listing.instrument()?,
            });
        }
    }
    Ok(())
}

/// The answer to a request. A venue that is away is asked again until it is back; a refusal is final.
fn answer(rest: &Rest, path: &str) -> Result<Vec<u8>, IngestError> {
    let mut backoff = Backoff::new(WAIT_FIRST, WAIT_MAX);
    loop {
        match rest.get(path) {
            Ok(body) => return Ok(body),
            Err(
                error @ RestError::Status {
                    status: 400..=417 | 419..=428 | 430..=499,
                    ..
                },
            ) => {
                return Err(IngestError::Listing(error));
            }
            Err(error) => {
                let wait = backoff
                    .wait(entropy::number())
                    .max(error.retry_after().unwrap_or_default());
                tracing::warn!(?wait, "the venue does not list its instruments yet: {error}");
                std::thread::sleep(wait);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use venues::venue::Venue;

    use super::*;

    #[test]
    fn two_symbols_of_one_instrument_are_refused() {
        let future = r#"{"baseAsset":"BTC","quoteAsset":"USDT","contractType":"PERPETUAL","filters":[],"symbol":"#;
        let answer = format!(r#"{{"symbols":[{future}"BTCUSDT"}},{future}"BTCUSDT_A"}}]}}"#);
        let venue = Venue::of_name("binance_usdm").unwrap();
        let listed = |symbols: &[&str]| venue.listings(answer.as_bytes(), symbols).unwrap();
        assert!(one_each(&listed(&["BTCUSDT"])).is_ok());
        let refused = one_each(&listed(&["BTCUSDT", "BTCUSDT_A"])).unwrap_err().to_string();
        assert!(
            refused.contains("BTCUSDT and BTCUSDT_A, which both are BTC-USDT-PERP"),
            "{refused}"
        );
    }
}
