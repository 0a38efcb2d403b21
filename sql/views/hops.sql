-- Grain: one row per order and hop from tick to report that is known of it, and two from end to end.
-- Source: view hop_times.
-- ORDER BY: none; `hop` counts the hops in their order.
CREATE OR REPLACE VIEW hops AS
SELECT
    prefix,
    topic,
    account,
    strategy,
    venue,
    instrument,
    client_order_id,
    tick_received_ns,
    times.1 AS hop,
    times.2 AS name,
    assumeNotNull(times.3) AS duration_ns
FROM
(
    WITH
        toUnixTimestamp64Nano(tick_received_ns) AS tick,
        toUnixTimestamp64Nano(bar_written_ns) AS bar,
        toUnixTimestamp64Nano(signal_written_ns) AS signal,
        toUnixTimestamp64Nano(order_written_ns) AS written,
        toUnixTimestamp64Nano(order_sent_ns) AS sent,
        toUnixTimestamp64Nano(report_received_ns) AS report
    SELECT
        *,
        arrayJoin(
        [
            (1, 'tick received -> bar written', bar - tick),
            (2, 'bar written -> signal written', signal - bar),
            (3, 'signal written -> order written', written - signal),
            (4, 'order written -> order sent', sent - written),
            (5, 'order sent -> report received', report - sent),
            (6, 'tick received -> order sent', sent - tick),
            (7, 'tick received -> report received', report - tick)
        ]) AS times
    FROM hop_times
)
WHERE times.3 IS NOT NULL;
