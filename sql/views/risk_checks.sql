-- Grain: one row per check of a decision; a decision that stands twice counts once.
-- Source: risk_decisions.
-- ORDER BY: within, the log's order, so that of repeated records the first counts; the rows have none.
-- stopped: this check is the first that failed, so it is what stopped the signal.
CREATE OR REPLACE VIEW risk_checks AS
SELECT
    left(topic, -length('risk.decisions')) AS prefix,
    topic,
    partition,
    offset,
    account,
    strategy,
    venue,
    instrument,
    receive_ns,
    verdict,
    number,
    check.1 AS name,
    check.2 AS limit,
    check.3 AS measured,
    check.5 AS passed,
    number = first_failed AS stopped
FROM
(
    SELECT *, indexOf(checks.passed, false) AS first_failed
    FROM risk_decisions
    WHERE kind = 'Decision'
    ORDER BY topic, partition, offset
    LIMIT 1 BY topic, origin_partition, origin_offset, origin_index
)
ARRAY JOIN checks AS check, arrayEnumerate(checks) AS number;
