"""Bars of one topic: ticks/s of flow `bars` beside plain Bytewax, Quix Streams and Pathway.

`make bench BENCH=bars_beside`. All read the same messages, each by its own Kafka connector in one process, make bars of
a second and of a minute of the trades, and write them to a topic. The peers decode with fastavro, and only trades; how
they go about it says the head of each one's file. Rounds take turns; medians count. The broker shares this machine.

Every bar is compared, field by field, with ours. What the peers do not make is left out: our bars also carry quotes,
order flow, late trades and origins. Plain Bytewax and Quix Streams end a bar by the next trade of its instrument, and
no heartbeat: the last bar of each is not seen. What they promise of a crash is turned off here, and Pathway runs as a
batch, all to their good. What rdkafka alone reads in the same rounds, and how often that is each peer's rate, is told
beside: it is a limit of the machine for all that reads the log through it, one record after the other.

Licences: Bytewax and Quix Streams are Apache-2.0. Pathway has the Business Source License 1.1: it is installed for this
measurement alone, into an environment of its own.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.contracts.codec import decode
from flows.contracts.records import Bar
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from flows.stack.settings import CLICKHOUSE_URL
from tests import log_of
from tests.bench.drained import seconds, shown
from tests.bench.market_programs import built, python_with, run
from tests.synthetic_ticks import messages

# Some seconds of work for us, of which a start and an end are then a small part; minutes for the peers.
TICKS = 4_800_000
ROUNDS = 2
LENGTHS_NS = ("1000000000", "60000000000")
FIELDS = ("open", "high", "low", "close", "volume", "trade_count", "buy_volume")
FASTAVRO = "fastavro==1.13.1"
QUIX, PATHWAY = "quixstreams==3.28.1", "pathway==0.33.0"
ALONE = "rdkafka alone"
TARGETS = {"plain Bytewax": 10, "Quix Streams": 50, "Pathway": 15}

Made = dict[tuple[str, int, int], tuple[int, ...]]
"""The `FIELDS` of each bar: by instrument, length and begin, both in nanoseconds."""


def test_bars_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of the stack only the broker is wanted; nobody connects to this.
    monkeypatch.setenv(CLICKHOUSE_URL, "http://127.0.0.1:1")
    programs = {
        "tapeflow": ("drain_bars.py", sys.executable, ours),
        "plain Bytewax": ("drain_bytewax.py", sys.executable, ours),
        "Quix Streams": ("bar_peers/quix_streams.py", python_with(QUIX, FASTAVRO), theirs),
        "Pathway": ("bar_peers/pathway_bars.py", python_with(PATHWAY, FASTAVRO), theirs),
    }
    rates: dict[str, list[float]] = {name: [] for name in (*programs, ALONE)}
    alone = built("tapeflow-tapelog") / "rdkafka_reads"
    with Stack(tmp_path / "stack") as stack:
        topics.create(stack.settings)
        count = log_of.write(stack.settings, "market.ticks", messages(TICKS))
        for number in range(ROUNDS):
            made: dict[str, Made] = {}
            for name, (program, python, read) in programs.items():
                prefix = f"{name.replace(' ', '-')}-{number}."
                topics.create(replace(stack.settings, topic_prefix=prefix))
                took_s = seconds(program, stack, tmp_path / prefix, prefix, *LENGTHS_NS, python=python)
                rates[name].append(count / took_s)
                made[name] = bars_of(log_of.read(stack.settings, "market.bars", prefix), read)
            found = run([str(alone)], stack.bootstrap_servers)
            assert found["records"] == count
            rates[ALONE].append(found["per_s"])
            for name in TARGETS:
                equal(made["tapeflow"], made[name], open_at_end=name != "Pathway")
    print(f"\n{count:,} ticks -> {len(made['tapeflow']):,} bars, equal in {', '.join(FIELDS)}")
    figures = {name: statistics.median(found) for name, found in rates.items()}
    for name, found in rates.items():
        print(f"{name}: {figures[name]:,.0f} ticks/s (rounds: {shown(found)})")
    times = {name: figures["tapeflow"] / figures[name] for name in TARGETS}
    for name, target in TARGETS.items():
        limit = figures[ALONE] / figures[name]
        print(f"bars_beside: {times[name]:.1f} times {name}; target at least {target}; {ALONE} {limit:.1f}")
    assert all(times[name] >= target for name, target in TARGETS.items())


def bars_of(written: list[log_of.Written], read: Callable[[bytes], dict[str, Any]]) -> Made:
    made: Made = {}
    for one in written:
        bar = read(one.value)
        place = bar["instrument"], bar["interval_ns"], bar["open_ns"]
        assert place not in made, f"twice: {place}"
        made[place] = tuple(bar[field] for field in FIELDS)
    return made


def ours(value: bytes) -> dict[str, Any]:
    bar = decode(value, SchemaIds.embedded())
    assert isinstance(bar, Bar)
    return {name: getattr(bar, name) for name in ("instrument", "interval_ns", "open_ns", *FIELDS)}


def theirs(value: bytes) -> dict[str, Any]:
    bar: dict[str, Any] = json.loads(value)
    return bar


def equal(expected: Made, found: Made, *, open_at_end: bool) -> None:
    """All bars, and all their fields; without the last of each instrument and length where nothing ends it."""
    last: dict[tuple[str, int], int] = {}
    for instrument, length_ns, open_ns in expected:
        last[instrument, length_ns] = max(last.get((instrument, length_ns), 0), open_ns)
    closed = {place: fields for place, fields in expected.items() if not (open_at_end and last[place[:2]] == place[2])}
    assert closed
    assert found == closed
