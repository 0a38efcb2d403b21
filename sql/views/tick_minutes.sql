-- Grain: one row per venue, instrument, kind of record, broken sequence (of gaps) and minute (of receive_ns, UTC).
-- Source: market_ticks, by way of its projection `minutes`, which every part carries.
-- ORDER BY: none; a reader orders by minute.
-- crossed: best bid above best ask; locked: equal; an ask of 0 is none. out_of_order: as the ingestor flagged it.
-- missing_ids: ids that a gap's sequence jumped over, where it says.
CREATE OR REPLACE VIEW tick_minutes AS
SELECT
    left(topic, -length('market.ticks')) AS prefix,
    topic,
    venue,
    instrument,
    kind,
    stream,
    toStartOfMinute(receive_ns) AS minute,
    count() AS records,
    countIf(bid_price > ask_price AND ask_price != 0) AS crossed,
    countIf(bid_price = ask_price AND ask_price != 0) AS locked,
    countIf(bitAnd(flags, 8) != 0) AS out_of_order,
    sum(received_id - expected_id) AS missing_ids,
    min(receive_ns) AS first_receive_ns,
    max(receive_ns) AS last_receive_ns
FROM market_ticks
GROUP BY topic, venue, instrument, kind, stream, minute;
