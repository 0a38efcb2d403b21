-- Grain: one row per venue and instrument with a record in the stretch.
-- Source: views ticks_between and late_trades of the same topic prefix.
-- ORDER BY: venue, instrument: as people look them up.
-- crossed, locked: records whose best bid is above, or at, the best ask.
-- out_of_order: records dated before an earlier one of their kind.
-- missing_ids: that the gaps' sequences jumped over, where they say.
-- late_trades: that belong to an earlier bar, as bars of the series that has most of them count.
WITH
    late AS
    (
        SELECT venue, instrument, max(trades) AS trades
        FROM
        (
            SELECT venue, instrument, sum(late_count) AS trades
            FROM late_trades
            WHERE topic = {prefix:String} || 'market.bars'
                AND receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
                AND receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
            GROUP BY venue, instrument, interval_ns, series
        )
        GROUP BY venue, instrument
    ),
    ticks AS
    (
        SELECT
            venue,
            instrument,
            sum(ticks_between.records) AS records,
            sumIf(ticks_between.records, kind = 'Trade') AS trades,
            sumIf(ticks_between.records, kind = 'Quote') AS quotes,
            sumIf(ticks_between.records, kind = 'BookDelta') AS book_deltas,
            sumIf(ticks_between.records, kind = 'Gap') AS gaps,
            ifNull(sum(ticks_between.missing_ids), 0) AS missing_ids,
            sum(ticks_between.crossed) AS crossed,
            sum(ticks_between.locked) AS locked,
            sum(ticks_between.out_of_order) AS out_of_order,
            min(ticks_between.first_receive_ns) AS first_at,
            max(ticks_between.last_receive_ns) AS last_at
        FROM ticks_between(from_ns = {from_ns:Int64}, to_ns = {to_ns:Int64})
        WHERE topic = {prefix:String} || 'market.ticks' AND instrument != ''
            AND ({symbol:String} = '' OR instrument = {symbol:String})
        GROUP BY venue, instrument
    )
SELECT
    ticks.venue AS venue,
    ticks.instrument AS instrument,
    ticks.records AS records,
    ticks.trades AS trades,
    ticks.quotes AS quotes,
    ticks.book_deltas AS book_deltas,
    ticks.gaps AS gaps,
    ticks.missing_ids AS missing_ids,
    ifNull(late.trades, 0) AS late_trades,
    ticks.crossed AS crossed,
    ticks.locked AS locked,
    ticks.out_of_order AS out_of_order,
    ticks.first_at AS first_at,
    ticks.last_at AS last_at
FROM ticks
LEFT JOIN late ON late.venue = ticks.venue AND late.instrument = ticks.instrument
ORDER BY venue, instrument;
