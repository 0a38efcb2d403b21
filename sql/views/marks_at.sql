-- Grain: one row per account and instrument that was marked before a point in time: its last mark then.
-- Source: view mark_minutes for the whole minutes before, risk_inbox (Mark) for the rest of a minute.
-- ORDER BY: none; it is joined.
-- Parameter at_ns: nanoseconds since 1970, exclusive, as in `SELECT * FROM marks_at(at_ns = 1767225600000000000)`.
CREATE OR REPLACE VIEW marks_at AS
SELECT prefix, topic, account, venue, instrument, argMax(price, since) AS price
FROM
(
    SELECT prefix, topic, account, venue, instrument, price, minute AS since
    FROM mark_minutes
    WHERE minute < toDateTime(intDiv({at_ns:Int64}, 60000000000) * 60, 'UTC')
    UNION ALL
    SELECT
        left(topic, -length('risk.inbox')),
        topic,
        account,
        venue,
        instrument,
        assumeNotNull(argMax(price, (origin_offset, origin_index))),
        toDateTime(intDiv({at_ns:Int64}, 60000000000) * 60, 'UTC')
    FROM risk_inbox
    WHERE kind = 'Mark'
        AND receive_ns >= fromUnixTimestamp64Nano(intDiv({at_ns:Int64}, 60000000000) * 60000000000, 'UTC')
        AND receive_ns < fromUnixTimestamp64Nano({at_ns:Int64}, 'UTC')
    GROUP BY topic, account, venue, instrument
)
GROUP BY prefix, topic, account, venue, instrument;
