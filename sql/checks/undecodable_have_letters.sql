-- Grain: one row per partition with records that could not be landed and are not each in the dead letters, once. Must
-- return none.
-- Source: all landing tables (kind Undecodable), ops_dead_letters (stage audit) of the same topic prefix.
-- ORDER BY: none; any row is a failure.
SELECT prefix, source, partition, countIf(record = 'row') AS rows, countIf(record = 'letter') AS letters,
    uniqExactIf(offset, record = 'letter') AS lettered
FROM
(
    SELECT left(topic, length(topic) - length(source)) AS prefix, source, 'row' AS record, partition, offset
    FROM
    (
        SELECT topic, 'market.ticks' AS source, partition, offset FROM market_ticks WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'market.bars' AS source, partition, offset FROM market_bars WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'market.features' AS source, partition, offset FROM market_features WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'market.violations' AS source, partition, offset FROM market_violations WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'risk.inbox' AS source, partition, offset FROM risk_inbox WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'risk.decisions' AS source, partition, offset FROM risk_decisions WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'execution.orders' AS source, partition, offset FROM execution_orders WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'shadow.diffs' AS source, partition, offset FROM shadow_diffs WHERE kind = 'Undecodable'
        UNION ALL
        SELECT topic, 'ops.dead_letters' AS source, partition, offset FROM ops_dead_letters WHERE kind = 'Undecodable'
    )
    UNION ALL
    -- A letter of the audit begins with the position of what it is about.
    SELECT
        left(topic, -length('ops.dead_letters')),
        source,
        'letter',
        toInt32(extract(detail, '^partition (\\d+), offset \\d+: ')),
        toInt64(extract(detail, '^partition \\d+, offset (\\d+): '))
    FROM ops_dead_letters
    WHERE kind = 'DeadLetter' AND stage = 'audit'
)
GROUP BY prefix, source, partition
HAVING rows != letters OR letters != lettered;
