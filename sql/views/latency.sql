-- Grain: one row per hop from tick to report, and two from end to end, over all orders of a topic.
-- Source: view hops.
-- ORDER BY: the hops in their order, as people read them.
-- Orders that lack one of a hop's two times do not count for it.
CREATE OR REPLACE VIEW latency AS
SELECT
    topic,
    hop,
    name,
    count() AS orders,
    quantileExact(0.5)(duration_ns) / 1e6 AS p50_ms,
    quantileExact(0.95)(duration_ns) / 1e6 AS p95_ms,
    quantileExact(0.99)(duration_ns) / 1e6 AS p99_ms,
    max(duration_ns) / 1e6 AS max_ms
FROM hops
GROUP BY topic, hop, name
ORDER BY topic, hop;
