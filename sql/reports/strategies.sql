-- Grain: one row per strategy, account and instrument with a fill before the end of the stretch.
-- Source: view traded_by.
-- ORDER BY: strategy, account, instrument: as people look them up.
-- What each strategy's own fills brought in the stretch. Gross PnL adds up to the account's over strategies; what is realised
-- does not, where one closes what another opened. turnover: value of the fills of the stretch. net_bps: net PnL of it.
WITH valued AS
(
    SELECT
        *,
        if(is_end = 1, 1, -1) AS sign,
        paid + received AS value,
        received - paid + toDecimal256(bought - sold, 18) * mark_price AS gross,
        if(bought > 0 AND sold > 0,
           toDecimal256(least(bought, sold), 18) * (divideDecimal(received, sold, 18) - divideDecimal(paid, bought, 18)),
           toDecimal256(0, 36)) AS realised
    FROM traded_by(from_ns = {from_ns:Int64}, to_ns = {to_ns:Int64})
    WHERE topic = {prefix:String} || 'risk.inbox' AND prefix = {prefix:String}
        AND ({strategy:String} = '' OR strategy = {strategy:String})
        AND ({symbol:String} = '' OR instrument = {symbol:String})
)
SELECT
    if(strategy = '', 'unknown', strategy) AS strategy,
    account,
    venue,
    instrument,
    quote,
    sum(toInt64(valued.fills) * sign) AS fills,
    sumIf(bought - sold, is_end = 1) AS position,
    sum(value * sign) AS turnover,
    sum(realised * sign) AS realised_pnl,
    gross_pnl - realised_pnl AS unrealised_pnl,
    sum(gross * sign) AS gross_pnl,
    sum(valued.fees * sign) AS fees,
    gross_pnl - fees AS net_pnl,
    if(turnover > 0, toFloat64(net_pnl) / toFloat64(turnover) * 10000, NULL) AS net_bps
FROM valued
GROUP BY strategy, account, venue, instrument, quote
ORDER BY strategy, account, instrument, venue;
