-- Grain: one row per bar that is not what its trades make. Must return none.
-- Source: view bars_from_trades.
-- ORDER BY: none; any row is a failure.
SELECT topic, partition, offset, instrument, interval_ns, series, open_ns, bar, from_trades, vwap_right, in_time
FROM bars_from_trades
WHERE NOT equal;
