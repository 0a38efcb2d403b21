"""The matching engine from Python, before and after: one order at a time and in batches, and where the time goes.

`make bench BENCH=matching_python`. Both engines get the flow of `tests/bench/matching.py`: 45 % limit orders, 35 %
cancels, 10 % moves, 10 % market orders, with 10,000 orders live.
"""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path
from statistics import median
from time import perf_counter, perf_counter_ns, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.matching import COMMAND, ENGINES, Action, Kind, Matching, Order, TimeInForce
from tests.bench.matching_programs import rust_engines

SEED = 1
OPERATIONS = {"rust": 1_000_000, "python": 50_000}
BATCH = 10_000
ROUNDS = 5
SHOWN = 10
_LAYOUT: Any = {
    "names": ["action", "side", "id", "price", "quantity"],
    "formats": ["u1", "u1", "<u8", "<i8", "<i8"],
    "offsets": [0, 1, 8, 16, 24],
    "itemsize": 32,
}
OP = np.dtype(_LAYOUT)
_LIMIT, _CANCEL, _MOVE, _MARKET = range(4)


def test_matching_from_python(tmp_path: Path) -> None:
    file = tmp_path / "flow.bin"
    with rust_engines(SEED, max(OPERATIONS.values()), file) as (_, opening):
        flow = _commands(np.fromfile(file, OP))
    print()
    for name in ("python", "rust"):
        commands = flow[: opening + OPERATIONS[name]]
        one_ns, each_p99_ns = _one_by_one(name, commands, opening)
        by_clock, by_processor = _in_batches(name, commands, opening)
        print(
            f"{name}: one order p50 {one_ns / 1e3:.2f} us, p99 {each_p99_ns / 1e3:.2f} us; "
            f"batches of {BATCH:,}: {by_clock:,.0f} commands/s, by processor {by_processor:,.0f}"
        )
    _where_time_goes(flow[: opening + OPERATIONS["python"]], opening)


def _commands(ops: NDArray[Any]) -> NDArray[Any]:
    """The flow, as commands."""
    commands = np.zeros(len(ops), COMMAND)
    action = ops["action"]
    actions = np.array([Action.NEW, Action.CANCEL, Action.REPLACE, Action.NEW])
    commands["action"] = actions[action]
    commands["order_id"] = ops["id"]
    commands["side"] = ops["side"]
    commands["price"] = np.where(action == _CANCEL, 0, ops["price"])
    new = (action == _LIMIT) | (action == _MARKET)
    commands["quantity"] = np.where(new, ops["quantity"], 0)
    commands["kind"] = np.where(action == _MARKET, Kind.MARKET, Kind.LIMIT)
    commands["time_in_force"] = np.where(action == _MARKET, TimeInForce.IOC, TimeInForce.GTC)
    return commands


def _opened(name: str, commands: NDArray[Any], opening: int) -> Matching:
    engine = ENGINES[name]("TEST")
    assert not engine.apply(commands[:opening]).reasons.any()
    return engine


def _one_by_one(name: str, commands: NDArray[Any], opening: int) -> tuple[float, float]:
    """Median and 99th percentile of what one new order takes, with everything between made in batches."""
    engine = _opened(name, commands, opening)
    taken: list[int] = []
    for command in commands[opening : opening + OPERATIONS["python"]]:
        if command["action"] != Action.NEW:
            engine.apply(np.array([command], COMMAND))
            continue
        order = Order(
            int(command["order_id"]),
            int(command["side"]),
            int(command["quantity"]),
            int(command["price"]),
            kind=int(command["kind"]),
            time_in_force=int(command["time_in_force"]),
        )
        start = perf_counter_ns()
        engine.add_order(order)
        taken.append(perf_counter_ns() - start)
    taken.sort()
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100]


def _in_batches(name: str, commands: NDArray[Any], opening: int) -> tuple[float, float]:
    """Median commands a second, by the clock and by the processor."""
    rates = []
    for _ in range(ROUNDS if name == "rust" else 1):
        engine = _opened(name, commands, opening)
        start, processor = perf_counter(), process_time()
        for first in range(opening, len(commands), BATCH):
            engine.apply(commands[first : first + BATCH])
        count = len(commands) - opening
        rates.append((count / (perf_counter() - start), count / (process_time() - processor)))
    return median(rate for rate, _ in rates), median(rate for _, rate in rates)


def _where_time_goes(commands: NDArray[Any], opening: int) -> None:
    """The functions that the Python engine spends its time in."""
    engine = _opened("python", commands, opening)
    with cProfile.Profile() as profile:
        engine.apply(commands[opening:])
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # typeshed does not name it
    total = sum(own for _, _, own, _, _ in stats.values())
    print(f"where the Python engine's time goes, of {len(commands) - opening:,} commands under a profiler:")
    for (path, _, function), (_, calls, own, _, _) in sorted(stats.items(), key=lambda item: -item[1][2])[:SHOWN]:
        print(f"  {own / total:5.1%}  {calls:9,} calls  {Path(path).stem}.{function}")
