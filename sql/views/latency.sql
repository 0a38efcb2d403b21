-- Grain: one row per hop from tick to report, and two from end to end, over all orders of a topic.
-- Source: view hop_times.
-- `hop` counts the hops in their order. Orders that lack one of a hop's two times do not count for it.
CREATE OR REPLACE VIEW latency AS
SELECT
    topic,
    times.1 AS hop,
    times.2 AS name,
    count() AS orders,
    quantileExact(0.5)(times.3) / 1e6 AS p50_ms,
    quantileExact(0.95)(times.3) / 1e6 AS p95_ms,
    quantileExact(0.99)(times.3) / 1e6 AS p99_ms,
    max(times.3) / 1e6 AS max_ms
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
        topic,
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
WHERE times.3 IS NOT NULL
GROUP BY topic, hop, name
ORDER BY topic, hop;
