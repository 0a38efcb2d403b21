"""Both twins of bars make the same of any ticks."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from flows.contracts.records import Bar, DeadLetter, Rollout

from .streams import SECOND, tapes, ticks
from .twins import Twins, entry, records

CONFIG = {"intervals_ns": [SECOND, 3 * SECOND], "lateness_ns": SECOND // 2}


@given(tapes(ticks))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_twins_agree(drawn: tuple[list[Any], set[int]]) -> None:
    tape, swaps = drawn
    entries = [entry("market.ticks", 10 + 3 * number, record) for number, record in enumerate(tape)]
    outputs = Twins("bars", CONFIG).feed_swapping(entries, swaps)
    origins = [output.origin for output in outputs]
    assert origins == sorted(set(origins)), "origins strictly increase"
    for made in records(outputs):
        if isinstance(made, Bar):
            assert made.low <= made.vwap <= made.high
            assert made.buy_volume + made.sell_volume == made.volume
        else:
            assert isinstance(made, DeadLetter | Rollout)
