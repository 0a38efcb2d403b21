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
            ifNull(sum(fee_value), toDecimal256(0, 36)) AS fees
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
            CAST(arrayZip(
                minutes,
                arrayFill(price -> price IS NOT NULL, arrayMap(step -> step.2, steps)),
                arrayFill(price -> price IS NOT NULL, arrayMap(step -> step.3, steps)),
                arrayCumSum(arrayMap(step -> step.4, steps)),
                arrayCumSum(arrayMap(step -> step.5, steps)),
                arrayCumSum(arrayMap(step -> step.6, steps)),
                arrayCumSum(arrayMap(step -> step.7, steps)),
                arrayCumSum(arrayMap(step -> step.8, steps)),
                arrayCumSum(arrayMap(step -> step.9, steps))
            ), 'Array(Tuple(minute DateTime(\'UTC\'), mark Nullable(Decimal(38, 18)), price Nullable(Decimal(38, 18)),
                           fills UInt64, bought Decimal(38, 18), sold Decimal(38, 18), paid Decimal(76, 36),
                           received Decimal(76, 36), fees Decimal(76, 36)))') AS sums,
            arrayFilter((_, minute, next) -> minute != next, sums, minutes, arrayShiftLeft(minutes, 1, toDateTime(0, 'UTC')))
                AS grown,
            arrayMap(at -> at.received - at.paid - at.fees
                           + toDecimal256(at.bought - at.sold, 18) * assumeNotNull(coalesce(at.mark, at.price)), grown)
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
    at.minute AS minute,
    at.fills AS fills,
    at.bought - at.sold AS position,
    assumeNotNull(coalesce(at.mark, at.price)) AS mark_price,
    toDecimal256(position, 18) * mark_price AS position_value,
    at.received - at.paid + position_value AS gross_pnl,
    if(at.bought > 0 AND at.sold > 0,
       toDecimal256(least(at.bought, at.sold), 18)
           * (divideDecimal(at.received, at.sold, 18) - divideDecimal(at.paid, at.bought, 18)),
       toDecimal256(0, 36)) AS realised_pnl,
    gross_pnl - realised_pnl AS unrealised_pnl,
    at.fees AS fees,
    net_pnl,
    net_pnl - net_before AS net_change
FROM ordered
ARRAY JOIN grown AS at, net_pnls AS net_pnl, arrayShiftRight(net_pnls, 1) AS net_before;
