//! Requests as Binance documents them: one signed query string.

use contracts::{OrderType, Side, TimeInForce};

use super::market::Market;
use super::sign::Credentials;
use crate::decimal::decimal;
use crate::orders::{Ask, Ticket};

/// The header that bears the API key.
pub const KEY_HEADER: &str = "x-mbx-apikey";

/// Trades in one answer: the venue's maximum.
pub const FILLS_MAX: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

/// "goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000".
const GOOD_TILL_AHEAD_MS: i64 = 600_000;
const GOOD_TILL_MS_MAX: i64 = 253_402_300_799_000;

/// A request without its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub path_and_query: String,
}

/// When a request was made, and how long the venue may take it: later than `timestamp_ms + recv_window_ms` on its clock
/// it refuses (-1021). "Timing security" in the venue's documentation.
#[derive(Clone, Copy, Debug)]
pub struct Validity {
    /// Milliseconds since 1970, by the venue's clock as far as it is known.
    pub timestamp_ms: i64,
    pub recv_window_ms: u64,
}

/// What to send so that the venue is asked this.
pub fn request(market: Market, ask: &Ask, ticket: &Ticket, validity: Validity, credentials: &Credentials) -> Request {
    let symbol = &ticket.symbol;
    let id = &ticket.client_order_id;
    let (method, resource, parameters) = match ask {
        Ask::Place => (Method::Post, "order", place(market, ticket, validity)),
        Ask::Find => (Method::Get, "order", format!("symbol={symbol}&origClientOrderId={id}")),
        Ask::Cancel => (
            Method::Delete,
            "order",
            format!("symbol={symbol}&origClientOrderId={id}"),
        ),
        Ask::Fills {
            venue_order_id,
            from_trade_id,
        } => {
            let from = from_trade_id.map_or_else(String::new, |from| format!("&fromId={from}"));
            let parameters = format!("symbol={symbol}&orderId={venue_order_id}{from}&limit={FILLS_MAX}");
            (Method::Get, trades_resource(market), parameters)
        }
    };
    let Validity {
        timestamp_ms,
        recv_window_ms,
    } = validity;
    let signed = format!("{parameters}&recvWindow={recv_window_ms}&timestamp={timestamp_ms}");
    let signature = credentials.sign(&signed);
    let prefix = market.dialect().rest_prefix();
    Request {
        method,
        path_and_query: format!("{prefix}/{resource}?{signed}&signature={signature}"),
    }
}

/// The venue's clock; needs no key.
pub fn time_path(market: Market) -> String {
    format!("{}/time", market.dialect().rest_prefix())
}

fn trades_resource(market: Market) -> &'static str {
    match market {
        Market::Spot => "myTrades",
        Market::UsdM => "userTrades",
    }
}

fn place(market: Market, ticket: &Ticket, validity: Validity) -> String {
    let side = match ticket.side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    };
    let quantity = decimal(ticket.quantity, ticket.quantity_scale);
    let pricing = match (ticket.order_type, ticket.price) {
        (OrderType::Limit, Some(price)) => {
            let how = resting(market, ticket, validity).unwrap_or_else(|| {
                let time_in_force = match ticket.time_in_force {
                    TimeInForce::Gtc => "GTC",
                    TimeInForce::Ioc => "IOC",
                    TimeInForce::Fok => "FOK",
                };
                format!("type=LIMIT&timeInForce={time_in_force}")
            });
            format!("{how}&price={}", decimal(price, ticket.price_scale))
        }
        // Market orders bear neither price nor time in force: -1106 otherwise.
        _ => "type=MARKET".to_owned(),
    };
    // The fullest answer that each market gives: spot has fills in it, futures the final state.
    let answer = match market {
        Market::Spot => "FULL",
        Market::UsdM => "RESULT",
    };
    let (symbol, id) = (&ticket.symbol, &ticket.client_order_id);
    format!("symbol={symbol}&side={side}&{pricing}&quantity={quantity}&newClientOrderId={id}&newOrderRespType={answer}")
}

/// The venue's words for what only rests, or only until some time; none where it has none.
///
/// Spot has no good-till-date. Futures have it as a time in force, so not beside post-only, and not for less than ten
/// minutes: it is what is left when the router is dead, which else cancels the order at its time.
fn resting(market: Market, ticket: &Ticket, validity: Validity) -> Option<String> {
    match (market, ticket.post_only) {
        (Market::Spot, true) => return Some("type=LIMIT_MAKER".to_owned()),
        (Market::UsdM, true) => return Some("type=LIMIT&timeInForce=GTX".to_owned()),
        (Market::Spot, false) => return None,
        (Market::UsdM, false) => {}
    }
    // The venue keeps whole seconds of it: the next one is not before the order's time.
    let date_ms = (ticket.expires_ns? / 1_000_000_000 + 1) * 1_000;
    let window_ms = i64::try_from(validity.recv_window_ms).ok()?;
    let earliest_ms = validity.timestamp_ms + window_ms + GOOD_TILL_AHEAD_MS;
    (date_ms > earliest_ms && date_ms < GOOD_TILL_MS_MAX)
        .then(|| format!("type=LIMIT&timeInForce=GTD&goodTillDate={date_ms}"))
}

