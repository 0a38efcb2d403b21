"""Execution reports: what became of an order.

A report whose index is not past the last one of its order is a repeat, and dropped. The position follows the venue's
`cumulative_quantity`: what it grew by is what was filled, even if a report in between was lost; then, or if the
fill's price is missing, a letter `fill_mismatch` says so and the order's own price stands in. A report of an order
that is not known (from before this log, or forgotten) counts all the same, as the venue's word on money does, with a
letter `unknown_order`; from then on the order is one of ours, and a kill cancels it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flows.contracts.records import ExecutionReport, OrderState, OrderStatus
from flows.kernels.account import Account
from flows.kernels.checked import not_negative, positive
from flows.kernels.holding import check_scale
from flows.kernels.refusal import BadValue, FillMismatch, OrderMismatch, Overflow, Refusal, UnknownOrder
from flows.kernels.scale import Scale

_DONE = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.REJECTED})


@dataclass(frozen=True, slots=True)
class Effect:
    """What a report changes."""

    order: OrderState
    done: bool
    quantity: int
    price: int
    scale: Scale
    letters: list[Refusal]
    """What is odd about the report, though it counts."""

    def apply(self, account: Account) -> None:
        order = self.order
        holding = account.holding(order.venue, order.instrument, self.scale)
        holding.fill(order.side, self.quantity, self.price)
        account.orders.put(order, self.done)
        account.legs.on_report(order, self.quantity, account.orders)
        account.quotes.on_report(order, self.quantity)


def is_repeat(account: Account | None, report: ExecutionReport) -> bool:
    """Whether a report says nothing new."""
    known = account.orders.get(report.client_order_id) if account else None
    return known is not None and report.origin.index <= known.report_index


def effect(account: Account | None, report: ExecutionReport) -> Effect:
    """What follows from a report that is no repeat, for an account that may not be known yet.

    Refuses a report that contradicts itself or its order, or overflows the position.
    """
    positive("order_quantity", report.order_quantity)
    not_negative("last_quantity", report.last_quantity)
    not_negative("cumulative_quantity", report.cumulative_quantity)
    venue, instrument, id = report.venue, report.instrument, report.client_order_id
    scale = Scale(report.price_exponent, report.quantity_exponent)
    holding = account.holdings.get((venue, instrument)) if account else None
    check_scale(holding, scale, venue, instrument)
    known = account.orders.get(id) if account else None
    if known and (known.side, known.venue, known.instrument) != (report.side, venue, instrument):
        raise OrderMismatch(id)
    letters: list[Refusal] = [] if known else [UnknownOrder(id)]

    filled_before = known.filled_quantity if known else report.cumulative_quantity - report.last_quantity
    quantity = report.cumulative_quantity - filled_before
    if quantity < 0 or filled_before < 0:
        problem = "is below what was filled before, or in this report"
        raise BadValue("cumulative_quantity", report.cumulative_quantity, problem)
    last_price = report.last_price if report.last_price is not None and report.last_price > 0 else None
    fallback = known.price if known else 0
    price = fallback if last_price is None else last_price
    if quantity > 0:
        positive("last_price", price)
    if quantity != report.last_quantity or (quantity > 0 and last_price is None):
        letters.append(FillMismatch(id, quantity, price))
    if quantity > 0 and holding and not holding.has_room_for(report.side, quantity):
        raise Overflow("position", venue, instrument)
    order = OrderState(
        client_order_id=id,
        venue=venue,
        instrument=instrument,
        side=report.side,
        quantity=report.order_quantity,
        filled_quantity=report.cumulative_quantity,
        price=fallback if fallback > 0 else price,
        report_index=report.origin.index,
    )
    return Effect(order, report.status in _DONE, quantity, price, scale, letters)
