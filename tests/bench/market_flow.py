"""Market flow: ticks/s of a drained topic through bars, features and signals, beside plain Bytewax's bars alone, and
beside what rdkafka alone reads.

`make bench BENCH=market_flow`. All are one process with one worker, read the same topic, and are timed from opening it
to their end, outputs acknowledged; rdkafka alone has none. Rounds take turns; medians count. The broker shares this
machine.
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
from tests.bench.market_programs import built, run
from tests.synthetic_ticks import messages

# Some seconds of work for us: the rate of a worker, not of its start.
TICKS = 2_400_000
ROUNDS = 3
TARGET_PER_S, AIM_OF_RDKAFKA = 800_000, 0.8
TARGET_OF_BYTEWAX = 10


def test_market_flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = built("tapeflow-tapelog") / "rdkafka_reads"
    # Of the stack only the broker is wanted; nobody connects to this.
    monkeypatch.setenv(CLICKHOUSE_URL, "http://127.0.0.1:1")
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        count = log_of.write(stack.settings, "market.ticks", messages(TICKS))
        ours: list[float] = []
        peers: list[float] = []
        read: list[float] = []
        for round_number in range(ROUNDS):
            for program, rates in (("drain_market", ours), ("drain_bytewax", peers)):
                prefix = f"{program}-{round_number}."
                topics.create(replace(stack.settings, topic_prefix=prefix))
                rates.append(count / seconds(f"{program}.py", stack, tmp_path / prefix, prefix))
            found = run([str(alone)], stack.bootstrap_servers)
            assert found["records"] == count
            read.append(found["per_s"])
        bars = len(log_of.read(stack.settings, "market.bars", "drain_market-0."))
        features = len(log_of.read(stack.settings, "market.features", "drain_market-0."))
        inbox = len(log_of.read(stack.settings, "risk.inbox", "drain_market-0."))
    print(f"\n{count:,} ticks -> {bars:,} bars, {features:,} feature vectors, {inbox:,} signals and marks")
    print(f"rounds, ticks/s: market {shown(ours)}; plain Bytewax {shown(peers)}; rdkafka alone {shown(read)}")
    figure, peer, rdkafka = statistics.median(ours), statistics.median(peers), statistics.median(read)
    print(
        f"market_flow: {figure:,.0f} ticks/s (target {TARGET_PER_S:,}), rdkafka alone {rdkafka:,.0f}, ratio "
        f"{figure / rdkafka:.2f} (aim {AIM_OF_RDKAFKA}); plain Bytewax {peer:,.0f}, ratio {figure / peer:.1f} (target "
        f"{TARGET_OF_BYTEWAX})"
    )
    assert bars
    assert bars == features
    assert figure >= TARGET_PER_S
    assert figure >= TARGET_OF_BYTEWAX * peer
