"""The matching engine beside others: the same flow, the same fills, in one run, round by round in turn.

`make bench BENCH=matching`. The flow is 45 % limit orders, 35 % cancels, 10 % moves, 10 % market orders, with 10,000
orders live; ours has all its rules on. Latency is that of an open loop: operations are due at an even rate, and late
is late. `idle` does nothing at all, and is as late as the machine makes it. So each is told twice: by the clock, and
worked out from how long each operation takes in the median of the rounds. What an engine does at an operation it does
there in each round, an interruption by the machine meets another one; of exchange-core, pauses for its collector and
its compiler are left out with them, to its good.
On a machine that others use too, read `by processor`: operations in a second of processor time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.matching_programs import exchange_core, rust_engines

SEED = 1
OPERATIONS = 1_000_000
ROUNDS = 7
LATENCY_ROUNDS = 7
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
    engines = (IDLE, OURS, *PEERS)
    rounds = [{engine: ask(f"latency {PER_SECOND}", engine) for engine in engines} for _ in range(LATENCY_ROUNDS)]
    print(f"at {PER_SECOND:,}/s offered, done so many us after it was due: p50, p99, p99.9")
    for engine in engines:
        by_clock = _in_us(median(one[engine][name] for one in rounds) for name in ("p50_ns", "p99_ns", "p999_ns"))
        # The last answer is of all rounds.
        own = _in_us(rounds[-1][engine][name] for name in ("own_p50_ns", "own_p99_ns", "own_p999_ns"))
        print(f"{engine}: {by_clock} by the clock; {own} of its own")


def _in_us(times_ns: Iterable[float]) -> str:
    return ", ".join(f"{ns / 1e3:,.2f}" for ns in times_ns)
