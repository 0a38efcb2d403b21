"""The matching engine from Python: where the time of the plain Python one goes, and what the Rust one takes instead.

One flow with all rules on (limit orders, icebergs, stops, post-only, ioc and fok takers, replaces, cancels, self-trade
prevention) through both: calls for one order, and batches. Both must say the same. `make bench BENCH=matching_python`.
"""

from __future__ import annotations

import ast
import cProfile
import gc
import pstats
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from flows.matching import (
    COMMAND,
    ENGINES,
    Action,
    Fill,
    Kind,
    Matching,
    Order,
    PythonMatchingEngine,
    Rejected,
    SelfTrade,
    Side,
    TimeInForce,
)
from flows.matching.arrays import Rows

COMMANDS = 200_000
RUST_COMMANDS = 2_000_000
BATCH = 10_000
RESTING = 100_000
OWNERS = 7

Function = tuple[str, int, str]
"""File, line and name."""
Call = Callable[[Matching], list[Fill] | bool]


def test_matching_python() -> None:
    rows = mixed(COMMANDS)
    print()
    _profile(rows)
    said = {name: _single_calls(name, rows) for name in ENGINES}
    assert said["python"] == said["rust"]
    snapshots = {name: _batches(name, rows) for name in ENGINES}
    assert snapshots["python"] == snapshots["rust"]
    _batches("rust", mixed(RUST_COMMANDS))
    with get_context("spawn").Pool(1, maxtasksperchild=1) as fresh:
        for name, size in zip(ENGINES, fresh.map(resting_bytes, ENGINES, chunksize=1), strict=True):
            print(f"{name}, {RESTING:,} resting orders: {size / 1e6:,.1f} MB")


def mixed(count: int) -> Rows:
    """Half of it new orders near a still middle, a tenth of them takers; most of the rest cancels of recent orders."""
    random = np.random.default_rng(7)
    rows = np.zeros(count, COMMAND)
    places, chance = np.arange(count), random.random(count)
    rows["time_ns"], rows["order_id"], rows["owner"] = places, places + 1, 1 + places % OWNERS
    rows["side"] = random.integers(1, 3, count)
    up = np.where(rows["side"] == Side.SELL, 1, -1)
    rows["action"], rows["kind"], rows["time_in_force"] = Action.NEW, Kind.LIMIT, TimeInForce.GTC
    rows["price"] = 100_000 + up * (1 + random.exponential(20, count).astype(np.int64))
    rows["quantity"], rows["self_trade"] = random.integers(1, 100, count), SelfTrade.CANCEL_OLDEST
    _some(rows, chance < 0.02, display_quantity=10, quantity=100)
    _some(rows, (chance >= 0.02) & (chance < 0.04), post_only=1)
    stops = (chance >= 0.04) & (chance < 0.05)
    _some(rows, stops, kind=Kind.STOP_LIMIT, stop_price=(100_000 - 60 * up)[stops])
    takers = (chance >= 0.05) & (chance < 0.12)
    _some(rows, takers, time_in_force=TimeInForce.IOC, price=(100_000 - 15 * up)[takers])
    _some(rows, (chance >= 0.12) & (chance < 0.13), time_in_force=TimeInForce.FOK)
    earlier = np.maximum(places - random.integers(1, 300, count), 0)
    for of, action in ((chance >= 0.9, Action.REPLACE), ((chance >= 0.5) & (chance < 0.9), Action.CANCEL)):
        _some(rows, of, action=action, order_id=earlier[of] + 1, owner=1 + earlier[of] % OWNERS)
    return rows


def _some(rows: Rows, which: Rows, **fields: object) -> None:
    for name, value in fields.items():
        rows[name][which] = value


