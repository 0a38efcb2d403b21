-- Grain: one row per hop from tick to report, and two from end to end, over all orders of the stretch.
-- Source: view hops.
-- ORDER BY: the hops in their order.
-- Quantiles are exact, in milliseconds. Orders that lack one of a hop's two times do not count for it.
SELECT
    name AS hop,
    count() AS orders,
    quantileExact(0.5)(duration_ns) / 1e6 AS p50_ms,
    quantileExact(0.9)(duration_ns) / 1e6 AS p90_ms,
    quantileExact(0.95)(duration_ns) / 1e6 AS p95_ms,
    quantileExact(0.99)(duration_ns) / 1e6 AS p99_ms,
    quantileExact(0.999)(duration_ns) / 1e6 AS p999_ms,
    max(duration_ns) / 1e6 AS max_ms
FROM hops
WHERE topic = {prefix:String} || 'execution.orders' AND prefix = {prefix:String}
    AND tick_received_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
    AND tick_received_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
    AND ({strategy:String} = '' OR strategy = {strategy:String})
    AND ({symbol:String} = '' OR instrument = {symbol:String})
GROUP BY hops.hop, name
ORDER BY hops.hop;
