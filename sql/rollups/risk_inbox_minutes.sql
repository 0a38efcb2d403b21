-- Grain: one row per part, topic, kind, account, venue, instrument and minute: what view mark_minutes shows.
-- Source: risk_inbox. A projection is written and merged within its part, so it is there or not with its rows: whatever is
-- killed, landed again or deleted, both agree.
-- ORDER BY: its own keys; marks come with every bar, and most reports want the last one of a minute.
ALTER TABLE risk_inbox ADD PROJECTION IF NOT EXISTS minutes
(
    SELECT
        topic,
        kind,
        account,
        venue,
        instrument,
        toStartOfMinute(receive_ns),
        argMax(price, (origin_offset, origin_index))
    GROUP BY topic, kind, account, venue, instrument, toStartOfMinute(receive_ns)
);
