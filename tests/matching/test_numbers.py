"""What is no number of the width that a call takes is refused by both engines alike, and has changed nothing.

A NumPy integer is a number. A float is none, not even a whole one: a book that took 5.0, or NaN, would be another book.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from flows.matching import ENGINES, Kind, Matching, Order, Rejected, Side

GIVEN: dict[str, Any] = {
    "0": 0,
    "5": 5,
    "-5": -5,
    "2**32": 2**32,
    "2**63 - 1": 2**63 - 1,
    "2**63": 2**63,
    "2**64": 2**64,
    "-2**63 - 1": -(2**63) - 1,
    "int64": np.int64(5),
    "uint8": np.uint8(5),
    "one element, no dimension": np.array(5),
    "True": True,
    "a code": Side.SELL,
    "NumPy's True": np.True_,
    "5.0": 5.0,
    "float64": np.float64(5),
    "NaN": float("nan"),
    "Decimal": Decimal(5),
    "5 in letters": "5",
    "one element": np.array([5]),
    "None": None,
}
CALLS: dict[str, Callable[[Matching, Any], object]] = {
    "symbol": lambda engine, given: type(engine)(given).symbol,
    "tick_size": lambda engine, given: type(engine)("X", tick_size=given).snapshot(),
    "lot_size": lambda engine, given: type(engine)("X", lot_size=given).snapshot(),
    "lowest_price": lambda engine, given: type(engine)("X", lowest_price=given).bands,
    "highest_price": lambda engine, given: type(engine)("X", highest_price=given).bands,
    "last_price": lambda engine, given: type(engine)("X", last_price=given).last_price,
    "add at": lambda engine, given: engine.add_order(Order(9, Side.BUY, 5, 5), time_ns=given),
    "cancel": lambda engine, given: engine.cancel_order(given),
    "cancel of": lambda engine, given: engine.cancel_order(5, owner=given),
    "modify": lambda engine, given: engine.modify_order(given, quantity=4),
    "modify price": lambda engine, given: engine.modify_order(5, price=given),
    "modify quantity": lambda engine, given: engine.modify_order(5, quantity=given),
    "modify stop": lambda engine, given: engine.modify_order(7, stop_price=given),
    "reduce": lambda engine, given: engine.reduce_order(given, 1),
    "reduce by": lambda engine, given: engine.reduce_order(6, given),
    "mass cancel of": lambda engine, given: engine.mass_cancel(owner=given),
    "mass cancel side": lambda engine, given: engine.mass_cancel(side=given),
    "phase": lambda engine, given: engine.set_phase(given),
    "lowest": lambda engine, given: engine.set_bands(given, None),
    "highest": lambda engine, given: engine.set_bands(None, given),
    "advance": lambda engine, given: engine.advance(given),
    "depth": lambda engine, given: engine.get_book_snapshot(given),
    "queue position": lambda engine, given: engine.queue_position(given),
    "order": lambda engine, given: engine.order(given),
    "orders": lambda engine, given: list(engine.orders(given)),
    "stops": lambda engine, given: list(engine.stops(given)),
    "in": lambda engine, given: given in engine,
    "add": lambda engine, given: engine.add_order(given),
    "restore": lambda engine, given: engine.restore(given),
}
EXACT = ("5.0", "float64", "NaN", "Decimal", "5 in letters", "NumPy's True", "one element")
LOOKED_AT = ("symbol", "in", "orders", "stops")
"""Calls that answer what is no number, or take a str."""


def outcome(name: str, call: str, given: Any) -> tuple[object, bytes]:
    """What an engine answers or raises, and its state afterwards."""
    engine = ENGINES[name]("X", tick_size=5)
    engine.add_order(Order(5, Side.BUY, 5, 5, owner=5))
    engine.add_order(Order(6, Side.SELL, 10, 50, owner=6))
    engine.add_order(Order(7, Side.BUY, 5, kind=Kind.STOP, stop_price=100))
    try:
        told: object = repr(CALLS[call](engine, given))
    except Rejected as rejection:
        told = rejection.reason
    except Exception as error:
        told = type(error)
    return told, engine.snapshot()


@pytest.mark.parametrize("call", CALLS)
def test_both_engines_take_the_same(call: str) -> None:
    for name, given in GIVEN.items():
        assert outcome("rust", call, given) == outcome("python", call, given), name


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_no_whole_number_is_refused(engine: str) -> None:
    untouched = outcome(engine, "in", 5)[1]
    for call in CALLS.keys() - set(LOOKED_AT):
        for name in EXACT:
            assert outcome(engine, call, GIVEN[name]) == (TypeError, untouched), (call, name)