#[cfg(test)]
mod tests {
    use super::super::ticket::{tests::limit_order, ticket};
    use super::*;
    use contracts::New;

    fn sent(market: Market, ask: Ask, order: &New<'_>) -> (Method, String) {
        let credentials = Credentials::new("key", "secret").unwrap();
        let validity = Validity {
            timestamp_ms: 1_499_827_319_559,
            recv_window_ms: 3_000,
        };
        let ticket = ticket(market, order).unwrap();
        let request = request(market, &ask, &ticket, validity, &credentials);
        let (signed, signature) = request.path_and_query.rsplit_once("&signature=").unwrap();
        let (path, parameters) = signed.split_once('?').unwrap();
        assert_eq!(signature, credentials.sign(parameters));
        let rest = parameters
            .strip_suffix("&recvWindow=3000&timestamp=1499827319559")
            .unwrap();
        (request.method, format!("{path}?{rest}"))
    }

    #[test]
    fn a_limit_order_on_spot() {
        let (method, query) = sent(Market::Spot, Ask::Place, &limit_order());
        assert_eq!(method, Method::Post);
        let expected = "/api/v3/order?symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&price=61837.63\
                        &quantity=0.014&newClientOrderId=tf-0a1b2c3d-1-42-0&newOrderRespType=FULL";
        assert_eq!(query, expected);
    }

    fn how(market: Market, order: &New<'_>) -> String {
        let (_, query) = sent(market, Ask::Place, order);
        let (_, from) = query.split_once("&type=").unwrap();
        from.split_once("&price=").unwrap().0.to_owned()
    }

    #[test]
    fn what_only_rests_is_said_in_each_markets_words() {
        let spot = New {
            time_in_force: TimeInForce::Gtc,
            post_only: true,
            ..limit_order()
        };
        assert_eq!(how(Market::Spot, &spot), "LIMIT_MAKER");
        let futures = New {
            instrument: "BTC-USDT-PERP",
            expires_ns: Some(i64::MAX),
            ..spot
        };
        assert_eq!(how(Market::UsdM, &futures), "LIMIT&timeInForce=GTX");
    }

    #[test]
    fn futures_are_told_of_a_time_that_is_far_enough() {
        let until = |ms: i64| New {
            instrument: "BTC-USDT-PERP",
            time_in_force: TimeInForce::Gtc,
            expires_ns: Some(ms * 1_000_000),
            ..limit_order()
        };
        // It is 1,499,827,319,559 ms, and the request may take 3 s.
        let gtc = "LIMIT&timeInForce=GTC";
        assert_eq!(how(Market::UsdM, &until(1_499_827_920_000)), gtc);
        assert_eq!(how(Market::UsdM, &until(1_499_827_921_999)), gtc);
        assert_eq!(
            how(Market::UsdM, &until(1_499_827_922_001)),
            "LIMIT&timeInForce=GTD&goodTillDate=1499827923000"
        );
        let spot = New {
            instrument: "BTC-USDT",
            ..until(1_499_827_999_000)
        };
        assert_eq!(how(Market::Spot, &spot), gtc);
    }

    #[test]
    fn a_market_order_on_futures() {
        let order = New {
            instrument: "BTC-USDT-PERP",
            order_type: OrderType::Market,
            price: None,
            side: Side::Sell,
            ..limit_order()
        };
        let (method, query) = sent(Market::UsdM, Ask::Place, &order);
        assert_eq!(method, Method::Post);
        let expected = "/fapi/v1/order?symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.014\
                        &newClientOrderId=tf-0a1b2c3d-1-42-0&newOrderRespType=RESULT";
        assert_eq!(query, expected);
    }

    #[test]
    fn questions_name_the_client_id() {
        let order = limit_order();
        let one = "/api/v3/order?symbol=BTCUSDT&origClientOrderId=tf-0a1b2c3d-1-42-0".to_owned();
        assert_eq!(sent(Market::Spot, Ask::Find, &order), (Method::Get, one.clone()));
        assert_eq!(sent(Market::Spot, Ask::Cancel, &order), (Method::Delete, one));
        let fills = Ask::Fills {
            venue_order_id: "28".to_owned(),
            from_trade_id: Some(57),
        };
        let trades = "/api/v3/myTrades?symbol=BTCUSDT&orderId=28&fromId=57&limit=1000".to_owned();
        assert_eq!(sent(Market::Spot, fills, &order), (Method::Get, trades));
    }
}