def _profile(rows: Rows) -> None:
    """Own time by file of ours, with what it calls of Python's and of libraries."""
    engine, profile = PythonMatchingEngine("X"), cProfile.Profile()
    profile.enable()
    for first in range(0, len(rows), BATCH):
        engine.apply(rows[first : first + BATCH])
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    seconds: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        if "/flows/" in function[0]:
            seconds[function[0]] += own
        else:
            for caller, (_, _, part, _) in callers.items():
                seconds[_ours(caller, stats)] += part
    total = sum(seconds.values())
    print("where the time of plain Python goes:")
    for file, own in seconds.most_common(10):
        does = (ast.get_docstring(ast.parse(Path(file).read_text())) or "").partition("\n")[0]
        print(f"  {own / total:4.0%}  {Path(file).stem}: {does}")


def _ours(function: Function, stats: dict[Function, Any]) -> str:
    """The file of ours that a function was mostly called for."""
    while "/flows/" not in function[0] and (callers := stats[function][4]):
        function = max(callers, key=lambda caller: callers[caller][2])
    return function[0]


def _single_calls(name: str, rows: Rows) -> list[int]:
    """What each call told: how many trades, whether it cancelled, or the rejection's number below 0."""
    engine, calls, told, took_ns = ENGINES[name]("X"), list(map(_call, rows)), [], []
    gc.disable()
    clock = time.perf_counter_ns
    for call in calls:
        start = clock()
        try:
            answer = call(engine)
        except Rejected as rejected:
            answer = -rejected.reason
        took_ns.append(clock() - start)
        told.append(len(answer) if isinstance(answer, list) else int(answer))
    gc.enable()
    p50, p99 = np.percentile(took_ns, [50, 99])
    added = [ns for ns, row in zip(took_ns, rows["action"], strict=True) if row == Action.NEW]
    print(
        f"{name}, one call a command: {1e9 * len(calls) / sum(took_ns):,.0f} commands/s, p50 {p50:,.0f} ns, "
        f"p99 {p99:,.0f} ns; add_order p50 {np.median(added):,.0f} ns (the clock's two reads included)"
    )
    return told


def _call(row: np.void) -> Call:
    time_ns, id, owner = int(row["time_ns"]), int(row["order_id"]), int(row["owner"])
    if row["action"] == Action.CANCEL:
        return lambda engine: engine.cancel_order(id, owner=owner, time_ns=time_ns)
    if row["action"] == Action.REPLACE:
        change = {"price": int(row["price"]), "quantity": int(row["quantity"])}
        return lambda engine: engine.modify_order(id, **change, owner=owner, time_ns=time_ns)
    fields = ("kind", "time_in_force", "owner", "stop_price", "display_quantity", "self_trade")
    named = {name: int(row[name]) for name in fields}
    place = (id, int(row["side"]), int(row["quantity"]), int(row["price"]))
    order = Order(*place, post_only=bool(row["post_only"]), **named)
    return lambda engine: engine.add_order(order, time_ns=time_ns)


def _batches(name: str, rows: Rows) -> bytes:
    engine = ENGINES[name]("X")
    start = time.perf_counter()
    events = 0
    for first in range(0, len(rows), BATCH):
        events += len(engine.apply(rows[first : first + BATCH]).events)
    seconds = time.perf_counter() - start
    print(f"{name}, batches of {BATCH:,}: {len(rows) / seconds:,.0f} commands/s, {events / seconds:,.0f} events/s")
    return engine.snapshot()


def resting_bytes(name: str) -> int:
    """By how much a process grows with resting orders; asks for one that has not grown before."""
    engine = ENGINES[name]("X")
    places = np.arange(RESTING)
    rows = np.zeros(RESTING, COMMAND)
    rows["action"], rows["kind"], rows["time_in_force"] = Action.NEW, Kind.LIMIT, TimeInForce.GTC
    rows["order_id"], rows["side"], rows["quantity"] = places + 1, 1 + places % 2, 10
    rows["price"] = 100_000 + np.where(places % 2, 1, -1) * (1 + places % 500)
    # What the libraries take when they are first used is none of the orders'.
    ENGINES[name]("Y").apply(rows[:BATCH])
    gc.collect()
    before = psutil.Process().memory_info().rss
    for first in range(0, RESTING, BATCH):
        engine.apply(rows[first : first + BATCH])
    gc.collect()
    assert len(engine) == RESTING
    return psutil.Process().memory_info().rss - before
