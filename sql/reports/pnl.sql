-- Grain: one row per account and instrument with a fill before the end of the stretch.
-- Source: view traded_by.
-- ORDER BY: account, instrument: as people look them up.
-- What the stretch brought: PnL at its end less PnL at its beginning, each as view pnl works it out, exactly. position,
-- mark_price: at its end. Fees in a third currency are not valued, only counted (fees_not_valued).
WITH reached AS
(
    SELECT
        is_end,
        account,
        venue,
        instrument,
        quote,
        toInt64(sum(traded_by.fills)) AS fills,
        sum(traded_by.bought) AS bought,
        sum(traded_by.sold) AS sold,
        sum(traded_by.paid) AS paid,
        sum(traded_by.received) AS received,
        sum(traded_by.fees) AS fees,
        toInt64(sum(traded_by.fees_not_valued)) AS fees_not_valued,
        any(traded_by.mark_price) AS mark_price,
        received - paid + toDecimal256(bought - sold, 18) * mark_price AS gross_pnl,
        if(bought > 0 AND sold > 0,
           toDecimal256(least(bought, sold), 18) * (divideDecimal(received, sold, 18) - divideDecimal(paid, bought, 18)),
           toDecimal256(0, 36)) AS realised_pnl
    FROM traded_by(from_ns = {from_ns:Int64}, to_ns = {to_ns:Int64})
    WHERE topic = {prefix:String} || 'risk.inbox' AND prefix = {prefix:String}
        AND ({strategy:String} = '' OR strategy = {strategy:String})
        AND ({symbol:String} = '' OR instrument = {symbol:String})
    GROUP BY is_end, account, venue, instrument, quote
)
SELECT
    account,
    venue,
    instrument,
    quote,
    sumIf(reached.fills, is_end = 1) - sumIf(reached.fills, is_end = 0) AS fills,
    sumIf(bought - sold, is_end = 1) AS position,
    anyIf(reached.mark_price, is_end = 1) AS mark_price,
    sumIf(reached.realised_pnl, is_end = 1) - sumIf(reached.realised_pnl, is_end = 0) AS realised_pnl,
    gross_pnl - realised_pnl AS unrealised_pnl,
    sumIf(reached.gross_pnl, is_end = 1) - sumIf(reached.gross_pnl, is_end = 0) AS gross_pnl,
    sumIf(reached.fees, is_end = 1) - sumIf(reached.fees, is_end = 0) AS fees,
    gross_pnl - fees AS net_pnl,
    sumIf(reached.fees_not_valued, is_end = 1) - sumIf(reached.fees_not_valued, is_end = 0) AS fees_not_valued
FROM reached
GROUP BY account, venue, instrument, quote
ORDER BY account, instrument, venue;
