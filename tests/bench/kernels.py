"""How fast each kernel is by itself, on one thread: a recording through the Rust engine, beside its Python twin."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.kernels.stage import Entry, Stage
from tests.parity.recorded import ticks
from tests.parity.twins import IDS, batch, entry, follow
from tests.recordings import recording

STAGES = {"bars": "market.ticks", "features": "market.bars", "signals": "market.features"}
RUNS = 7


def test_kernels() -> None:
    tape = ticks(recording("binance/spot/btcusdt_20240808.gz"))
    entries = [entry("market.ticks", offset, tick) for offset, tick in enumerate(tape)]
    for name, topic in STAGES.items():
        rust, python = _rust_seconds(name, entries), _python_seconds(name, entries)
        print(
            f"{name}: {len(entries) / rust:,.0f} {topic}/s in Rust, {len(entries) / python:,.0f} in Python, "
            f"{python / rust:.0f} times"
        )
        entries = _made(name, entries)


def _rust_seconds(name: str, entries: Sequence[Entry]) -> float:
    """The best of several runs."""
    records, best = batch(entries), float("inf")
    for _ in range(RUNS):
        stage = RustStage(name, json.dumps({}), RustIds.embedded(), {})
        start = time.perf_counter()
        stage.process(records)
        best = min(best, time.perf_counter() - start)
    return best


def _python_seconds(name: str, entries: Sequence[Entry]) -> float:
    stage = Stage(name, {}, IDS, {})
    start = time.perf_counter()
    stage.process(entries)
    return time.perf_counter() - start


def _made(name: str, entries: Sequence[Entry]) -> list[Entry]:
    outputs = Stage(name, {}, IDS, {}).process(entries)
    topics = {"bars": "market.bars", "features": "market.features", "signals": "risk.inbox"}
    return follow(topics[name], outputs)
