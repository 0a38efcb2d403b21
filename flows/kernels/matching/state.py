"""The engine's state in its schema, `schemas/state/matching_state.avsc`, which both twins read and write."""

from __future__ import annotations

from collections.abc import Iterable

from flows.contracts.codec import encode
from flows.contracts.records import MatchingOrderState, MatchingState
from flows.contracts.registry import SchemaIds
from flows.kernels.matching.book import Terms
from flows.kernels.matching.codes import Phase, Side
from flows.kernels.matching.command import INT64_MAX, Command
from flows.kernels.matching.engine import Engine
from flows.kernels.matching.order import Order
from flows.kernels.matching.state_checks import check, must
from flows.kernels.snapshot import open_state, same

_UINT64 = 2**64


def snapshot(engine: Engine, ids: SchemaIds) -> bytes:
    """The state, framed."""
    book = engine.book
    state = MatchingState(
        symbol=book.terms.symbol,
        tick_size=book.terms.tick_size,
        lot_size=book.terms.lot_size,
        lowest_price=book.lowest_price,
        highest_price=book.highest_price,
        phase=book.phase,
        last_price=book.last_price,
        time_ns=book.time_ns,
        sequence=engine.journal.sequence,
        entry=book.entry,
        bids=_states(book.bids),
        asks=_states(book.asks),
        buy_stops=_states(book.buy_stops),
        sell_stops=_states(book.sell_stops),
    )
    return encode(state, ids)


def restored(terms: Terms, ids: SchemaIds, message: bytes) -> Engine:
    """The engine whose state either twin wrote. Raises StageRestoreError if it is no such state, or of other terms."""
    state = open_state(ids, message, MatchingState)
    same("symbol", state.symbol, terms.symbol)
    same("tick_size", state.tick_size, terms.tick_size)
    same("lot_size", state.lot_size, terms.lot_size)
    check(state)
    engine = Engine(
        terms, lowest_price=state.lowest_price, highest_price=state.highest_price, last_price=state.last_price
    )
    book = engine.book
    book.phase, book.time_ns, book.entry = state.phase, state.time_ns, state.entry
    engine.journal.sequence = state.sequence
    for side, queues in (
        (Side.BUY, (state.bids, state.buy_stops)),
        (Side.SELL, (state.asks, state.sell_stops)),
    ):
        for one in (*queues[0], *queues[1]):
            book.join(_order(one, side))
    for written, queue in (
        (state.bids, book.bids),
        (state.asks, book.asks),
        (state.buy_stops, book.buy_stops),
        (state.sell_stops, book.sell_stops),
    ):
        must(_states(queue) == written, "orders do not stand in the order of their prices")
    for quantity in (book.open_quantity(Side.BUY), book.open_quantity(Side.SELL)):
        must(quantity <= INT64_MAX, "the open quantity of a side does not fit 64 bits")
    must(book.phase != Phase.OPEN or not book.crossed(), "the book is crossed in the phase open")
    return engine


def _states(orders: Iterable[Order]) -> list[MatchingOrderState]:
    return [
        MatchingOrderState(
            order_id=order.order_id - _UINT64 if order.order_id > INT64_MAX else order.order_id,
            entry=order.entry,
            owner=order.owner,
            kind=order.kind,
            time_in_force=order.time_in_force,
            self_trade=order.self_trade,
            post_only=order.post_only,
            price=order.price,
            stop_price=order.stop_price,
            quantity=order.quantity,
            open_quantity=order.open_quantity,
            displayed=order.displayed,
            display_quantity=order.display_quantity,
            expires_ns=order.expires_ns,
        )
        for order in orders
    ]


def _order(state: MatchingOrderState, side: Side) -> Order:
    command = Command(
        order_id=state.order_id % _UINT64,
        price=state.price,
        quantity=state.quantity,
        stop_price=state.stop_price,
        display_quantity=state.display_quantity,
        expires_ns=state.expires_ns,
        owner=state.owner,
        side=side,
        kind=state.kind,
        time_in_force=state.time_in_force,
        self_trade=state.self_trade,
        post_only=state.post_only,
    )
    order = Order(command, state.entry)
    order.open_quantity, order.displayed = state.open_quantity, state.displayed
    return order
