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
    -- Each series once, with its fills and its instrument's marks as arrays: the fills would be worked out twice otherwise.
    series AS
    (
        SELECT
            prefix,
            topic,
            account,
            strategy,
            venue,
            instrument,
            min(minute) AS since,
            groupArray((minute, price, filled.fills, bought, sold, paid, received, fees, true)) AS fill_steps
        FROM filled
        GROUP BY prefix, topic, account, strategy, venue, instrument
    ),
    marks AS
    (
        SELECT
            topic,
            account,
            venue,
            instrument,
            groupArray((minute, toNullable(mark_minutes.price), toUInt64(0), toDecimal128(0, 18), toDecimal128(0, 18),
                        toDecimal256(0, 36), toDecimal256(0, 36), toDecimal256(0, 36), false)) AS mark_steps
        FROM mark_minutes
        GROUP BY topic, account, venue, instrument
    ),
    steps AS
    (
        SELECT
            series.prefix AS prefix,
            series.topic AS topic,
            series.account AS account,
            series.strategy AS strategy,
            series.venue AS venue,
            series.instrument AS instrument,
            arrayJoin(arrayConcat(fill_steps, arrayFilter(step -> step.1 >= since, mark_steps))) AS step
        FROM series
        LEFT JOIN marks ON marks.topic = series.topic AND marks.account = series.account
            AND marks.venue = series.venue AND marks.instrument = series.instrument
    ),
    minutes AS
    (
        SELECT
            prefix, topic, account, strategy, venue, instrument,
            step.1 AS minute,
            -- NULL where the minute has no mark.
            anyIf(step.2, NOT step.9) AS mark,
            anyIf(step.2, step.9) AS fill_price,
            sum(step.3) AS fills,
            sum(step.4) AS bought,
            sum(step.5) AS sold,
            sum(step.6) AS paid,
            sum(step.7) AS received,
            sum(step.8) AS fees
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
