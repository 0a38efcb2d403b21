-- Grain: one row per account, strategy, instrument and minute (of receive_ns, UTC) that has a mark or a fill, from the
-- first fill on: position and PnL as they stood at the minute's end.
-- Source: views fills and mark_minutes.
-- ORDER BY: within, the minutes, along which the sums grow; a reader orders by minute.
-- Amounts are in the instrument's quote currency, and mean what they mean in view pnl. Without a mark yet, the last fill's
-- price values the position. net_change: net_pnl less that of the row before: summed over rows, it is the equity of them all.
CREATE OR REPLACE VIEW pnl_over_time AS
WITH
    filled AS
    (
        SELECT
            prefix,
            topic,
            account,
            ifNull(strategy, '') AS strategy,
            venue,
            instrument,
            toStartOfMinute(receive_ns) AS minute,
            toNullable(argMax(price, offset)) AS price,
            count() AS fills,
            sumIf(quantity, side = 'buy') AS bought,
            sumIf(quantity, side = 'sell') AS sold,
            sumIf(notional, side = 'buy') AS paid,
            sumIf(notional, side = 'sell') AS received,
            sum(multiIf(fee_asset = splitByChar('-', instrument)[2], toDecimal256(fee, 36),
                        fee_asset = splitByChar('-', instrument)[1], toDecimal256(fee, 18) * fills.price,
                        toDecimal256(0, 36))) AS fees
        FROM fills
        GROUP BY prefix, topic, account, strategy, venue, instrument, minute
    ),
    traded AS
    (
        SELECT topic, account, strategy, venue, instrument, min(minute) AS since
        FROM filled
        GROUP BY topic, account, strategy, venue, instrument
    ),
    steps AS
    (
        SELECT *, 1 AS is_fill FROM filled
        UNION ALL
        SELECT
            marks.prefix, marks.topic, marks.account, traded.strategy, marks.venue, marks.instrument, marks.minute,
            toNullable(marks.price),
            0, toDecimal128(0, 18), toDecimal128(0, 18), toDecimal256(0, 36), toDecimal256(0, 36), toDecimal256(0, 36), 0
        FROM mark_minutes AS marks
        INNER JOIN traded ON traded.topic = marks.topic AND traded.account = marks.account
            AND traded.venue = marks.venue AND traded.instrument = marks.instrument
        WHERE marks.minute >= traded.since
    ),
    minutes AS
    (
        SELECT
            prefix, topic, account, strategy, venue, instrument, minute,
            -- NULL where the minute has no mark.
            anyIf(price, is_fill = 0) AS mark,
            anyIf(price, is_fill = 1) AS fill_price,
            sum(steps.fills) AS fills,
            sum(steps.bought) AS bought,
            sum(steps.sold) AS sold,
            sum(steps.paid) AS paid,
            sum(steps.received) AS received,
            sum(steps.fees) AS fees
        FROM steps
        GROUP BY prefix, topic, account, strategy, venue, instrument, minute
    ),
    grown AS
    (
        SELECT
            prefix, topic, account, strategy, venue, instrument, minute,
            sum(minutes.fills) OVER so_far AS fills,
            sum(minutes.bought) OVER so_far AS bought,
            sum(minutes.sold) OVER so_far AS sold,
            sum(minutes.paid) OVER so_far AS paid,
            sum(minutes.received) OVER so_far AS received,
            sum(minutes.fees) OVER so_far AS fees,
            assumeNotNull(coalesce(last_value(mark) OVER so_far, last_value(fill_price) OVER so_far)) AS mark_price
        FROM minutes
        WINDOW so_far AS
        (
            PARTITION BY topic, account, strategy, venue, instrument ORDER BY minute
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    )
SELECT
    prefix,
    topic,
    account,
    strategy,
    venue,
    instrument,
    splitByChar('-', instrument)[2] AS quote,
    minute,
    fills,
    bought - sold AS position,
    mark_price,
    toDecimal256(position, 18) * mark_price AS position_value,
    received - paid + position_value AS gross_pnl,
    if(bought > 0 AND sold > 0,
       toDecimal256(least(bought, sold), 18) * (divideDecimal(received, sold, 18) - divideDecimal(paid, bought, 18)),
       toDecimal256(0, 36)) AS realised_pnl,
    gross_pnl - realised_pnl AS unrealised_pnl,
    fees,
    gross_pnl - fees AS net_pnl,
    net_pnl - lagInFrame(net_pnl, 1, toDecimal256(0, 36)) OVER
    (
        PARTITION BY topic, account, strategy, venue, instrument ORDER BY minute
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS net_change
FROM grown;
