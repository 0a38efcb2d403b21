-- Grain: one row per step of an order's life: its New, then each of its reports; a report that stands twice counts once.
-- Source: execution_orders (New), risk_inbox (ExecutionReport) of the same topic prefix.
-- ORDER BY: within, the log's order, so that of repeated records the first counts; a reader orders by client_order_id, step.
-- step: 0 is the New, then the reports by their number. quantity, price: asked for in a New, filled now in a report.
CREATE OR REPLACE VIEW order_events AS
SELECT
    left(topic, -length('execution.orders')) AS prefix,
    topic,
    partition,
    offset,
    account,
    venue,
    instrument,
    client_order_id,
    0 AS step,
    'ordered' AS event,
    side,
    quantity,
    price,
    toDecimal128(0, 18) AS filled_quantity,
    '' AS reason,
    produced_ns AS at_ns
FROM
(
    SELECT * FROM execution_orders
    WHERE kind = 'New'
    ORDER BY topic, partition, offset
    LIMIT 1 BY topic, client_order_id
)
UNION ALL
SELECT
    left(topic, -length('risk.inbox')),
    topic,
    partition,
    offset,
    account,
    venue,
    instrument,
    client_order_id,
    assumeNotNull(origin_index) + 1,
    status,
    side,
    last_quantity,
    last_price,
    cumulative_quantity,
    reason,
    toNullable(receive_ns)
FROM
(
    SELECT * FROM risk_inbox
    WHERE kind = 'ExecutionReport'
    ORDER BY topic, partition, offset
    LIMIT 1 BY topic, partition, client_order_id, origin_index
);
