//! From the command line and the environment to what the router works with.

use std::collections::BTreeMap;
use std::env;
use std::fs;

use venues::binance::dialect::Dialect;
use venues::binance::trading::market::Market;
use venues::binance::trading::sign::Credentials;
use venues::dialect::Dialect as _;

use crate::cli::Options;
use crate::error::RouterError;
use crate::rules::Rules;

/// Venue and REST address, without a slash at the end.
pub(crate) fn venues(options: &Options) -> Result<BTreeMap<String, (Market, String)>, RouterError> {
    let mut venues = BTreeMap::new();
    let mut rest_url = options.rest_url.as_deref();
    for named in &options.venues {
        let (name, own_url) = named
            .split_once('=')
            .map_or((named.as_str(), None), |(name, url)| (name, Some(url)));
        let market = Market::of_venue(name).ok_or_else(|| refused(name))?;
        let url = own_url.or_else(|| rest_url.take()).or(market.dialect().rest_url());
        let url = url.ok_or_else(|| refused(name))?;
        let url = url.trim_end_matches('/').to_owned();
        if venues.insert(name.to_owned(), (market, url)).is_some() {
            return Err(RouterError::RepeatedVenue(name.to_owned()));
        }
    }
    match (rest_url, &options.rest_url, options.venues.len()) {
        (None, None, _) | (None, Some(_), 1) => Ok(venues),
        _ => Err(RouterError::WhichVenue),
    }
}

/// Why there is no trading at this venue.
fn refused(name: &str) -> RouterError {
    match Dialect::of_venue(name) {
        Some(_) => RouterError::CountsContracts(name.to_owned()),
        None => RouterError::UnknownVenue(name.to_owned()),
    }
}

pub(crate) fn rules(options: &Options) -> Result<Rules, RouterError> {
    if options.recv_window.as_millis() > 60_000 {
        return Err(RouterError::RecvWindow);
    }
    Ok(Rules::new(options.order_deadline, options.recv_window, options.settle))
}

pub(crate) fn credentials(options: &Options) -> Result<Credentials, RouterError> {
    if let Some(path) = &options.key_file {
        let text = fs::read_to_string(path).map_err(|error| RouterError::KeyFile {
            path: path.clone(),
            error,
        })?;
        let mut lines = text.lines().map(str::trim);
        let (Some(key), Some(secret)) = (lines.next(), lines.next()) else {
            return Err(RouterError::NoSecret { path: path.clone() });
        };
        return Ok(Credentials::new(key, secret)?);
    }
    match (env::var("TAPEFLOW_VENUE_KEY"), env::var("TAPEFLOW_VENUE_SECRET")) {
        (Ok(key), Ok(secret)) => Ok(Credentials::new(&key, &secret)?),
        _ => Err(RouterError::NoCredentials),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn given(arguments: &[&str]) -> Result<BTreeMap<String, (Market, String)>, RouterError> {
        let fixed = ["tapeflow-router", "--bootstrap-servers", "localhost:1"];
        venues(&Options::parse_from(fixed.iter().chain(arguments)))
    }

    #[test]
    fn venues_have_their_public_address_or_the_given_one() {
        let both = given(&["--venue", "binance=http://127.0.0.1:1/", "--venue", "binance_usdm"]).unwrap();
        assert_eq!(both["binance"], (Market::Spot, "http://127.0.0.1:1".to_owned()));
        assert_eq!(Some(both["binance_usdm"].1.as_str()), Dialect::UsdM.rest_url());
        let one = given(&["--venue", "binance", "--rest-url", "http://127.0.0.1:2"]).unwrap();
        assert_eq!(one["binance"].1, "http://127.0.0.1:2");
    }

    #[test]
    fn an_address_without_a_venue_is_refused() {
        let refuse = |arguments: &[&str]| given(arguments).unwrap_err().to_string();
        assert!(refuse(&["--venue", "kraken"]).contains("kraken"));
        let contracts = refuse(&["--venue", "binance_coinm"]);
        assert!(
            contracts.contains("count contracts") && contracts.contains("binance_usdm"),
            "{contracts}"
        );
        assert!(refuse(&["--venue", "binance", "--venue", "binance"]).contains("twice"));
        let two = [
            "--venue",
            "binance",
            "--venue",
            "binance_usdm",
            "--rest-url",
            "http://127.0.0.1:2",
        ];
        assert!(refuse(&two).contains("NAME=URL"));
        assert!(refuse(&["--venue", "binance=http://127.0.0.1:1", "--rest-url", "http://x"]).contains("NAME=URL"));
    }
}
