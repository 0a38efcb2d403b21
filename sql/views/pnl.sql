-- Grain: one row per account and instrument that has a fill.
-- Source: views fills and mark_minutes.
-- ORDER BY: none; a reader asks for an account.
-- Amounts are in the instrument's quote currency. gross_pnl = cash flow of the fills + position at the last mark, exactly;
-- realised_pnl = closed quantity x (average sell - average buy), unrealised_pnl is the rest. Fees in the base currency count
-- at the price of their fill; fees in a third currency are not valued, only counted (fees_not_valued).
-- Products: ClickHouse keeps the wider operand's width, and wraps silently in 128 bits: one factor is made 256 bits wide.
CREATE OR REPLACE VIEW pnl AS
WITH
    traded AS
    (
        SELECT
            topic,
            account,
            venue,
            instrument,
            splitByChar('-', instrument)[2] AS quote,
            count() AS fills,
            sumIf(quantity, side = 'buy') AS bought,
            sumIf(quantity, side = 'sell') AS sold,
            sumIf(notional, side = 'buy') AS paid,
            sumIf(notional, side = 'sell') AS received,
            ifNull(sum(fee_value), toDecimal256(0, 36)) AS fees,
            countIf(fee != 0 AND fee_value IS NULL) AS fees_not_valued,
            argMax(price, offset) AS last_price
        FROM fills
        GROUP BY topic, account, venue, instrument
    ),
    marks AS
    (
        SELECT topic, account, venue, instrument, argMax(price, minute) AS price
        FROM mark_minutes
        GROUP BY topic, account, venue, instrument
    )
SELECT
    traded.topic AS topic,
    traded.account AS account,
    traded.venue AS venue,
    traded.instrument AS instrument,
    traded.quote AS quote,
    traded.fills AS fills,
    traded.bought - traded.sold AS position,
    ifNull(marks.price, traded.last_price) AS mark_price,
    traded.received - traded.paid AS cash_flow,
    cash_flow + toDecimal256(position, 18) * mark_price AS gross_pnl,
    if(traded.bought > 0 AND traded.sold > 0,
       toDecimal256(least(traded.bought, traded.sold), 18)
           * (divideDecimal(traded.received, traded.sold, 18) - divideDecimal(traded.paid, traded.bought, 18)),
       toDecimal256(0, 36)) AS realised_pnl,
    gross_pnl - realised_pnl AS unrealised_pnl,
    traded.fees AS fees,
    traded.fees_not_valued AS fees_not_valued,
    gross_pnl - traded.fees AS net_pnl,
    left(traded.topic, length(traded.topic) - length('risk.inbox')) AS prefix
FROM traded
LEFT JOIN marks ON marks.topic = traded.topic AND marks.account = traded.account
    AND marks.venue = traded.venue AND marks.instrument = traded.instrument;
