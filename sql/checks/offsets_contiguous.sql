-- Grain: one row per partition whose offsets have a hole or a repetition. Must return none.
-- Source: all landing tables. Kafka numbers the records of an idempotent producer without holes.
-- ORDER BY: none; any row is a failure.
SELECT topic, partition, count() AS rows, uniqExact(offset) AS offsets, min(offset) AS lowest, max(offset) AS highest
FROM
(
    SELECT topic, partition, offset FROM market_ticks
    UNION ALL
    SELECT topic, partition, offset FROM market_bars
    UNION ALL
    SELECT topic, partition, offset FROM market_features
    UNION ALL
    SELECT topic, partition, offset FROM market_violations
    UNION ALL
    SELECT topic, partition, offset FROM risk_inbox
    UNION ALL
    SELECT topic, partition, offset FROM risk_decisions
    UNION ALL
    SELECT topic, partition, offset FROM execution_orders
    UNION ALL
    SELECT topic, partition, offset FROM shadow_diffs
    UNION ALL
    SELECT topic, partition, offset FROM ops_dead_letters
)
GROUP BY topic, partition
HAVING rows != offsets OR offsets != highest - lowest + 1;
