"""What holds for any commands: both engines agree, and what they say happened can have happened."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.matching import ENGINES, EventKind, MatchingEngine, PythonMatchingEngine, Reason, Why
from tests.matching.random_flow import LOT, TICK, commands, flows, pieces_of
from tests.matching.witness import Witness

PROPERTY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
TERMS = {"tick_size": TICK, "lot_size": LOT}


@given(flows)
@PROPERTY
def test_engines_agree_and_events_can_have_happened(pieces: Sequence[bytes]) -> None:
    """Event for event, rejection for rejection. The events tell a book in which quantity is conserved, that is not
    crossed while it is open, and in which nobody is passed over; and it is the engines' book."""
    rust, python, witness = MatchingEngine("X", **TERMS), PythonMatchingEngine("X", **TERMS), Witness()
    for row in np.split(commands(pieces), len(pieces)):
        (events, reasons), expected = rust.apply(row), python.apply(row)
        assert events.tolist() == expected.events.tolist()
        assert events.tobytes() == expected.events.tobytes()
        assert reasons.tolist() == expected.reasons.tolist()
        witness.see(row[0], events, int(reasons[0]))
    witness.agrees(rust)
    witness.agrees(python)
    assert rust.snapshot() == python.snapshot()
    for side in (1, 2):
        for order in rust.orders(side):
            assert rust.queue_position(order.order_id) == python.queue_position(order.order_id)
            assert rust.order(order.order_id) == python.order(order.order_id)


@given(flows, st.data())
@PROPERTY
def test_a_snapshot_at_any_point_changes_nothing(pieces: Sequence[bytes], data: st.DataObject) -> None:
    """Each engine goes on from the other's snapshot."""
    rows = commands(pieces)
    cut = data.draw(st.integers(0, len(rows)))
    through = MatchingEngine("X", **TERMS)
    expected = through.apply(rows)
    halves = {name: ENGINES[name]("X", **TERMS) for name in ENGINES}
    first = {name: engine.apply(rows[:cut]) for name, engine in halves.items()}
    saved = {name: engine.snapshot() for name, engine in halves.items()}
    assert saved["rust"] == saved["python"]
    for name, other in (("rust", "python"), ("python", "rust")):
        engine = ENGINES[name]("X", **TERMS)
        engine.restore(saved[other])
        assert engine.snapshot() == saved[other]
        second = engine.apply(rows[cut:])
        assert first[name].events.tobytes() + second.events.tobytes() == expected.events.tobytes()
        assert [*first[name].reasons, *second.reasons] == expected.reasons.tolist()
        assert engine.snapshot() == through.snapshot()


def test_engines_agree_over_long_flows() -> None:
    """As batches; and the flows reach everything that there is."""
    kinds, why, rejected = set(), set(), set()
    for seed in range(4):
        rows = commands(pieces_of(random.Random(seed).randbytes(12 * 5_000)))
        rust, python = MatchingEngine("X", **TERMS), PythonMatchingEngine("X", **TERMS)
        events, reasons = rust.apply(rows)
        expected = python.apply(rows.tobytes())
        assert events.tobytes() == expected.events.tobytes()
        assert reasons.tobytes() == expected.reasons.tobytes()
        assert rust.snapshot() == python.snapshot()
        kinds, why, rejected = kinds | set(events["kind"]), why | set(events["reason"]), rejected | set(reasons)
    assert (kinds, why, rejected) == (set(EventKind), {0, *Why}, {0, *Reason})
