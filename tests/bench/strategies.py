"""How long a strategy takes for a bar: every kind on many symbols, in one Rust stage on one thread.

The time is the whole stage's: decoding, asking, writing what they want. It must be below 0.2 ms.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import count

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode
from flows.contracts.records import Origin
from tests.parity.test_signals import strategy
from tests.parity.test_strategies_recorded import vectors
from tests.parity.twins import IDS, PARTITION, batch, entry

KINDS = ("ema_cross", "rsi_reversion", "zscore_reversion", "flow_imbalance", "overnight_range", "market_making")
PARAMETERS = {"market_making": {"price_step": "0.01"}}
SYMBOLS = 50
RUNS = 7
LIMIT_NS = 200_000


def test_strategies() -> None:
    config = {"strategies": [strategy(kind, kind, parameters=PARAMETERS.get(kind, {})) for kind in KINDS]}
    numbers = count()
    tape = []
    for one in vectors():
        vector = decode(one.value, IDS)
        for symbol in range(SYMBOLS):
            origin = Origin(PARTITION, next(numbers), 0)
            tape.append(
                entry("market.features", origin.offset, replace(vector, instrument=f"S{symbol}", origin=origin))
            )
    asked = sum(decode(one.value, IDS).interval_ns == 10**9 for one in vectors()) * SYMBOLS * len(KINDS)
    given, best = batch(tape), float("inf")
    for _ in range(RUNS):
        stage = RustStage("signals", json.dumps(config), RustIds.embedded(), {})
        start = time.perf_counter()
        stage.process(given)
        best = min(best, time.perf_counter() - start)
    each_ns = best / asked * 1e9
    print(f"{len(KINDS)} strategies on {SYMBOLS} symbols, {len(tape):,} bars: {each_ns:,.0f} ns an evaluation")
    assert each_ns < LIMIT_NS
