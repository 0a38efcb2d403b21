-- Grain: one row or several per venue, instrument, kind of record and broken sequence (of gaps), of a stretch: sum them.
-- Source: view tick_minutes for whole minutes, market_ticks for the rest at both ends.
-- ORDER BY: none; a report sums the rows.
-- Parameters from_ns (inclusive), to_ns (exclusive): nanoseconds since 1970, of receive_ns.
CREATE OR REPLACE VIEW ticks_between AS
WITH
    60000000000 AS minute_ns,
    intDiv({from_ns:Int64} + minute_ns - 1, minute_ns) * minute_ns AS inner_from_ns,
    intDiv({to_ns:Int64}, minute_ns) * minute_ns AS inner_to_ns
SELECT
    prefix, topic, venue, instrument, kind, stream, records, crossed, locked, out_of_order, missing_ids, first_receive_ns,
    last_receive_ns
FROM tick_minutes
WHERE minute >= toDateTime(intDiv(inner_from_ns, 1000000000), 'UTC')
    AND minute < toDateTime(intDiv(inner_to_ns, 1000000000), 'UTC')
UNION ALL
SELECT
    left(topic, -length('market.ticks')),
    topic,
    venue,
    instrument,
    kind,
    stream,
    count(),
    countIf(bid_price > ask_price AND ask_price != 0),
    countIf(bid_price = ask_price AND ask_price != 0),
    countIf(bitAnd(flags, 8) != 0),
    sum(received_id - expected_id),
    min(receive_ns),
    max(receive_ns)
FROM market_ticks
WHERE receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
    AND receive_ns < fromUnixTimestamp64Nano(least(inner_from_ns, {to_ns:Int64}), 'UTC')
    OR receive_ns >= fromUnixTimestamp64Nano(greatest(inner_to_ns, inner_from_ns, {from_ns:Int64}), 'UTC')
    AND receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
GROUP BY topic, venue, instrument, kind, stream;
