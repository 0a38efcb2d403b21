-- Grain: one row per fill of an order, as the venue reported it; a report that stands in the log twice counts once.
-- Source: risk_inbox (ExecutionReport), execution_orders (New) of the same topic prefix.
-- ORDER BY: within, the log's order, so that of repeated records the first counts; the rows have none.
-- arrival_price: close of the bar behind the order. slippage_bps: how much worse than that, in 1/10,000; negative is better.
-- fee_value: the fee in the instrument's quote currency, of the base currency at the fill's price; NULL in a third one.
-- Products: ClickHouse keeps the wider operand's width, and wraps silently in 128 bits: one factor is made 256 bits wide.
CREATE OR REPLACE VIEW fills AS
WITH
    reports AS
    (
        SELECT *, left(topic, -length('risk.inbox')) AS prefix
        FROM risk_inbox
        WHERE kind = 'ExecutionReport' AND last_quantity > 0
        ORDER BY topic, partition, offset
        LIMIT 1 BY topic, partition, client_order_id, origin_index
    ),
    sent AS
    (
        SELECT
            concat(left(topic, -length('execution.orders')), '/', client_order_id) AS id,
            strategy,
            toNullable(reference_price) AS reference_price
        FROM execution_orders
        WHERE kind = 'New'
    )
SELECT
    reports.topic AS topic,
    reports.partition AS partition,
    reports.offset AS offset,
    reports.account AS account,
    sent.strategy AS strategy,
    reports.venue AS venue,
    reports.instrument AS instrument,
    reports.client_order_id AS client_order_id,
    reports.side AS side,
    reports.last_quantity AS quantity,
    assumeNotNull(reports.last_price) AS price,
    toDecimal256(reports.last_quantity, 18) * assumeNotNull(reports.last_price) AS notional,
    reports.fee AS fee,
    reports.fee_asset AS fee_asset,
    multiIf(reports.fee_asset = splitByChar('-', reports.instrument)[2], toNullable(toDecimal256(reports.fee, 36)),
            reports.fee_asset = splitByChar('-', reports.instrument)[1],
            toDecimal256(reports.fee, 18) * assumeNotNull(reports.last_price),
            NULL) AS fee_value,
    reports.trade_id AS trade_id,
    reports.event_ns AS event_ns,
    reports.receive_ns AS receive_ns,
    sent.reference_price AS arrival_price,
    (toFloat64(reports.last_price) / toFloat64(sent.reference_price) - 1)
        * if(reports.side = 'buy', 10000, -10000) AS slippage_bps,
    reports.prefix AS prefix
FROM reports
-- ANY: of a repeated New one, they are the same. One key, as two are hashed slower; no topic's name has a '/'.
LEFT ANY JOIN sent ON sent.id = concat(reports.prefix, '/', reports.client_order_id);
