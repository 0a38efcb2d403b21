"""Resume after kill -9: seconds from the market flow's new start to its first new record, with a million behind it.

`make bench BENCH=resume`. A flow saves its state, works through a million ticks more and is killed; then its folder is
put back to what was saved, as if it had not come to save again. So everything stands in the outputs that the million
make. What is timed starts from there: it reads its own outputs' tail, works through the million again without writing,
and then writes what comes of ticks that arrived while it was away.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import psutil
import pytest

from flows.connectors.log_ends import LogEnds
from flows.stack import Stack, topics
from flows.stack.settings import CLICKHOUSE_URL
from tests import log_of
from tests.flow_process import FlowProcess
from tests.synthetic_ticks import messages

BEFORE, BEHIND, NEW = 200_000, 1_000_000, 20_000
ROUNDS = 3
TARGET_S = 3.0
_BARS = "market.bars"


def test_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of the stack only the broker is wanted; nobody connects to this.
    monkeypatch.setenv(CLICKHOUSE_URL, "http://127.0.0.1:1")
    with Stack(tmp_path / "stack") as stack:
        rounds = [measure(stack, tmp_path / str(number), f"resume-{number}.") for number in range(ROUNDS)]
    for number, (first_s, cpu_s, done_s) in enumerate(rounds):
        print(f"round {number}: first new bar after {first_s:.2f} s, {cpu_s:.2f} s of CPU; all after {done_s:.2f} s")
    first_s = statistics.median(first for first, _, _ in rounds)
    print(f"resume: {first_s:.2f} s to the first new record, {BEHIND:,} behind, target {TARGET_S:.0f} s")


def measure(stack: Stack, folder: Path, prefix: str) -> tuple[float, float, float]:
    """Seconds from the start of the process to its first new bar, its CPU until then, and seconds to the last tick."""
    settings = replace(stack.settings, topic_prefix=prefix)
    topics.create(settings)
    stream = messages(BEFORE + BEHIND + NEW)
    log_of.write(settings, "market.ticks", islice(stream, BEFORE))
    saved = folder / "saved"
    with FlowProcess(stack, saved, prefix, "market", "--until-end") as flow:
        flow.ended()
    log_of.write(settings, "market.ticks", islice(stream, BEHIND))
    crashed = folder / "crashed"
    shutil.copytree(saved, crashed)
    # One connection, kept: a new one for every look would take the flow's processors from it.
    ends = LogEnds(settings)
    worked_through = _end(ends, "market.ticks")
    with FlowProcess(stack, crashed, prefix, "market") as flow:
        flow.until(lambda: flow.done("market.ticks") >= worked_through)
        flow.kill()
    shutil.rmtree(crashed)
    shutil.copytree(saved, crashed)
    before = _end(ends, _BARS)
    log_of.write(settings, "market.ticks", stream)
    total = _end(ends, "market.ticks")
    began_s = time.monotonic()
    with FlowProcess(stack, crashed, prefix, "market") as flow:
        first_s = _when(lambda: _end(ends, _BARS) > before) - began_s
        spent = psutil.Process(flow.process.pid).cpu_times()
        flow.until(lambda: flow.done("market.ticks") >= total)
        done_s = time.monotonic() - began_s
        flow.kill()
    return first_s, spent.user + spent.system, done_s


def _end(ends: LogEnds, topic: str) -> int:
    """Records of all partitions of a topic."""
    return sum(ends.read([topic])[topic].values())


def _when(happened: Callable[[], bool]) -> float:
    deadline_s = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline_s, "no new record within 60 s"
        time.sleep(0.01)
    return time.monotonic()
