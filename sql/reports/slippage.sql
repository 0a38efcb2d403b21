-- Grain: one row per account, strategy and instrument with an order in the stretch.
-- Source: execution_orders (New), views fills and marks_at of the same topic prefix.
-- ORDER BY: account, strategy, instrument: as people look them up.
-- Perold's implementation shortfall: what the orders brought, less what they would have brought had each been filled at once
-- and whole at its arrival price, both valued at the stretch's last mark; positive is worse. execution_cost: filled at another
-- price; opportunity_cost: not filled, and the price moved; fees as in view pnl. In the quote currency.
-- slippage_bps: execution_cost, of what was filled; shortfall_bps: of what was ordered; both at arrival prices.
WITH
    sent AS
    (
        SELECT *, if(side = 'buy', 1, -1) AS sign
        FROM execution_orders
        WHERE kind = 'New' AND topic = {prefix:String} || 'execution.orders'
            AND receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
            AND receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
            AND ({strategy:String} = '' OR strategy = {strategy:String})
            AND ({symbol:String} = '' OR instrument = {symbol:String})
        ORDER BY topic, partition, offset
        LIMIT 1 BY topic, client_order_id
    ),
    filled AS
    (
        SELECT
            client_order_id,
            count() AS fills,
            sum(fills.quantity) AS quantity,
            sum(fills.notional) AS notional,
            sum(multiIf(fee_asset = splitByChar('-', instrument)[2], toDecimal256(fee, 36),
                        fee_asset = splitByChar('-', instrument)[1], toDecimal256(fee, 18) * price,
                        toDecimal256(0, 36))) AS fees
        FROM fills
        WHERE topic = {prefix:String} || 'risk.inbox' AND prefix = {prefix:String}
        GROUP BY client_order_id
    ),
    marks AS
    (
        SELECT * FROM marks_at(at_ns = {to_ns:Int64}) WHERE topic = {prefix:String} || 'risk.inbox'
    )
SELECT
    sent.account AS account,
    sent.strategy AS strategy,
    sent.venue AS venue,
    sent.instrument AS instrument,
    count() AS orders,
    sum(filled.fills) AS fills,
    sum(toDecimal256(sent.quantity, 18) * sent.reference_price) AS ordered_notional,
    sum(toDecimal256(filled.quantity, 18) * sent.reference_price) AS filled_at_arrival,
    sum(sign * (filled.notional - toDecimal256(filled.quantity, 18) * sent.reference_price)) AS execution_cost,
    sum(if(marks.price > 0,
           sign * toDecimal256(sent.quantity - filled.quantity, 18) * (marks.price - sent.reference_price),
           toDecimal256(0, 36))) AS opportunity_cost,
    sum(filled.fees) AS fees,
    execution_cost + opportunity_cost + fees AS shortfall,
    if(filled_at_arrival > 0, toFloat64(execution_cost) / toFloat64(filled_at_arrival) * 10000, NULL) AS slippage_bps,
    if(ordered_notional > 0, toFloat64(shortfall) / toFloat64(ordered_notional) * 10000, NULL) AS shortfall_bps
FROM sent
LEFT JOIN filled ON filled.client_order_id = sent.client_order_id
LEFT JOIN marks ON marks.account = sent.account AND marks.venue = sent.venue AND marks.instrument = sent.instrument
GROUP BY account, strategy, venue, instrument
ORDER BY account, strategy, instrument, venue;
