"""What was before the windows that the page reads row by row: summed up by ClickHouse, once, when the page begins."""

from __future__ import annotations

from flows.ui.desk import INBOX, INBOX_ROWS, ORDER_ROWS, ORDERS, Desk
from flows.ui.holdings import Holding
from flows.ui.market import TICKS, Market
from flows.ui.stages import Stages
from flows.ui.tape import Offsets, Tape, between

# A report that stands in the log twice counts once. Products: one factor is made 256 bits wide, or ClickHouse wraps.
_SUMS = """
SELECT account, venue, instrument, count() AS fills,
    sumIf(last_quantity, side = 'buy') AS bought, sumIf(last_quantity, side = 'sell') AS sold,
    sumIf(amount, side = 'buy') AS paid, sumIf(amount, side = 'sell') AS received,
    sum(multiIf(fee_asset = names[2], toDecimal256(fee, 36), fee_asset = names[1], toDecimal256(fee, 18) * last_price,
                toDecimal256(0, 36))) AS fees,
    countIf(fee != 0 AND fee_asset NOT IN (names[1], names[2])) AS fees_not_valued, argMax(last_price, offset) AS price
FROM (
    SELECT *, splitByChar('-', instrument) AS names,
        toDecimal256(last_quantity, 18) * assumeNotNull(last_price) AS amount
    FROM risk_inbox WHERE {where} AND kind = 'ExecutionReport' AND last_quantity > 0
    ORDER BY partition, offset LIMIT 1 BY partition, client_order_id, origin_index
) GROUP BY account, venue, instrument
"""
_DONE = "SELECT client_order_id FROM risk_inbox WHERE {where} AND kind = 'ExecutionReport' AND status IN {done}"
_DONE_STATUS = "('filled', 'cancelled', 'expired', 'rejected')"
_EARLY_TICKS = """
SELECT kind, partition, offset, venue, instrument, tick_size, lot_size, stage, rust_percent, rust_keys, python_keys,
    operator, reason, toUnixTimestamp64Nano(assumeNotNull(event_ns)) AS event_ns
FROM market_ticks WHERE {where} AND kind IN ('Instrument', 'Rollout') ORDER BY partition, offset
"""
_OLDER = "SELECT partition, max(offset) + 1 AS begin FROM execution_orders WHERE {where} GROUP BY partition"


def orders_begin(tape: Tape, inbox: Offsets, ends: Offsets) -> Offsets:
    """Where in execution.orders the orders begin that signals behind these offsets of risk.inbox caused: the reports on
    earlier ones are not all read. Raises what Tape raises."""
    if not inbox:
        return {}
    older = " OR ".join(f"(partition = {partition} AND origin_offset < {begin})" for partition, begin in inbox.items())
    rows = tape.rows(_OLDER.format(where=f"{between({}, ends)} AND ({older})"), ORDERS)
    return {row["partition"]: row["begin"] for row in rows}


def take_market(market: Market, stages: Stages, tape: Tape, ticks: Offsets) -> None:
    """Tells both what stands before these offsets of market.ticks: it may be anywhere, so all of it is searched. Raises
    what Tape raises."""
    rows = tape.rows(_EARLY_TICKS.format(where=between({}, ticks)), TICKS)
    market.take_terms(row for row in rows if row["kind"] == "Instrument")
    stages.take_policies(TICKS, (row for row in rows if row["kind"] == "Rollout"))


def take_desk(desk: Desk, stages: Stages, tape: Tape, inbox: Offsets, orders: Offsets) -> None:
    """Tells both what stands before these offsets of risk.inbox and execution.orders. Raises what Tape raises."""
    before = between({}, inbox)
    for row in tape.rows(_SUMS.format(where=before), INBOX):
        desk.holdings.by_place[row["account"], row["venue"], row["instrument"]] = Holding(
            bought=row["bought"],
            sold=row["sold"],
            paid=row["paid"],
            received=row["received"],
            fees=row["fees"],
            fees_not_valued=row["fees_not_valued"],
            fills=row["fills"],
            mark=row["price"],
        )
    said = tape.rows(INBOX_ROWS.format(where=f"{before} AND kind IN ('Control', 'Rollout')"), INBOX)
    for row in said:
        if row["kind"] == "Control":
            desk.obey(row)
    stages.take_policies(INBOX, (row for row in said if row["kind"] == "Rollout"))
    _take_open_orders(desk, tape, inbox, orders)


def _take_open_orders(desk: Desk, tape: Tape, inbox: Offsets, orders: Offsets) -> None:
    """Old orders that were still open when the inbox's window began."""
    inbox_topic = tape.name(INBOX)
    done = _DONE.format(where=between({}, inbox).replace("{topic:String}", "{inbox:String}"), done=_DONE_STATUS)
    where = f"{between({}, orders)} AND kind = 'New' AND client_order_id NOT IN ({done})"
    desk.take_orders(tape.rows(ORDER_ROWS.format(where=where), ORDERS, inbox=inbox_topic))
    ids = list(desk.orders.by_id)
    where = f"{between({}, inbox)} AND kind = 'ExecutionReport' AND client_order_id IN {{ids:Array(String)}}"
    for report in tape.rows(INBOX_ROWS.format(where=where), INBOX, ids=ids) if ids else ():
        if desk.orders.is_news(report):
            desk.orders.by_id[report["client_order_id"]].report(report)
