-- Grain: one row per minute of the stretch with a market record.
-- Source: view tick_minutes.
-- ORDER BY: minute: a curve, drawn from left to right.
-- A stretch that begins or ends within a minute counts that minute whole.
SELECT
    minute,
    sum(tick_minutes.records) AS records,
    sumIf(tick_minutes.records, kind = 'Gap') AS gaps,
    sum(tick_minutes.crossed) AS crossed
FROM tick_minutes
WHERE topic = {prefix:String} || 'market.ticks' AND instrument != ''
    AND minute >= toStartOfMinute(fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC'))
    AND minute < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
    AND ({symbol:String} = '' OR instrument = {symbol:String})
GROUP BY minute
ORDER BY minute;
