-- Grain: one row per signal without exactly one decision, and per decision without its signal. Must return none.
-- A signal that quotes has two, one for each side, or none where the pair at work stands or newer terms came first.
-- Source: risk_inbox (Signal), risk_decisions of the same topic prefix. A signal that risk could not process has a letter.
-- What closes a position at its stop, target or time has no signal of its own.
-- ORDER BY: none; any row is a failure.
SELECT
    prefix,
    origin.1 AS origin_partition,
    origin.2 AS origin_offset,
    origin.3 AS origin_index,
    countIf(record = 'signal') AS signals,
    countIf(record = 'decision') AS decisions,
    max(is_quote) AS quotes
FROM
(
    SELECT DISTINCT
        left(topic, -length('risk.inbox')) AS prefix,
        'signal' AS record,
        (origin_partition, origin_offset, origin_index) AS origin,
        half_spread IS NOT NULL AS is_quote
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
        (signal_partition, signal_offset, signal_index),
        false
    FROM risk_decisions
    WHERE kind = 'Decision' AND closes IS NULL
)
GROUP BY prefix, origin
HAVING signals != 1 OR (decisions != 1 AND NOT quotes) OR (decisions NOT IN (0, 2) AND quotes);
