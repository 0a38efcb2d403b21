-- Grain: one row per bar that is not what its trades make. Must return none.
-- Source: view bars_from_trades.
SELECT topic, partition, offset, instrument, interval_ns, open_ns, bar, from_trades, vwap_right, in_time
FROM bars_from_trades
WHERE NOT equal;
