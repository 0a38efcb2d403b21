-- Grain: one row per part, topic, venue, instrument, kind, broken sequence and minute: what view tick_minutes shows.
-- Source: market_ticks. A projection is written and merged within its part, so it is there or not with its rows: whatever
-- is killed, landed again or deleted, both agree.
-- ORDER BY: its own keys; a report reads some thousand rows a day instead of each tick.
ALTER TABLE market_ticks ADD PROJECTION IF NOT EXISTS minutes
(
    SELECT
        topic,
        venue,
        instrument,
        kind,
        stream,
        toStartOfMinute(receive_ns),
        count(),
        countIf(bid_price > ask_price AND ask_price != 0),
        countIf(bid_price = ask_price AND ask_price != 0),
        countIf(bitAnd(flags, 8) != 0),
        sum(received_id - expected_id),
        min(receive_ns),
        max(receive_ns)
    GROUP BY topic, venue, instrument, kind, stream, toStartOfMinute(receive_ns)
);
