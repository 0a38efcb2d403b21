-- Grain: one row per account and quote currency with a fill.
-- Source: view pnl_over_time.
-- ORDER BY: account, quote: as people look them up.
-- max_drawdown: the furthest that net PnL, at a minute's end, fell below its highest point before, the beginning of the
-- stretch included; drawdown_at: when. A stretch that begins within a minute counts that minute whole.
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
    ),
    fallen AS
    (
        SELECT
            account,
            quote,
            minute,
            net_pnl,
            greatest(max(net_pnl) OVER (PARTITION BY account, quote ORDER BY minute), toDecimal256(0, 36)) - net_pnl AS drawdown
        FROM curve
    )
SELECT
    account,
    quote,
    argMax(fallen.net_pnl, minute) AS net_pnl,
    max(drawdown) AS max_drawdown,
    argMax(minute, drawdown) AS drawdown_at
FROM fallen
GROUP BY account, quote
ORDER BY account, quote;
