-- Grain: one row per account, quote currency and minute of the stretch that has a mark or a fill.
-- Source: view pnl_over_time.
-- ORDER BY: account, quote, minute: a curve, drawn from left to right.
-- net_pnl: since the stretch began. drawdown: how far below its highest point since then, the beginning included;
-- max_drawdown: the furthest so far. All as they stood at the minute's end; a stretch that begins within a minute counts that
-- minute whole.
WITH
    changes AS
    (
        SELECT account, quote, minute, sum(net_change) AS change
        FROM pnl_over_time
        WHERE topic = {prefix:String} || 'risk.inbox' AND prefix = {prefix:String}
            AND minute >= toStartOfMinute(fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC'))
            AND minute < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
            AND ({strategy:String} = '' OR strategy = {strategy:String})
            AND ({symbol:String} = '' OR instrument = {symbol:String})
        GROUP BY account, quote, minute
    ),
    curve AS
    (
        SELECT account, quote, minute, sum(change) OVER (PARTITION BY account, quote ORDER BY minute) AS net_pnl
        FROM changes
    )
SELECT
    account,
    quote,
    minute,
    net_pnl,
    drawdown,
    max(drawdown) OVER (PARTITION BY account, quote ORDER BY minute) AS max_drawdown
FROM
(
    SELECT
        *,
        greatest(max(net_pnl) OVER (PARTITION BY account, quote ORDER BY minute), toDecimal256(0, 36)) - net_pnl AS drawdown
    FROM curve
)
ORDER BY account, quote, minute;
