"""Both twins of bars make the same of any ticks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings

from flows.contracts.records import Bar, DeadLetter, Rollout

from .plain_ticks import quote
from .streams import INT64_MAX, SECOND, START, tapes, ticks
from .twins import Twins, entry, records

SERIES = (
    "tick:3",
    "volume:0.02",
    "dollar:0.05",
    "range:0.04",
    "renko:0.02",
    "time:2s@mid",
    "time:1s@bid",
    "time:1s:filled",
    "time:2s:filled@mid",
    "time:3s:evening",
    "tick:4@ask",
    "range:0.03@mid",
    "renko:0.02@bid",
    "tick_imbalance:3:2@mid",
    "tick_run:3:2@ask",
    *(f"{measure}_{rule}:3:2" for measure in ("tick", "volume", "dollar") for rule in ("imbalance", "run")),
)
CONFIG = {
    "intervals_ns": [SECOND, 3 * SECOND],
    "lateness_ns": SECOND // 2,
    # Begins amid the drawn times, and not at a whole bar's begin.
    "sessions": [{"name": "evening", "timezone": "ODD-0:00:35", "open": "22:14", "close": "22:13"}],
    "series": [{"name": name} for name in SERIES],
}


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
            assert made.low <= made.open <= made.high
            assert made.low <= made.vwap <= made.high
            assert made.low <= made.close <= made.high
            assert made.open_ns <= made.close_ns
            assert (
                made.trade_count > 0
                or made.series.startswith("renko")
                or made.series.endswith("filled")
                or "@" in made.series
            )
            assert made.buy_volume + made.sell_volume == made.volume
        else:
            assert isinstance(made, DeadLetter | Rollout)


def test_order_flow_beyond_64_bits_is_refused_though_the_sum_fits() -> None:
    before = quote(START, 99, 102)
    up = replace(quote(START, 100, 102), bid_quantity=INT64_MAX)
    down = replace(quote(START, 99, 101), ask_quantity=INT64_MAX)
    entries = [entry("market.ticks", number, one) for number, one in enumerate((before, up, down))]
    (letter,) = records(Twins("bars", {}).feed(entries))
    assert (letter.origin.offset, letter.reason) == (2, "overflow")
