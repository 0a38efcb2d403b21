-- Grain: one row per order that ended twice, or was reported on after its end. Must return none.
-- Source: risk_inbox (ExecutionReport).
-- ORDER BY: none; any row is a failure.
SELECT
    topic,
    client_order_id,
    countIf(status IN ('filled', 'cancelled', 'expired', 'rejected')) AS ends,
    minIf(offset, status IN ('filled', 'cancelled', 'expired', 'rejected')) AS ended_at,
    max(offset) AS last_report_at
FROM risk_inbox
WHERE kind = 'ExecutionReport'
GROUP BY topic, partition, client_order_id
HAVING ends > 1 OR (ends = 1 AND last_report_at > ended_at);
