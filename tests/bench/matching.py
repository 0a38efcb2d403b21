"""The matching engine beside others: the same flow, the same fills, in one run, round by round in turn.

`make bench BENCH=matching`. The flow is 45 % limit orders, 35 % cancels, 10 % moves, 10 % market orders, with 10,000
orders live; ours has all its rules on. Latency is that of an open loop: operations are due at an even rate, and late
is late; `idle` does nothing at all, and is as late as the machine makes it. So each percentile is told twice: over all
operations, and as it is in the median millisecond, which the machine mostly leaves alone.
On a machine that others use too, read `by processor`: operations in a second of processor time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.matching_programs import exchange_core, rust_engines

SEED = 1
OPERATIONS = 1_000_000
ROUNDS = 7
LATENCY_ROUNDS = 5
PER_SECOND = 1_000_000
OURS = "tapeflow"
IDLE = "idle"
PEERS = ("matchcore", "lobster", "orderbook-rs", "exchange-core")

Ask = Callable[[str, str], dict[str, Any]]


def test_matching(tmp_path: Path) -> None:
    flow = tmp_path / "flow.bin"
    with (
        rust_engines(SEED, OPERATIONS, flow) as (rust, opening),
        exchange_core(flow, opening, tmp_path) as java,
    ):

        def ask(what: str, engine: str) -> dict[str, Any]:
            words = what.split()
            return (java if engine == "exchange-core" else rust).ask(" ".join([words[0], engine, *words[1:]]))

        print()
        _same_fills(ask)
        _throughput(ask)
        _latency(ask)
        held = rust.ask(f"memory {OURS}")
        print(f"{held['orders']:,} resting orders: {held['bytes'] / 1e6:.1f} MB")


def _same_fills(ask: Ask) -> None:
    ours = ask("fills", OURS)
    for engine in PEERS:
        theirs = ask("fills", engine)
        assert (theirs["fills"], theirs["digest"]) == (ours["fills"], ours["digest"]), engine
    print(f"{ours['fills']:,} fills in {OPERATIONS:,} operations, the same of all {1 + len(PEERS)} engines")


def _throughput(ask: Ask) -> None:
    rounds = [{engine: ask("throughput", engine) for engine in (OURS, *PEERS)} for _ in range(ROUNDS)]
    for engine in (OURS, *PEERS):
        by_clock, by_processor = (
            median(one[engine][f"ops_per_{unit}"] for one in rounds) for unit in ("second", "processor_second")
        )
        ratio = median(
            one[OURS]["ops_per_processor_second"] / one[engine]["ops_per_processor_second"] for one in rounds
        )
        print(f"{engine}: {by_clock:,.0f} ops/s, by processor {by_processor:,.0f}; ours is {ratio:.1f} times as fast")


def _latency(ask: Ask) -> None:
    rounds = [
        {engine: ask(f"latency {PER_SECOND}", engine) for engine in (IDLE, OURS, *PEERS)} for _ in range(LATENCY_ROUNDS)
    ]
    for engine in (IDLE, OURS, *PEERS):
        percentiles = ("p50_ns", "p99_ns", "p999_ns", "stretch_p99_ns", "stretch_p999_ns")
        p50, p99, p999, in_p99, in_p999 = (median(one[engine][name] for one in rounds) / 1e3 for name in percentiles)
        print(
            f"{engine} at {PER_SECOND:,}/s offered: p50 {p50:,.2f} us, p99 {p99:,.2f} us, p99.9 {p999:,.2f} us;",
            end=" ",
        )
        print(f"in the median millisecond: p99 {in_p99:,.2f} us, p99.9 {in_p999:,.2f} us")
