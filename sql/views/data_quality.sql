-- Grain: one row per venue, instrument and minute (of receive_ns, UTC) with a record of it.
-- Source: views tick_minutes and late_trades of the same topic prefix.
-- ORDER BY: none; a reader orders by minute.
-- late_trades: as bars of the series that has most of them in that minute count them.
CREATE OR REPLACE VIEW data_quality AS
WITH
    late AS
    (
        SELECT prefix, venue, instrument, minute, max(trades) AS trades
        FROM
        (
            SELECT prefix, venue, instrument, toStartOfMinute(receive_ns) AS minute, sum(late_count) AS trades
            FROM late_trades
            GROUP BY prefix, venue, instrument, interval_ns, series, minute
        )
        GROUP BY prefix, venue, instrument, minute
    ),
    ticks AS
    (
        SELECT
            prefix,
            venue,
            instrument,
            minute,
            sum(tick_minutes.records) AS records,
            sumIf(tick_minutes.records, kind = 'Trade') AS trades,
            sumIf(tick_minutes.records, kind = 'Quote') AS quotes,
            sumIf(tick_minutes.records, kind = 'BookDelta') AS book_deltas,
            sumIf(tick_minutes.records, kind = 'Gap') AS gaps,
            ifNull(sum(tick_minutes.missing_ids), 0) AS missing_ids,
            sum(tick_minutes.crossed) AS crossed,
            sum(tick_minutes.locked) AS locked,
            sum(tick_minutes.out_of_order) AS out_of_order,
            min(tick_minutes.first_receive_ns) AS first_receive_ns,
            max(tick_minutes.last_receive_ns) AS last_receive_ns
        FROM tick_minutes
        WHERE instrument != ''
        GROUP BY prefix, venue, instrument, minute
    )
SELECT
    ticks.prefix AS prefix,
    ticks.venue AS venue,
    ticks.instrument AS instrument,
    ticks.minute AS minute,
    ticks.records AS records,
    ticks.trades AS trades,
    ticks.quotes AS quotes,
    ticks.book_deltas AS book_deltas,
    ticks.gaps AS gaps,
    ticks.missing_ids AS missing_ids,
    ticks.crossed AS crossed,
    ticks.locked AS locked,
    ticks.out_of_order AS out_of_order,
    ifNull(late.trades, 0) AS late_trades,
    ticks.first_receive_ns AS first_receive_ns,
    ticks.last_receive_ns AS last_receive_ns
FROM ticks
LEFT JOIN late ON late.prefix = ticks.prefix AND late.venue = ticks.venue AND late.instrument = ticks.instrument
    AND late.minute = ticks.minute;
