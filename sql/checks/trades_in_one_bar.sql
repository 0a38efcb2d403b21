-- Grain: one row per instrument and series of bars whose bars do not hold each trade up to the last bar's once. Must return none.
-- Bars of quotes (@) hold none.
-- Source: market_bars, market_ticks (Trade) of the same topic prefix, without the trades that the bars stage refused.
-- ORDER BY: none; any row is a failure.
WITH
    bars AS
    (
        SELECT
            left(topic, -length('market.bars')) AS prefix,
            partition, venue, instrument, interval_ns, series,
            sum(trade_count) AS trades_of_bars,
            max(last_offset) AS until
        FROM market_bars
        WHERE kind = 'Bar' AND position(series, '@') = 0
        GROUP BY prefix, partition, venue, instrument, interval_ns, series
    ),
    trades AS
    (
        SELECT left(topic, -length('market.ticks')) AS prefix, partition, venue, instrument, offset
        FROM market_ticks
        WHERE kind = 'Trade'
            AND (prefix, toNullable(partition), toNullable(offset)) NOT IN
            (
                SELECT left(topic, -length('ops.dead_letters')), origin_partition, origin_offset
                FROM ops_dead_letters
                WHERE stage = 'bars'
            )
    )
SELECT
    bars.prefix AS prefix,
    bars.partition AS partition,
    bars.venue AS venue,
    bars.instrument AS instrument,
    bars.interval_ns AS interval_ns,
    bars.series AS series,
    any(bars.trades_of_bars) AS trades_of_bars,
    countIf(trades.offset <= bars.until) AS trades
FROM bars
INNER JOIN trades ON trades.prefix = bars.prefix AND trades.partition = bars.partition
    AND trades.venue = bars.venue AND trades.instrument = bars.instrument
GROUP BY prefix, partition, venue, instrument, interval_ns, series
HAVING trades_of_bars != trades;
