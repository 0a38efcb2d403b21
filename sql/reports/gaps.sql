-- Grain: one row per venue, instrument and sequence that broke in the stretch.
-- Source: view ticks_between.
-- ORDER BY: venue, instrument: as people look them up.
SELECT
    venue,
    instrument,
    stream,
    sum(ticks_between.records) AS gaps,
    sum(ticks_between.missing_ids) AS missing_ids,
    min(first_receive_ns) AS first_at,
    max(last_receive_ns) AS last_at
FROM ticks_between(from_ns = {from_ns:Int64}, to_ns = {to_ns:Int64})
WHERE topic = {prefix:String} || 'market.ticks' AND kind = 'Gap'
    AND ({symbol:String} = '' OR instrument = {symbol:String})
GROUP BY venue, instrument, stream
ORDER BY venue, instrument, stream;
