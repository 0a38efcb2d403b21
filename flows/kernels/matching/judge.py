"""Rejects what must not be done, in the order of the table in `docs/matching.md`. Changes nothing."""

from __future__ import annotations

from enum import IntEnum

from flows.kernels.matching.book import Book
from flows.kernels.matching.codes import Action, Kind, Phase, Reason, SelfTrade, Side, TimeInForce
from flows.kernels.matching.command import INT64_MAX, Command
from flows.kernels.matching.order import Order
from flows.kernels.matching.rejection import Rejected

_AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)
_LIMITED = (Kind.LIMIT, Kind.STOP_LIMIT)


def new(book: Book, command: Command) -> None:
    if command.order_id in book.orders:
        raise _rejected(command, Reason.DUPLICATE_ORDER)
    _phase(book, command)
    at_once = command.time_in_force in _AT_ONCE
    if book.phase == Phase.CALL and (command.kind == Kind.MARKET or at_once or command.post_only):
        raise _rejected(command, Reason.NOT_IN_CALL)
    if command.quantity <= 0 or command.quantity % book.terms.lot_size:
        raise _rejected(command, Reason.BAD_QUANTITY)
    limited, stopped = command.kind in _LIMITED, command.kind >= Kind.STOP
    if not _fits(command.price, limited, book.terms.tick_size):
        raise _rejected(command, Reason.BAD_PRICE)
    if not _fits(command.stop_price, stopped, book.terms.tick_size):
        raise _rejected(command, Reason.BAD_STOP_PRICE)
    if limited:
        _band(book, command, command.price)
    _display(book, command, shows=limited and not at_once)
    _time_in_force(book, command, at_once)
    if command.post_only and (command.kind != Kind.LIMIT or at_once):
        raise _rejected(command, Reason.BAD_POST_ONLY)
    if book.open_quantity(command.side) + command.quantity > INT64_MAX:
        raise _rejected(command, Reason.OVERFLOW)
    if stopped and _triggers(book, command.side, command.stop_price):
        raise _rejected(command, Reason.WOULD_TRIGGER)
    if command.post_only and _takes(book, command.side, command.price):
        raise _rejected(command, Reason.WOULD_TAKE)


def cancel(book: Book, command: Command) -> Order:
    """The order that is meant."""
    order = book.orders.get(command.order_id)
    if order is None:
        raise _rejected(command, Reason.UNKNOWN_ORDER)
    if order.owner != command.owner:
        raise _rejected(command, Reason.WRONG_OWNER)
    return order


def reduce(book: Book, command: Command) -> Order:
    """The order that is meant."""
    order = cancel(book, command)
    if command.quantity <= 0 or command.quantity % book.terms.lot_size:
        raise _rejected(command, Reason.BAD_QUANTITY)
    if command.quantity > order.open_quantity:
        raise _rejected(command, Reason.QUANTITY_ABOVE_OPEN)
    return order


def replace(book: Book, command: Command) -> tuple[Order, bool]:
    """The order that is meant, and whether it keeps its priority."""
    order = cancel(book, command)
    _phase(book, command)
    if book.phase == Phase.CALL and (order.time_in_force in _AT_ONCE or order.post_only):
        raise _rejected(command, Reason.NOT_IN_CALL)
    if command.quantity < 0 or command.quantity % book.terms.lot_size:
        raise _rejected(command, Reason.BAD_QUANTITY)
    gone = order.quantity - order.open_quantity
    if 0 < command.quantity <= gone:
        raise _rejected(command, Reason.QUANTITY_BELOW_EXECUTED)
    if command.price and not _fits(command.price, order.kind != Kind.STOP, book.terms.tick_size):
        raise _rejected(command, Reason.BAD_PRICE)
    if command.stop_price and not _fits(command.stop_price, order.waits, book.terms.tick_size):
        raise _rejected(command, Reason.BAD_STOP_PRICE)
    price, stop_price = command.price or order.price, command.stop_price or order.stop_price
    quantity = command.quantity or order.quantity
    same_place = stop_price == order.stop_price if order.waits else price == order.price
    keeps_priority = same_place and quantity <= order.quantity
    if order.kind != Kind.STOP and (price != order.price or not keeps_priority):
        _band(book, command, price)
    if book.open_quantity(order.side) + quantity - order.quantity > INT64_MAX:
        raise _rejected(command, Reason.OVERFLOW)
    if order.waits and _triggers(book, order.side, stop_price):
        raise _rejected(command, Reason.WOULD_TRIGGER)
    if order.post_only and not keeps_priority and _takes(book, order.side, price):
        raise _rejected(command, Reason.WOULD_TAKE)
    return order, keeps_priority


def bands(command: Command) -> None:
    lowest, highest = command.price, command.stop_price
    if lowest < 0 or highest < 0 or 0 < highest < lowest:
        raise _rejected(command, Reason.BAD_PRICE)


def codes(command: Command) -> None:
    """Rejects codes that stand for nothing, of those that the action needs."""
    action = command.action
    if action == Action.NEW:
        known = (
            command.side in _SIDES
            and command.kind in _KINDS
            and command.time_in_force in _TIMES_IN_FORCE
            and command.self_trade in _SELF_TRADES
            and command.post_only in (0, 1)
        )
    elif action == Action.MASS_CANCEL:
        known = command.side in _SIDES or command.side == 0
    elif action == Action.PHASE:
        known = command.phase in _PHASES
    else:
        known = action in _ACTIONS
    if not known:
        raise _rejected(command, Reason.BAD_COMMAND)


def _numbers(codes: type[IntEnum]) -> range:
    return range(min(codes), max(codes) + 1)


_ACTIONS, _SIDES, _KINDS = _numbers(Action), _numbers(Side), _numbers(Kind)
_TIMES_IN_FORCE, _SELF_TRADES, _PHASES = _numbers(TimeInForce), _numbers(SelfTrade), _numbers(Phase)


def _phase(book: Book, command: Command) -> None:
    if book.phase == Phase.HALTED:
        raise _rejected(command, Reason.HALTED)
    if book.phase == Phase.CLOSED:
        raise _rejected(command, Reason.CLOSED)


def _fits(price: int, needed: bool, tick_size: int) -> bool:
    return price > 0 and price % tick_size == 0 if needed else price == 0


def _band(book: Book, command: Command, price: int) -> None:
    if price < book.lowest_price or 0 < book.highest_price < price:
        raise _rejected(command, Reason.OUTSIDE_BAND)


def _display(book: Book, command: Command, shows: bool) -> None:
    display = command.display_quantity
    if display == 0:
        return
    if not shows or not 0 < display <= command.quantity or display % book.terms.lot_size:
        raise _rejected(command, Reason.BAD_DISPLAY)


def _time_in_force(book: Book, command: Command, at_once: bool) -> None:
    gtd = command.time_in_force == TimeInForce.GTD
    good = command.expires_ns > book.time_ns if gtd else command.expires_ns == 0
    if command.kind == Kind.MARKET:
        good = good and at_once
    elif command.kind == Kind.STOP:
        good = good and not at_once
    if not good:
        raise _rejected(command, Reason.BAD_TIME_IN_FORCE)


def _triggers(book: Book, side: int, stop_price: int) -> bool:
    if book.last_price == 0:
        return False
    return book.last_price >= stop_price if side == Side.BUY else book.last_price <= stop_price


def _takes(book: Book, side: int, price: int) -> bool:
    best = book.opposite(side).first_price()
    if best is None:
        return False
    return best <= price if side == Side.BUY else best >= price


def _rejected(command: Command, reason: Reason) -> Rejected:
    return Rejected(reason, command.order_id)
