"""Indicators: an update beside yata's, and a million points at once beside TA-Lib's, flat prices included.

`make bench BENCH=indicators`. Both of a pair run in turn; told is the least of the rounds.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import talib

from flows import indicators
from flows.indicators.stream import Array
from flows.indicators.table import ROWS
from flows.stack.files import PROJECT
from tests.parity.talib_names import THERE, default_parameters, talib_name

POINTS = 1_000_000
ROUNDS = 15
UPDATE_NS_MAX = 100.0
TALIB_MAX = 1.5
_PEERS = PROJECT / "tests" / "bench" / "indicator_peers"


def test_updates() -> None:
    lines = "".join(f"{row.name} {' '.join(str(one.default) for one in row.parameters)}\n" for row in ROWS.values())
    command = ["cargo", "run", "--release", "--quiet", "--locked", "--manifest-path", str(_PEERS / "Cargo.toml")]
    told = subprocess.run(command, cwd=PROJECT, input=lines, check=True, capture_output=True, text=True).stdout
    print()
    found = {name: (float(ours), theirs) for name, ours, theirs in map(str.split, told.splitlines())}
    for name, (ours, theirs) in found.items():
        print(f"{name}: {ours:.1f} ns an update" + ("" if theirs == "-" else f", yata {float(theirs):.1f}"))
    print(f"median of {len(found)}: {median(ours for ours, _ in found.values()):.1f} ns")
    assert set(found) == set(ROWS)
    slow = {name: ours for name, (ours, _) in found.items() if ours > UPDATE_NS_MAX}
    assert not slow, slow


def test_a_million_points_beside_talib() -> None:
    kinds = {"walk": _walk(), "flat": _flat()}
    print("\n" + f"{'ns a point':20}" + "".join(f"{kind:>8}{'TA-Lib':>8}{'ratio':>7}" for kind in kinds))
    ratios = {}
    for name in THERE:
        line = f"{name:20}"
        for kind, bars in kinds.items():
            ours, theirs = _pair(name, bars)
            ratios[f"{name} ({kind})"] = ours / theirs
            line += f"{ours:8.2f}{theirs:8.2f}{ours / theirs:7.2f}"
        print(line)
    slow = {which: round(ratio, 2) for which, ratio in ratios.items() if ratio > TALIB_MAX}
    print(f"median ratio {median(ratios.values()):.2f}; {len(slow)} of {len(ratios)} above {TALIB_MAX}")
    assert not slow, slow


def _pair(name: str, bars: dict[str, Array]) -> tuple[float, float]:
    row = ROWS[name]
    columns = [bars[one.name] for one in row.inputs]
    parameters = default_parameters(row)
    ours: Callable[[], Any] = lambda: getattr(indicators, name)(*columns)  # noqa: E731
    theirs: Callable[[], Any] = lambda: getattr(talib, talib_name(name))(*columns, **parameters)  # noqa: E731
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for side, run in enumerate((ours, theirs)):
            start = time.perf_counter()
            run()
            best[side] = min(best[side], time.perf_counter() - start)
    return best[0] / POINTS * 1e9, best[1] / POINTS * 1e9


def _walk() -> dict[str, Array]:
    random = np.random.default_rng(1)
    close = 1000.0 * np.exp(np.cumsum(random.normal(0.0, 1e-4, POINTS)))
    opened = np.roll(close, 1)
    return _named(opened, close, random.random(POINTS) * 0.1, random.random(POINTS) * 1000.0)


def _flat() -> dict[str, Array]:
    """A price that moved, and then rests."""
    close = np.full(POINTS, 1000.0)
    close[:1000] += np.sin(np.arange(1000.0))
    return _named(close, close, np.zeros(POINTS), np.full(POINTS, 10.0))


def _named(opened: Array, close: Array, reach: Array, volume: Array) -> dict[str, Array]:
    high, low = np.maximum(opened, close) + reach, np.minimum(opened, close) - reach
    bars = {"open": opened, "high": high, "low": low, "close": close, "volume": volume}
    return {**bars, "real": close, "real0": close, "real1": opened}
