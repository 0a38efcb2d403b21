-- Grain: one row per bar, beside the same bar worked out here from its trades.
-- Source: market_bars; market_ticks (Trade) of the same topic prefix, without those that the bars stage refused
-- (ops_dead_letters). A bar's trades are those of its instrument from its first_offset to its last_offset: bars of one
-- series (interval_ns and series) do not overlap, and late trades count where they arrived. Bricks of Renko bars that
-- hold no trade, and bars of quotes, are left out: a trade that lays several counts in the first. Where bricks begin and
-- end is no trade's price: of them open, high, low and close are taken as they are.
-- in_time: its trades lie within [open_ns, close_ns), or up to close_ns where time does not end bars.
-- Products: ClickHouse keeps the wider operand's width, and wraps silently in 128 bits: one factor is made 256 bits wide.
-- ORDER BY: none; a reader asks for bars by topic and time.
CREATE OR REPLACE VIEW bars_from_trades AS
WITH
    bars AS
    (
        SELECT *, left(topic, -length('market.bars')) AS prefix
        FROM market_bars
        WHERE kind = 'Bar' AND position(series, '@') = 0 AND NOT (startsWith(series, 'renko:') AND trade_count = 0)
    ),
    refused AS
    (
        SELECT left(topic, -length('ops.dead_letters')) AS prefix, origin_partition, origin_offset
        FROM ops_dead_letters
        WHERE stage = 'bars'
    ),
    trades AS
    (
        SELECT *, left(topic, -length('market.ticks')) AS prefix
        FROM market_ticks
        WHERE kind = 'Trade'
            AND (prefix, toNullable(partition), toNullable(offset)) NOT IN
                (SELECT prefix, origin_partition, origin_offset FROM refused)
    ),
    worked_out AS
    (
        SELECT
            bars.topic AS topic,
            bars.partition AS partition,
            bars.offset AS offset,
            argMin(trades.price, trades.offset) AS open,
            max(trades.price) AS high,
            min(trades.price) AS low,
            argMax(trades.price, trades.offset) AS close,
            sum(trades.quantity) AS volume,
            sum(toDecimal256(trades.price, 18) * trades.quantity) AS notional,
            count() AS trade_count,
            sumIf(trades.quantity, trades.aggressor = 'buy') AS buy_volume,
            sumIf(trades.quantity, trades.aggressor = 'sell') AS sell_volume,
            min(trades.offset) AS first_offset,
            max(trades.offset) AS last_offset,
            countIf(trades.event_ns < bars.open_ns) AS late_count,
            countIf(trades.event_ns > bars.close_ns OR trades.event_ns = bars.close_ns AND bars.series = '') = 0 AS in_time
        FROM
        (
            SELECT trades.*, all_series.interval_ns AS interval_ns, all_series.series AS series
            FROM trades, (SELECT DISTINCT interval_ns, series FROM bars) AS all_series
        ) AS trades
        ASOF INNER JOIN bars
            ON bars.prefix = trades.prefix AND bars.partition = trades.partition AND bars.venue = trades.venue
            AND bars.instrument = trades.instrument AND bars.interval_ns = trades.interval_ns
            AND bars.series = trades.series AND trades.offset >= bars.first_offset
        WHERE trades.offset <= bars.last_offset
        GROUP BY topic, partition, offset
    )
SELECT
    bars.topic AS topic,
    bars.partition AS partition,
    bars.offset AS offset,
    bars.venue AS venue,
    bars.instrument AS instrument,
    bars.interval_ns AS interval_ns,
    bars.series AS series,
    bars.open_ns AS open_ns,
    startsWith(bars.series, 'renko:') AS laid,
    tuple(bars.open, bars.high, bars.low, bars.close, bars.volume, bars.notional, bars.trade_count, bars.buy_volume,
          bars.sell_volume, bars.first_offset, bars.last_offset, toUInt64(bars.late_count)) AS bar,
    tuple(if(laid, bars.open, made.open), if(laid, bars.high, made.high), if(laid, bars.low, made.low),
          if(laid, bars.close, made.close), made.volume, made.notional, made.trade_count, made.buy_volume,
          made.sell_volume, made.first_offset, made.last_offset, made.late_count) AS from_trades,
    -- vwap is notional / volume cut to the price's digits: the next higher count would be too high.
    toDecimal256(bars.vwap, 18) * bars.volume <= bars.notional
        AND (toDecimal256(bars.vwap, 18) * toDecimal256(intExp10(-bars.price_exponent), 0) + 1) * bars.volume
            > bars.notional * toDecimal256(intExp10(-bars.price_exponent), 0) AS vwap_right,
    made.in_time AS in_time,
    bar = from_trades AND vwap_right AND in_time AS equal
FROM bars
LEFT JOIN worked_out AS made ON made.topic = bars.topic AND made.partition = bars.partition AND made.offset = bars.offset;
