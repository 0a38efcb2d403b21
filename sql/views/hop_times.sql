-- Grain: one row per order (New).
-- Source: execution_orders; risk_inbox (Signal, ExecutionReport) and market_bars of the same topic prefix.
-- ORDER BY: within, the log's order, so that of repeated records the first counts; the rows have none.
-- When each record on the way was received or written, from the records themselves; NULL for what is not there (yet).
-- Signals and bars of no order are left out before they are joined: there are far more of them.
CREATE OR REPLACE VIEW hop_times AS
WITH
    sent AS
    (
        SELECT *, left(topic, -length('execution.orders')) AS prefix
        FROM execution_orders
        WHERE kind = 'New'
        ORDER BY topic, partition, offset
        LIMIT 1 BY topic, client_order_id
    ),
    signals AS
    (
        SELECT *, left(topic, -length('risk.inbox')) AS prefix
        FROM risk_inbox
        WHERE kind = 'Signal'
            AND (origin_partition, origin_offset) IN (SELECT signal_partition, signal_offset FROM sent)
        ORDER BY topic, partition, offset
        LIMIT 1 BY topic, origin_partition, origin_offset, origin_index
    ),
    bars AS
    (
        SELECT *, left(topic, -length('market.bars')) AS prefix
        FROM market_bars
        WHERE kind = 'Bar'
            AND (origin_partition, origin_offset) IN (SELECT signal_partition, signal_offset FROM sent)
        ORDER BY topic, partition, offset
        LIMIT 1 BY topic, origin_partition, origin_offset, origin_index
    ),
    reports AS
    (
        SELECT
            left(topic, -length('risk.inbox')) AS prefix,
            client_order_id,
            toNullable(min(sent_ns)) AS sent_ns,
            toNullable(min(receive_ns)) AS receive_ns
        FROM risk_inbox
        WHERE kind = 'ExecutionReport'
        GROUP BY prefix, client_order_id
    )
SELECT
    sent.topic AS topic,
    sent.client_order_id AS client_order_id,
    sent.receive_ns AS tick_received_ns,
    bars.produced_ns AS bar_written_ns,
    signals.produced_ns AS signal_written_ns,
    sent.produced_ns AS order_written_ns,
    reports.sent_ns AS order_sent_ns,
    reports.receive_ns AS report_received_ns,
    sent.prefix AS prefix,
    sent.account AS account,
    sent.strategy AS strategy,
    sent.venue AS venue,
    sent.instrument AS instrument
FROM sent
LEFT JOIN signals ON signals.prefix = sent.prefix AND signals.origin_partition = sent.signal_partition
    AND signals.origin_offset = sent.signal_offset AND signals.origin_index = sent.signal_index
LEFT JOIN bars ON bars.prefix = sent.prefix AND bars.origin_partition = signals.origin_partition
    AND bars.origin_offset = signals.origin_offset AND bars.interval_ns = signals.interval_ns AND bars.series = signals.series
    AND bars.venue = signals.venue AND bars.instrument = signals.instrument
LEFT JOIN reports ON reports.prefix = sent.prefix AND reports.client_order_id = sent.client_order_id;
