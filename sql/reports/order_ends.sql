-- Grain: one row per status and reason that orders of the stretch stand at.
-- Source: view orders.
-- ORDER BY: the most frequent first.
SELECT
    if(status = '', 'no report', status) AS status,
    reason,
    count() AS orders
FROM orders
WHERE topic = {prefix:String} || 'execution.orders' AND prefix = {prefix:String}
    AND tick_receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
    AND tick_receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
    AND ({strategy:String} = '' OR strategy = {strategy:String})
    AND ({symbol:String} = '' OR instrument = {symbol:String})
GROUP BY status, reason
ORDER BY orders DESC, status, reason;
