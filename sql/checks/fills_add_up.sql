-- Grain: one row per report whose cumulative quantity is not the sum of its order's fills so far, or passes the order's
-- quantity, or says filled when it is not. Must return none.
-- Source: risk_inbox (ExecutionReport).
-- ORDER BY: within the window, the log's own; the rows have none, any row is a failure.
SELECT topic, partition, offset, client_order_id, status, cumulative_quantity, fills_so_far, order_quantity
FROM
(
    SELECT
        *,
        sum(last_quantity) OVER
        (
            PARTITION BY topic, partition, client_order_id ORDER BY offset ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS fills_so_far
    FROM risk_inbox
    WHERE kind = 'ExecutionReport'
)
WHERE fills_so_far != cumulative_quantity
    OR cumulative_quantity > order_quantity
    OR (status = 'filled') != (cumulative_quantity = order_quantity);
