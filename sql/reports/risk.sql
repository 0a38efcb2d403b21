-- Grain: one row per account, strategy and instrument with a decision in the stretch; a repeated decision counts once.
-- Source: risk_decisions.
-- ORDER BY: account, strategy, instrument: as people look them up.
SELECT
    account,
    strategy,
    venue,
    instrument,
    count() AS decisions,
    countIf(verdict = 'accepted') AS accepted,
    countIf(verdict != 'accepted') AS stopped,
    stopped / decisions AS stopped_ratio
FROM
(
    SELECT * FROM risk_decisions
    WHERE kind = 'Decision' AND topic = {prefix:String} || 'risk.decisions'
        AND receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
        AND receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
        AND ({strategy:String} = '' OR strategy = {strategy:String})
        AND ({symbol:String} = '' OR instrument = {symbol:String})
    ORDER BY topic, partition, offset
    LIMIT 1 BY topic, origin_partition, origin_offset, origin_index
)
GROUP BY account, strategy, venue, instrument
ORDER BY account, strategy, instrument, venue;
