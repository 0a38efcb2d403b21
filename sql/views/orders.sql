-- Grain: one row per order (New) with its life until now.
-- Source: execution_orders; risk_inbox (ExecutionReport) of the same topic prefix.
-- ORDER BY: within, the log's order, so that of repeated records the first counts; the rows have none.
-- status: '' until the first report; filled_quantity and average_price follow the venue's reports.
-- Products: ClickHouse keeps the wider operand's width, and wraps silently in 128 bits: one factor is made 256 bits wide.
CREATE OR REPLACE VIEW orders AS
WITH
    reports AS
    (
        SELECT
            left(topic, -length('risk.inbox')) AS prefix,
            client_order_id,
            argMax(status, offset) AS status,
            argMax(reason, offset) AS reason,
            argMax(venue_order_id, offset) AS venue_order_id,
            max(cumulative_quantity) AS filled_quantity,
            sum(last_quantity) AS reported_quantity,
            sum(toDecimal256(last_quantity, 18) * ifNull(last_price, toDecimal128(0, 18))) AS filled_notional,
            count() AS reports,
            toNullable(min(sent_ns)) AS sent_ns,
            toNullable(min(receive_ns)) AS first_report_ns,
            toNullable(max(receive_ns)) AS last_report_ns
        FROM
        (
            SELECT * FROM risk_inbox
            WHERE kind = 'ExecutionReport'
            ORDER BY topic, partition, offset
            LIMIT 1 BY topic, partition, client_order_id, origin_index
        )
        GROUP BY prefix, client_order_id
    ),
    sent AS
    (
        SELECT *, left(topic, -length('execution.orders')) AS prefix
        FROM execution_orders
        WHERE kind = 'New'
        ORDER BY topic, partition, offset
        LIMIT 1 BY topic, client_order_id
    )
SELECT
    sent.topic AS topic,
    sent.partition AS partition,
    sent.offset AS offset,
    sent.client_order_id AS client_order_id,
    sent.account AS account,
    sent.strategy AS strategy,
    sent.venue AS venue,
    sent.instrument AS instrument,
    sent.side AS side,
    sent.order_type AS order_type,
    sent.time_in_force AS time_in_force,
    sent.quantity AS quantity,
    sent.price AS price,
    sent.reference_price AS reference_price,
    sent.event_ns AS event_ns,
    sent.receive_ns AS tick_receive_ns,
    sent.produced_ns AS ordered_ns,
    reports.status AS status,
    reports.reason AS reason,
    reports.venue_order_id AS venue_order_id,
    reports.filled_quantity AS filled_quantity,
    if(reports.reported_quantity > 0,
       divideDecimal(reports.filled_notional, reports.reported_quantity, 18),
       NULL) AS average_price,
    reports.reports AS reports,
    reports.sent_ns AS sent_ns,
    reports.first_report_ns AS first_report_ns,
    reports.last_report_ns AS last_report_ns,
    sent.prefix AS prefix,
    reports.filled_notional AS filled_notional
FROM sent
LEFT JOIN reports ON reports.prefix = sent.prefix AND reports.client_order_id = sent.client_order_id;
