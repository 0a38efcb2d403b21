-- Grain: one row per bar that counts late trades: trades that are older than its start; a repeated bar counts once.
-- Bars of quotes (@) count late quotes, and are left out.
-- Source: market_bars.
-- ORDER BY: within, the log's order, so that of repeated records the first counts; the rows have none.
CREATE OR REPLACE VIEW late_trades AS
SELECT
    left(topic, -length('market.bars')) AS prefix,
    topic,
    partition,
    offset,
    venue,
    instrument,
    interval_ns,
    series,
    open_ns,
    receive_ns,
    late_count
FROM market_bars
WHERE kind = 'Bar' AND late_count > 0 AND position(series, '@') = 0
ORDER BY topic, partition, offset
LIMIT 1 BY topic, origin_partition, origin_offset, origin_index;
