-- Grain: one row per signal without exactly one decision, and per decision without its signal. Must return none.
-- Source: risk_inbox (Signal), risk_decisions of the same topic prefix. A signal that risk could not process has a letter.
-- What closes a position at its stop, target or time has no signal of its own.
-- ORDER BY: none; any row is a failure.
SELECT
    prefix,
    origin.1 AS origin_partition,
    origin.2 AS origin_offset,
    origin.3 AS origin_index,
    countIf(record = 'signal') AS signals,
    countIf(record = 'decision') AS decisions
FROM
(
    SELECT DISTINCT
        left(topic, -length('risk.inbox')) AS prefix,
        'signal' AS record,
        (origin_partition, origin_offset, origin_index) AS origin
    FROM risk_inbox
    WHERE kind = 'Signal'
        AND (prefix, toNullable(partition), toNullable(offset)) NOT IN
        (
            SELECT left(topic, -length('ops.dead_letters')), origin_partition, origin_offset
            FROM ops_dead_letters
            WHERE stage = 'risk'
        )
    UNION ALL
    SELECT
        left(topic, -length('risk.decisions')),
        'decision',
        (signal_partition, signal_offset, signal_index)
    FROM risk_decisions
    WHERE kind = 'Decision' AND closes IS NULL
)
GROUP BY prefix, origin
HAVING signals != 1 OR decisions != 1;
