-- Grain: one row per account, strategy and instrument with a fill before the end of a stretch, and one more (is_end = 0) if it
-- had one before the beginning: what was bought and sold until then, and the price that values the position.
-- Source: views fills and marks_at.
-- ORDER BY: none; a report sums the rows, which add up over strategies, and takes the beginning from the end.
-- Parameters from_ns, to_ns: nanoseconds since 1970. Fees as in view pnl. Without a mark the last fill's price values.
CREATE OR REPLACE VIEW traded_by AS
WITH
    -- Few rows: what depends on a fee's asset is worked out once for each of these, not for each fill.
    sums AS
    (
        SELECT
            prefix,
            topic,
            receive_ns < fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC') AS is_before,
            account,
            strategy,
            venue,
            instrument,
            side,
            fee_asset,
            count() AS fills,
            sum(fills.quantity) AS quantity,
            sum(fills.notional) AS notional,
            sum(fills.fee) AS fee,
            sum(toDecimal256(fills.fee, 18) * price) AS fee_at_price,
            countIf(fills.fee != 0) AS with_fee,
            max((offset, price)) AS last
        FROM fills
        WHERE receive_ns < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
        GROUP BY prefix, topic, is_before, account, strategy, venue, instrument, side, fee_asset
    ),
    reached AS
    (
        SELECT
            prefix,
            topic,
            is_end,
            account,
            ifNull(sums.strategy, '') AS strategy,
            venue,
            instrument,
            splitByChar('-', instrument) AS names,
            sum(sums.fills) AS fills,
            sumIf(quantity, side = 'buy') AS bought,
            sumIf(quantity, side = 'sell') AS sold,
            sumIf(notional, side = 'buy') AS paid,
            sumIf(notional, side = 'sell') AS received,
            sum(multiIf(fee_asset = names[2], toDecimal256(fee, 36), fee_asset = names[1], fee_at_price, toDecimal256(0, 36)))
                AS fees,
            sumIf(with_fee, fee_asset NOT IN (names[1], names[2])) AS fees_not_valued,
            max(sums.last) AS last
        FROM sums
        ARRAY JOIN if(is_before, [0, 1], [1]) AS is_end
        GROUP BY prefix, topic, is_end, account, strategy, venue, instrument
    ),
    marks AS
    (
        SELECT 0 AS is_end, * FROM marks_at(at_ns = {from_ns:Int64})
        UNION ALL
        SELECT 1 AS is_end, * FROM marks_at(at_ns = {to_ns:Int64})
    )
SELECT
    reached.prefix AS prefix,
    reached.topic AS topic,
    reached.is_end AS is_end,
    reached.account AS account,
    reached.strategy AS strategy,
    reached.venue AS venue,
    reached.instrument AS instrument,
    reached.names[2] AS quote,
    reached.fills AS fills,
    reached.bought AS bought,
    reached.sold AS sold,
    reached.paid AS paid,
    reached.received AS received,
    reached.fees AS fees,
    reached.fees_not_valued AS fees_not_valued,
    if(marks.price > 0, marks.price, (max(reached.last) OVER (PARTITION BY topic, is_end, account, venue, instrument)).2)
        AS mark_price
FROM reached
LEFT JOIN marks ON marks.is_end = reached.is_end AND marks.topic = reached.topic AND marks.account = reached.account
    AND marks.venue = reached.venue AND marks.instrument = reached.instrument;
