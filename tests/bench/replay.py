"""Replay and shadow of the market flow: beside the live flow's own rate, and beside the two sides run alone.

`make bench BENCH=replay`. One worker each, the same drained topic, timed from opening it to the end. Rounds take turns;
medians count. The broker shares this machine.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from flows.contracts.partition import partition_of
from flows.stack import Stack, topics
from flows.stack.settings import CLICKHOUSE_URL
from tests import log_of
from tests.bench.drained import seconds, shown
from tests.synthetic_ticks import INSTRUMENTS, messages

TICKS = 1_200_000
ROUNDS = 3
# Of each partition, for the engine that is some hundred times slower.
PYTHON_TICKS = 2_000
TARGET_RATIO, TARGET_OVERHEAD = 0.8, 0.2


def test_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of the stack only the broker is wanted; nobody connects to this.
    monkeypatch.setenv(CLICKHOUSE_URL, "http://127.0.0.1:1")
    live: list[float] = []
    replayed: list[float] = []
    alone: list[float] = []
    shadowed: list[float] = []
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        count = log_of.write(stack.settings, "market.ticks", messages(TICKS))
        for number in range(ROUNDS):
            for rates, program, what in ((live, "drain_market", []), (replayed, "drain_again", ["replay"])):
                prefix = f"{program}-{number}."
                topics.create(replace(stack.settings, topic_prefix=prefix))
                rates.append(count / seconds(f"{program}.py", stack, tmp_path / prefix, *what, prefix))
            again = tmp_path / "again"
            alone.append(seconds("drain_again.py", stack, again, "count", "rust", "end"))
            shadowed.append(seconds("drain_again.py", stack, again, "shadow"))
        few = seconds("drain_again.py", stack, tmp_path / "again", "count", "python", str(PYTHON_TICKS))
    partitions = {partition_of(instrument.encode(), 4) for instrument in INSTRUMENTS}
    python = len(partitions) * PYTHON_TICKS / few
    figure, peer = statistics.median(replayed), statistics.median(live)
    one, both = statistics.median(alone), statistics.median(shadowed)
    print(f"\nrounds, ticks/s: live {shown(live)}; replay {shown(replayed)}")
    rust = count / one
    print(f"only counted: Rust {rust:,.0f} ticks/s, Python {python:,.0f}, {rust / python:,.0f} times")
    print(f"shadow {both:.2f} s, one side alone {one:.2f} s: {both / (2 * one) - 1:.0%} more than the two alone")
    print(f"target: replay at least {TARGET_RATIO} of live, overhead below {TARGET_OVERHEAD:.0%}")
    print(f"replay: {figure:,.0f} ticks/s, live flow {peer:,.0f}, ratio {figure / peer:.2f}")
