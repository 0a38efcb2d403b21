-- Grain: one row per account, limit, strategy and instrument that stopped a signal in the stretch.
-- Source: view risk_checks.
-- ORDER BY: the limit that stopped most first.
-- A signal is stopped by the first check that failed. limit, worst_measured: of the signal that was furthest beyond it.
SELECT
    name AS check,
    account,
    strategy,
    venue,
    instrument,
    count() AS stopped,
    argMax(risk_checks.limit, abs(measured - risk_checks.limit)) AS limit,
    argMax(measured, abs(measured - risk_checks.limit)) AS worst_measured,
    min(receive_ns) AS first_at,
    max(receive_ns) AS last_at
FROM risk_checks
WHERE risk_checks.stopped AND topic = {prefix:String} || 'risk.decisions'
    AND receive_ns >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
    AND receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
    AND ({strategy:String} = '' OR strategy = {strategy:String})
    AND ({symbol:String} = '' OR instrument = {symbol:String})
GROUP BY check, account, strategy, venue, instrument
ORDER BY stopped DESC, check, account, strategy, instrument, venue;
