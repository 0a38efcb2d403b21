use super::super::ticket::{tests::limit_order, ticket};
use super::*;
use crate::binance::trading::market::Market;
use crate::orders::Fee;
use contracts::New;
use proptest::prelude::*;

fn spot() -> Ticket {
    ticket(Market::Spot, &limit_order()).unwrap()
}

fn ok<'a>(body: &'a str) -> HttpAnswer<'a> {
    HttpAnswer {
        status: 200,
        retry_after_s: None,
        body: body.as_bytes(),
    }
}

const FULL: &str = r#"{"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"tf-0a1b2c3d-1-42-0",
    "transactTime":1507725176595,"price":"61837.63000000","origQty":"0.01400000","executedQty":"0.01400000",
    "origQuoteOrderQty":"0.00000000","cummulativeQuoteQty":"865.72","status":"FILLED","timeInForce":"IOC",
    "type":"LIMIT","side":"BUY","workingTime":1507725176595,"selfTradePreventionMode":"NONE","fills":[
    {"price":"61837.00000000","qty":"0.01000000","commission":"0.00001000","commissionAsset":"BTC","tradeId":56},
    {"price":"61837.63000000","qty":"0.00400000","commission":"0.00000400","commissionAsset":"BTC","tradeId":57}]}"#;

#[test]
fn a_filled_spot_order_comes_with_its_fills() {
    let Answer::Order(view) = read(&Ask::Place, &spot(), ok(FULL)) else {
        panic!("not an order")
    };
    assert_eq!((view.standing, view.executed), (Standing::Filled, 14_000_000));
    assert_eq!(view.venue_order_id, "28");
    assert_eq!(view.event_ns, 1_507_725_176_595_000_000);
    assert_eq!(view.fills.len(), 2);
    let fee = Fee {
        amount: 4_000,
        exponent: -9,
        asset: "BTC".to_owned(),
    };
    let last = Fill {
        trade_id: 57,
        price: 61_837_630_000_000,
        quantity: 4_000_000,
        fee,
        event_ns: view.event_ns,
    };
    assert_eq!(view.fills[1], last);
}

#[test]
fn a_futures_order_has_its_fills_elsewhere() {
    let order = New {
        instrument: "BTC-USDT-PERP",
        ..limit_order()
    };
    let ticket = ticket(Market::UsdM, &order).unwrap();
    let body = r#"{"clientOrderId":"tf-0a1b2c3d-1-42-0","cumQty":"0.004","cumQuote":"247","executedQty":"0.004",
        "orderId":22542179,"avgPrice":"61800.1","origQty":"0.014","price":"61837.63","reduceOnly":false,
        "side":"BUY","status":"EXPIRED","symbol":"BTCUSDT","timeInForce":"IOC","type":"LIMIT",
        "updateTime":1566818724722}"#;
    let Answer::Order(view) = read(&Ask::Place, &ticket, ok(body)) else {
        panic!("not an order")
    };
    assert_eq!((view.standing, view.executed), (Standing::Expired, 4_000_000));
    assert!(view.fills.is_empty());

    let ask = Ask::Fills {
        venue_order_id: "22542179".to_owned(),
        from_trade_id: None,
    };
    let trades = r#"[{"buyer":true,"commission":"-0.00000031","commissionAsset":"USDT","id":698760,"maker":true,
        "orderId":22542179,"price":"61800.1","qty":"0.001","quoteQty":"61.8","realizedPnl":"0","side":"BUY",
        "positionSide":"BOTH","symbol":"BTCUSDT","time":1569514978020},
        {"buyer":true,"commission":"0.02472004","commissionAsset":"USDT","id":698759,"maker":false,
        "orderId":22542179,"price":"61800.1","qty":"0.003","quoteQty":"185.4","realizedPnl":"0","side":"BUY",
        "positionSide":"BOTH","symbol":"BTCUSDT","time":1569514978019}]"#;
    let Answer::Fills { fills, more: false } = read(&ask, &ticket, ok(trades)) else {
        panic!("no fills")
    };
    assert_eq!(
        fills.iter().map(|fill| fill.trade_id).collect::<Vec<_>>(),
        [698_759, 698_760]
    );
    assert_eq!(fills[1].fee.amount, -310);
    assert_eq!(fills[1].event_ns, 1_569_514_978_020_000_000);
}

#[test]
fn a_cancelled_order_is_known_by_its_original_id() {
    let body = r#"{"symbol":"BTCUSDT","origClientOrderId":"tf-0a1b2c3d-1-42-0","orderId":4,"orderListId":-1,
        "clientOrderId":"cancelMyOrder1","transactTime":1684804350068,"price":"2.0","origQty":"1.0",
        "executedQty":"0.00000000","status":"CANCELED","timeInForce":"GTC","type":"LIMIT","side":"BUY"}"#;
    let Answer::Order(view) = read(&Ask::Cancel, &spot(), ok(body)) else {
        panic!("not an order")
    };
    assert_eq!(view.standing, Standing::Cancelled);
}

#[test]
fn what_cannot_be_read_exactly_proves_nothing() {
    for (from, to) in [
        ("\"status\":\"FILLED\"", "\"status\":\"SHINY\""),
        ("tf-0a1b2c3d-1-42-0", "tf-0a1b2c3d-1-43-0"),
        ("\"BTCUSDT\"", "\"ETHUSDT\""),
        ("\"executedQty\":\"0.01400000\"", "\"executedQty\":\"0.01400000001\""),
        (
            "\"price\":\"61837.00000000\",\"qty\"",
            "\"price\":\"61837.0000000001\",\"qty\"",
        ),
        ("1507725176595,\"price\"", "9223372036854775807,\"price\""),
        ("\"orderId\":28,", ""),
    ] {
        let body = FULL.replacen(from, to, 1);
        assert_ne!(body, FULL, "{from}");
        assert!(
            matches!(read(&Ask::Place, &spot(), ok(&body)), Answer::Unknown(_)),
            "{to}"
        );
    }
}

#[test]
fn a_full_page_says_that_there_may_be_more() {
    let trade = |id: usize| {
        format!(
            r#"{{"symbol":"BTCUSDT","id":{id},"orderId":28,"price":"1","qty":"0.001","commission":"0",
            "commissionAsset":"BTC","time":1,"isBuyer":true,"isMaker":false,"isBestMatch":true}}"#
        )
    };
    let page = format!("[{}]", (0..FILLS_MAX).map(trade).collect::<Vec<_>>().join(","));
    let ask = Ask::Fills {
        venue_order_id: "28".to_owned(),
        from_trade_id: None,
    };
    assert!(matches!(
        read(&ask, &spot(), ok(&page)),
        Answer::Fills { more: true, .. }
    ));
}

proptest! {
    /// No body and no status makes an order out of nothing, or panics.
    #[test]
    fn cut_anywhere_it_proves_nothing(end in 0..FULL.len() - 1, status in 100_u16..600) {
        let answer = HttpAnswer { status, retry_after_s: None, body: &FULL.as_bytes()[..end] };
        let proven = read(&Ask::Place, &spot(), answer);
        let is_open = matches!(proven, Answer::Unknown(_) | Answer::Busy { .. });
        prop_assert!(is_open, "{:?}", proven);
    }
}
