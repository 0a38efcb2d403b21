-- Grain: one row per account, instrument and minute (of receive_ns, UTC) that has a mark: its last one.
-- Source: risk_inbox (Mark), by way of its projection `minutes`, which every part carries.
-- ORDER BY: none; a reader orders by minute.
-- The last mark is the one of the newest tick: a repetition that a dying process wrote late changes nothing.
CREATE OR REPLACE VIEW mark_minutes AS
SELECT
    left(topic, -length('risk.inbox')) AS prefix,
    topic,
    account,
    venue,
    instrument,
    toStartOfMinute(receive_ns) AS minute,
    assumeNotNull(argMax(price, (origin_offset, origin_index))) AS price
FROM risk_inbox
WHERE kind = 'Mark'
GROUP BY topic, account, venue, instrument, minute;
