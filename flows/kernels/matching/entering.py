"""An accepted order finds its place: it trades, rests, waits or is cancelled; so does what its trades trigger."""

from __future__ import annotations

from collections import deque

from flows.kernels.matching.book import Book
from flows.kernels.matching.codes import Kind, Phase, TimeInForce, Why
from flows.kernels.matching.journal import Journal
from flows.kernels.matching.order import Order
from flows.kernels.matching.taking import Traded, fillable, take


def enter(book: Book, journal: Journal, order: Order) -> None:
    """Until nothing more happens of it."""
    traded = _enter(book, journal, order)
    if traded:
        trigger(book, journal, traded)


def trigger(book: Book, journal: Journal, traded: Traded) -> None:
    """Stops become takers, one after the other; what their trades trigger queues up behind them."""
    queue = deque(_taken_out(book, traded))
    while queue:
        order = queue.popleft()
        journal.triggered(order, order.stop_price)
        order.trigger()
        by_this = _enter(book, journal, order)
        if by_this:
            queue.extend(_taken_out(book, by_this))


def _enter(book: Book, journal: Journal, order: Order) -> Traded | None:
    if order.waits or book.phase == Phase.CALL:
        _rest(book, journal, order)
        return None
    if order.time_in_force == TimeInForce.FOK and not fillable(book, order):
        journal.cancelled(order, Why.FOK)
        return None
    traded = take(book, journal, order)
    if order.open_quantity:
        if order.kind == Kind.MARKET:
            journal.cancelled(order, Why.NO_LIQUIDITY)
        elif order.time_in_force == TimeInForce.IOC:
            journal.cancelled(order, Why.IOC)
        else:
            _rest(book, journal, order)
    return traded


def _rest(book: Book, journal: Journal, order: Order) -> None:
    if not order.waits:
        order.show()
    book.join(order)
    journal.rested(order)


def _taken_out(book: Book, traded: Traded) -> list[Order]:
    """The stops that these trades trigger, in their order: buys, then sells."""
    low, high = min(traded), max(traded)
    triggered = []
    while (buy := book.buy_stops.first()) and buy.stop_price <= high:
        book.leave(buy)
        triggered.append(buy)
    while (sell := book.sell_stops.first()) and sell.stop_price >= low:
        book.leave(sell)
        triggered.append(sell)
    return triggered
