-- Grain: one row per basis point of slippage that a fill of the stretch had, rounded; beyond 50 at either end together.
-- Source: view fills.
-- ORDER BY: the basis points, as an axis.
SELECT toInt32(greatest(-50, least(50, round(slippage_bps)))) AS bps, count() AS fills
FROM fills
WHERE topic = {prefix:String} || 'risk.inbox' AND prefix = {prefix:String} AND slippage_bps IS NOT NULL
    AND receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
    AND receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
    AND ({strategy:String} = '' OR strategy = {strategy:String})
    AND ({symbol:String} = '' OR instrument = {symbol:String})
GROUP BY bps
ORDER BY bps;
