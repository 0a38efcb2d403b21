-- Grain: one row per venue, instrument, kind of record, broken sequence (of gaps) and minute (of receive_ns, UTC).
-- Source: market_ticks, by way of its projection `minutes`, which every part carries.
-- ORDER BY: none; a reader orders by minute.
-- crossed: best bid above best ask; locked: equal. missing_ids: ids that a gap's sequence jumped over, where it says.
CREATE OR REPLACE VIEW tick_minutes AS
SELECT
    left(topic, length(topic) - length('market.ticks')) AS prefix,
    topic,
    venue,
    instrument,
    kind,
    stream,
    toStartOfMinute(receive_ns) AS minute,
    count() AS records,
    countIf(bid_price > ask_price) AS crossed,
    countIf(bid_price = ask_price) AS locked,
    sum(received_id - expected_id) AS missing_ids,
    min(receive_ns) AS first_receive_ns,
    max(receive_ns) AS last_receive_ns
FROM market_ticks
GROUP BY topic, venue, instrument, kind, stream, minute;
