-- Grain: one row per accepted decision without exactly one New, and per New without its accepted decision. Must return none.
-- Source: risk_decisions, execution_orders of the same topic prefix.
-- ORDER BY: none; any row is a failure.
SELECT prefix, id, countIf(record = 'accepted') AS accepted, countIf(record = 'new') AS orders
FROM
(
    SELECT
        left(topic, -length('risk.decisions')) AS prefix,
        'accepted' AS record,
        ifNull(client_order_id, '') AS id
    FROM risk_decisions
    WHERE kind = 'Decision' AND verdict = 'accepted'
    UNION ALL
    SELECT left(topic, -length('execution.orders')), 'new', client_order_id
    FROM execution_orders
    WHERE kind = 'New'
)
GROUP BY prefix, id
HAVING accepted != 1 OR orders != 1;
