-- Grain: one row per origin that a producer used twice. Must return none.
-- Source: all tables of derived records. A report's origin is its order's position, and its index counts that order's reports.
-- A record that a dying process wrote late may be such a repetition: its readers drop it, but it stands in the log.
-- ORDER BY: none; any row is a failure.
SELECT
    topic, producer, origin_partition, origin_offset, origin_index,
    count() AS times,
    groupArray((partition, offset)) AS places
FROM
(
    SELECT topic, partition, offset, 'bars' AS producer, origin_partition, origin_offset, origin_index FROM market_bars
    WHERE kind IN ('Bar', 'Rollout')
    UNION ALL
    SELECT topic, partition, offset, 'features', origin_partition, origin_offset, origin_index FROM market_features
    WHERE kind IN ('FeatureVector', 'Rollout')
    UNION ALL
    SELECT topic, partition, offset, 'features', origin_partition, origin_offset, origin_index FROM market_violations
    WHERE kind = 'FeatureViolation'
    UNION ALL
    SELECT topic, partition, offset, if(kind = 'ExecutionReport', 'router', 'signals'),
        origin_partition, origin_offset, origin_index
    FROM risk_inbox
    WHERE kind IN ('Signal', 'Mark', 'ExecutionReport')
    UNION ALL
    SELECT topic, partition, offset, 'risk', origin_partition, origin_offset, origin_index FROM risk_decisions
    WHERE kind = 'Decision'
    UNION ALL
    SELECT topic, partition, offset, 'risk', origin_partition, origin_offset, origin_index FROM execution_orders
    WHERE kind IN ('New', 'Modify', 'Cancel')
    UNION ALL
    -- The audit's letters may be about any topic.
    SELECT topic, partition, offset, stage || if(stage = 'audit', ' of ' || source, ''),
        assumeNotNull(origin_partition), assumeNotNull(origin_offset), assumeNotNull(origin_index)
    FROM ops_dead_letters
    WHERE kind = 'DeadLetter' AND origin_offset IS NOT NULL
)
GROUP BY topic, producer, origin_partition, origin_offset, origin_index
HAVING times > 1;
