"""Market flow: ticks/s of a drained topic through bars, features and signals, beside plain Bytewax's bars alone.

`make bench BENCH=market_flow`. Both are one process with one worker, read the same topic, and are timed from opening it
to their end, outputs acknowledged. Rounds take turns; medians count. The broker shares this machine.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from flows.stack import Stack, topics
from flows.stack.settings import CLICKHOUSE_URL
from tests import log_of
from tests.bench.drained import seconds, shown
from tests.synthetic_ticks import messages

# Some seconds of work for us: the rate of a worker, not of its start.
TICKS = 2_400_000
ROUNDS = 3


def test_market_flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of the stack only the broker is wanted; nobody connects to this.
    monkeypatch.setenv(CLICKHOUSE_URL, "http://127.0.0.1:1")
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        count = log_of.write(stack.settings, "market.ticks", messages(TICKS))
        ours: list[float] = []
        peers: list[float] = []
        for round_number in range(ROUNDS):
            for program, rates in (("drain_market", ours), ("drain_bytewax", peers)):
                prefix = f"{program}-{round_number}."
                topics.create(replace(stack.settings, topic_prefix=prefix))
                rates.append(count / seconds(f"{program}.py", stack, tmp_path / prefix, prefix))
        bars = len(log_of.read(stack.settings, "market.bars", "drain_market-0."))
        features = len(log_of.read(stack.settings, "market.features", "drain_market-0."))
        inbox = len(log_of.read(stack.settings, "risk.inbox", "drain_market-0."))
    print(f"\n{count:,} ticks -> {bars:,} bars, {features:,} feature vectors, {inbox:,} signals and marks")
    print(f"rounds, ticks/s: market {shown(ours)}; plain Bytewax {shown(peers)}")
    figure, peer = statistics.median(ours), statistics.median(peers)
    print(f"market_flow: {figure:,.0f} ticks/s, plain Bytewax {peer:,.0f}, ratio {figure / peer:.1f}")
    assert bars
    assert bars == features
