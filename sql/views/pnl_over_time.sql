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
            argMax(price, offset) AS price,
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
    -- Each series once, its fills and its instrument's marks as arrays: a minute's sums are those of all steps up to its
    -- last one.
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
            groupArray((minute, CAST(NULL, 'Nullable(Decimal(38, 18))'), toNullable(filled.price), filled.fills, filled.bought,
                        filled.sold, filled.paid, filled.received, filled.fees)) AS fill_steps
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
            groupArray((minute, toNullable(mark_minutes.price), CAST(NULL, 'Nullable(Decimal(38, 18))'), toUInt64(0),
                        toDecimal128(0, 18), toDecimal128(0, 18), toDecimal256(0, 36), toDecimal256(0, 36),
                        toDecimal256(0, 36))) AS mark_steps
        FROM mark_minutes
        GROUP BY topic, account, venue, instrument
    ),
    ordered AS
    (
        SELECT
            series.prefix AS prefix,
            series.topic AS topic,
            series.account AS account,
            series.strategy AS strategy,
            series.venue AS venue,
            series.instrument AS instrument,
            arraySort(step -> step.1, arrayConcat(fill_steps, arrayFilter(step -> step.1 >= since, mark_steps))) AS steps,
            arrayMap(step -> step.1, steps) AS minutes,
            arrayZip(
                minutes,
                arrayFill(price -> price IS NOT NULL, arrayMap(step -> step.2, steps)),
                arrayFill(price -> price IS NOT NULL, arrayMap(step -> step.3, steps)),
                arrayCumSum(arrayMap(step -> step.4, steps)),
                arrayCumSum(arrayMap(step -> step.5, steps)),
                arrayCumSum(arrayMap(step -> step.6, steps)),
                arrayCumSum(arrayMap(step -> step.7, steps)),
                arrayCumSum(arrayMap(step -> step.8, steps)),
                arrayCumSum(arrayMap(step -> step.9, steps))
            ) AS sums,
            arrayFilter((_, minute, next) -> minute != next, sums, minutes, arrayShiftLeft(minutes, 1, toDateTime(0, 'UTC')))
                AS grown,
            arrayMap(at -> at.8 - at.7 - at.9 + toDecimal256(at.5 - at.6, 18) * assumeNotNull(coalesce(at.2, at.3)), grown)
                AS net_pnls
        FROM series
        LEFT JOIN marks ON marks.topic = series.topic AND marks.account = series.account
            AND marks.venue = series.venue AND marks.instrument = series.instrument
    )
SELECT
    prefix,
    topic,
    account,
    strategy,
    venue,
    instrument,
    splitByChar('-', instrument)[2] AS quote,
    at.1 AS minute,
    at.4 AS fills,
    at.5 - at.6 AS position,
    assumeNotNull(coalesce(at.2, at.3)) AS mark_price,
    toDecimal256(position, 18) * mark_price AS position_value,
    at.8 - at.7 + position_value AS gross_pnl,
    if(at.5 > 0 AND at.6 > 0,
       toDecimal256(least(at.5, at.6), 18) * (divideDecimal(at.8, at.6, 18) - divideDecimal(at.7, at.5, 18)),
       toDecimal256(0, 36)) AS realised_pnl,
    gross_pnl - realised_pnl AS unrealised_pnl,
    at.9 AS fees,
    net_pnl,
    net_pnl - net_before AS net_change
FROM ordered
ARRAY JOIN grown AS at, net_pnls AS net_pnl, arrayShiftRight(net_pnls, 1) AS net_before;
