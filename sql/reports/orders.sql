-- Grain: one row per account, strategy and instrument with an order in the stretch.
-- Source: view orders.
-- ORDER BY: account, strategy, instrument: as people look them up.
-- An order belongs to the stretch by the receive time of the tick behind it. open: not ended yet. fill_ratio: filled quantity
-- of the quantity ordered. Times in milliseconds.
SELECT
    account,
    strategy,
    venue,
    instrument,
    count() AS orders,
    countIf(status = 'filled') AS filled,
    countIf(one.filled_quantity > 0 AND status != 'filled') AS partly_filled,
    countIf(status = 'expired') AS expired,
    countIf(status = 'cancelled') AS cancelled,
    countIf(status = 'rejected') AS rejected,
    countIf(status NOT IN ('filled', 'expired', 'cancelled', 'rejected')) AS open,
    sum(one.quantity) AS ordered_quantity,
    sum(one.filled_quantity) AS filled_quantity,
    sum(one.filled_notional) AS filled_notional,
    toFloat64(filled_quantity) / toFloat64(ordered_quantity) AS fill_ratio,
    countIf(one.filled_quantity > 0) / orders AS touched_ratio,
    quantileExact(0.5)(toUnixTimestamp64Nano(last_report_ns) - toUnixTimestamp64Nano(sent_ns)) / 1e6 AS median_life_ms
FROM orders AS one
WHERE topic = {prefix:String} || 'execution.orders' AND prefix = {prefix:String}
    AND tick_receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
    AND tick_receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
    AND ({strategy:String} = '' OR strategy = {strategy:String})
    AND ({symbol:String} = '' OR instrument = {symbol:String})
GROUP BY account, strategy, venue, instrument
ORDER BY account, strategy, instrument, venue;
