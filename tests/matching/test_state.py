"""A saved state that no engine was ever in is refused by both engines alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.contracts.codec import decode, encode
from flows.contracts.records import MatchingOrderState, MatchingState
from flows.contracts.registry import SchemaIds
from flows.errors import StageRestoreError
from flows.matching import ENGINES, MatchingEngine, Order, Side
from tests.matching.random_flow import LOT, TICK, commands, flows

IDS = SchemaIds.embedded()
TERMS = {"tick_size": TICK, "lot_size": LOT}
QUEUES = ("bids", "asks", "buy_stops", "sell_stops")
NUMBERS = st.sampled_from([0, 1, -1, 2, 3, 4, 5, 6, 10, 20, 195, 200, 205, 2**31 - 1, 2**63 - 1, -(2**63)])


def restored(name: str, state: MatchingState) -> bytes | None:
    """The snapshot of an engine that took the state up; None if it refused."""
    engine = ENGINES[name]("X", **TERMS)
    empty = engine.snapshot()
    try:
        engine.restore(encode(state, IDS))
    except StageRestoreError:
        assert engine.snapshot() == empty
        return None
    return engine.snapshot()


@given(flows, st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_engines_refuse_the_same(pieces: Sequence[bytes], data: st.DataObject) -> None:
    engine = MatchingEngine("X", **TERMS)
    engine.apply(commands(pieces))
    state = data.draw(changed(decode(engine.snapshot(), IDS)))
    assert restored("rust", state) == restored("python", state)


@st.composite
def changed(draw: st.DrawFn, state: MatchingState) -> MatchingState:
    """The state with one number changed, or one order elsewhere, doubled or gone."""
    filled = [name for name in QUEUES if getattr(state, name)]
    if not filled or draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from([field.name for field in fields(state) if field.name not in (*QUEUES, "symbol")]))
        return replace(state, **{name: draw(_like(getattr(state, name), name))})
    queue = draw(st.sampled_from(filled))
    orders = list(getattr(state, queue))
    place = draw(st.integers(0, len(orders) - 1))
    if draw(st.integers(0, 4)) == 0:
        order = orders.pop(place)
        to = orders if draw(st.booleans()) else list(getattr(state, draw(st.sampled_from(QUEUES))))
        to.insert(draw(st.integers(0, len(to))), order)
        return replace(state, **{queue: orders if to is orders else to})
    name = draw(st.sampled_from([field.name for field in fields(MatchingOrderState)]))
    orders[place] = replace(orders[place], **{name: draw(_like(getattr(orders[place], name), name))})
    return replace(state, **{queue: orders})


def _like(value: Any, name: str) -> st.SearchStrategy[Any]:
    if isinstance(value, bool):
        return st.booleans()
    near = st.integers(-2, 2).map(lambda step: value + step * (LOT if "quantity" in name else 1))
    numbers = st.one_of(near, NUMBERS)
    bits = 31 if name in ("kind", "time_in_force", "self_trade", "phase") else 63
    return numbers.filter(lambda number: -(2**bits) <= number < 2**bits)


WRONG: dict[str, Any] = {
    "phase": {"phase": 0},
    "bands": {"lowest_price": 300, "highest_price": 200},
    "last price": {"last_price": 7},
    "time": {"time_ns": -1},
}
WRONG_ORDER: dict[str, Any] = {
    "open quantity": {"open_quantity": 50},
    "displayed": {"displayed": 40},
    "price off tick": {"price": 201},
    "quantity off lot": {"quantity": 41},
    "kind": {"kind": 2},
    "entry that was not given": {"entry": 9},
    "owner": {"owner": 2**32},
    "end without gtd": {"expires_ns": 5},
    "stop price": {"stop_price": 200},
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("wrong", [*WRONG, *WRONG_ORDER, "twice", "order of prices", "crossed"])
def test_refused(engine: str, wrong: str) -> None:
    made = ENGINES[engine]("X", **TERMS)
    made.add_order(Order(1, Side.BUY, 40, 200, display_quantity=20))
    made.add_order(Order(2, Side.BUY, 40, 195))
    state = decode(made.snapshot(), IDS)
    assert restored(engine, state) == made.snapshot()
    first, second = state.bids
    if wrong in WRONG:
        bad = replace(state, **WRONG[wrong])
    elif wrong in WRONG_ORDER:
        bad = replace(state, bids=[replace(first, **WRONG_ORDER[wrong]), second])
    elif wrong == "twice":
        bad = replace(state, bids=[first, replace(second, order_id=1)])
    elif wrong == "order of prices":
        bad = replace(state, bids=[second, first])
    else:
        bad = replace(state, asks=[replace(second, order_id=3, entry=2)], bids=[first])
    assert restored(engine, bad) is None
