//! `GET exchangeInfo`: the symbols and the venue's filters on them.

use serde_json::{Value, json};

use super::parameters::Parameters;
use super::reply::Refusal;
use crate::exchange::Exchange;
use crate::fixed::{Fixed, ONE};
use crate::instrument::Instrument;
use crate::trading::filters::ICEBERG_PARTS_MAX;
use crate::venue::Venue;

/// All symbols, or those that `symbol` or `symbols` name.
///
/// # Errors
/// -1121 for a symbol that is not listed, -1100 for a list that is none.
pub fn get(exchange: &Exchange, parameters: &Parameters) -> Result<Value, Refusal> {
    let wanted = wanted_symbols(parameters)?;
    let desk = exchange.desk.lock();
    let listings = &desk.listings;
    if wanted.iter().flatten().any(|symbol| listings.find(symbol).is_none()) {
        return Err(Refusal::invalid_symbol());
    }
    let instruments = listings.iter().map(|listing| &listing.instrument);
    let instruments =
        instruments.filter(|instrument| wanted.as_ref().is_none_or(|list| list.contains(&instrument.symbol)));
    let status = if exchange.faults.get().halted {
        "HALT"
    } else {
        "TRADING"
    };
    let symbols: Vec<Value> = match exchange.venue {
        Venue::Spot => instruments.map(|instrument| spot_symbol(instrument, status)).collect(),
        Venue::UsdM => instruments.map(|instrument| usdm_symbol(instrument, status)).collect(),
    };
    let mut info = json!({
        "timezone": "UTC",
        "serverTime": exchange.now_ms(),
        "rateLimits": exchange.meter.limits().told(),
        "exchangeFilters": [],
        "symbols": symbols,
    });
    if exchange.venue == Venue::UsdM {
        info["futuresType"] = json!("U_MARGINED");
        info["assets"] = json!([{"asset": "USDT", "marginAvailable": true, "autoAssetExchange": "0"}]);
    }
    Ok(info)
}

fn wanted_symbols(parameters: &Parameters) -> Result<Option<Vec<String>>, Refusal> {
    match (parameters.get("symbol"), parameters.get("symbols")) {
        (Some(symbol), _) => Ok(Some(vec![symbol.to_owned()])),
        (None, Some(list)) => serde_json::from_str(list).map(Some).map_err(|_| {
            Refusal::bad_request(
                -1100,
                "Illegal characters found in parameter 'symbols'; legal range is '[\"A-Z0-9\"]'.",
            )
        }),
        (None, None) => Ok(None),
    }
}

fn spot_symbol(instrument: &Instrument, status: &str) -> Value {
    let text = |value: Fixed| value.text(8).to_string();
    json!({
        "symbol": instrument.symbol,
        "status": status,
        "baseAsset": instrument.base,
        "baseAssetPrecision": 8,
        "quoteAsset": instrument.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
        "icebergAllowed": true,
        "ocoAllowed": false,
        "otoAllowed": false,
        "quoteOrderQtyMarketAllowed": true,
        "allowTrailingStop": false,
        "cancelReplaceAllowed": true,
        "amendAllowed": true,
        "isSpotTradingAllowed": true,
        "isMarginTradingAllowed": false,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": text(instrument.tick), "maxPrice": text(Fixed(1_000_000 * ONE)), "tickSize": text(instrument.tick)},
            {"filterType": "LOT_SIZE", "minQty": text(instrument.step), "maxQty": text(instrument.max_quantity), "stepSize": text(instrument.step)},
            {"filterType": "NOTIONAL", "minNotional": text(instrument.min_notional), "applyMinToMarket": true, "maxNotional": text(Fixed(9_000_000 * ONE)), "applyMaxToMarket": false, "avgPriceMins": 5},
            {"filterType": "ICEBERG_PARTS", "limit": ICEBERG_PARTS_MAX},
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
    })
}

fn usdm_symbol(instrument: &Instrument, status: &str) -> Value {
    let price = |value: Fixed| value.text(instrument.price_decimals).to_string();
    let quantity = |value: Fixed| value.text(instrument.quantity_decimals).to_string();
    let lot = |filter: &str| json!({"filterType": filter, "minQty": quantity(instrument.step), "maxQty": quantity(instrument.max_quantity), "stepSize": quantity(instrument.step)});
    json!({
        "symbol": instrument.symbol,
        "pair": instrument.symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": 4_133_404_800_000_u64,
        "onboardDate": 1_569_398_400_000_u64,
        "status": status,
        "baseAsset": instrument.base,
        "quoteAsset": instrument.quote,
        "marginAsset": instrument.quote,
        "pricePrecision": instrument.price_decimals,
        "quantityPrecision": instrument.quantity_decimals,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "triggerProtect": "0.0500",
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": price(instrument.tick), "maxPrice": price(Fixed(1_000_000 * ONE)), "tickSize": price(instrument.tick)},
            lot("LOT_SIZE"),
            lot("MARKET_LOT_SIZE"),
            {"filterType": "MIN_NOTIONAL", "notional": instrument.min_notional.text(0).to_string()},
        ],
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
    })
}
