"""Changing one level of a book: nanoseconds in Rust beside two `BTreeMap`s, and from Python beside the Python twin.

`make bench BENCH=l2_book`.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flows._native import L2Book as RustBook
from flows.contracts.records import Level
from flows.kernels.l2_book import L2Book
from flows.stack.files import PROJECT
from tests.captures import units
from tests.recordings import FOLDER, messages, recording

RECORDING = "usdm/btcusdt_20240808.gz"
RUNS = 5
NANO = -9

_Event = tuple[list[Level], list[Level]]


def test_rust_beside_ordered_maps() -> None:
    recording(f"binance/{RECORDING}")
    print()
    for figures in book_speed("usdm", RECORDING):
        ratio = figures["btree_ns"] / figures["ns"]
        print(
            f"{figures['case']}: {figures['ns']:.1f} ns a level, BTreeMap {figures['btree_ns']:.1f}, ratio {ratio:.1f} "
            f"({figures['changes']:,} changes)"
        )


def test_from_python() -> None:
    events: list[_Event] = []
    for kind, data in messages(recording(f"binance/{RECORDING}")):
        if kind == "depth":
            events.append((levels(data["b"]), levels(data["a"])))
    count = sum(len(bids) + len(asks) for bids, asks in events)
    print()
    ways: dict[str, Callable[[Any], None]] = {
        "apply, an event a call": lambda book: apply(book, events),
        "set_bid and set_ask, a level a call": lambda book: set_each(book, events),
    }
    columns = columns_of(events)
    ways["set_levels, all in one call"] = lambda book: book.set_levels(*columns)
    for name, run in ways.items():
        python, rust = (best_seconds(book, run) / count * 1e9 for book in (L2Book, RustBook))
        print(f"{name}: {rust:,.0f} ns a level in Rust, {python:,.0f} in Python, ratio {python / rust:.1f}")


def levels(pairs: list[Any]) -> list[Level]:
    return [Level(units(price, NANO), units(quantity, NANO)) for price, quantity in pairs]


def columns_of(events: Sequence[_Event]) -> tuple[Any, Any, Any]:
    rows = [
        (is_bid, level.price, level.quantity)
        for bids, asks in events
        for is_bid, side in ((True, bids), (False, asks))
        for level in side
    ]
    is_bid, prices, quantities = zip(*rows, strict=True)
    return np.array(is_bid), np.array(prices, np.int64), np.array(quantities, np.int64)


def apply(book: L2Book, events: Sequence[_Event]) -> None:
    for bids, asks in events:
        book.apply(bids, asks)


def set_each(book: L2Book, events: Sequence[_Event]) -> None:
    for bids, asks in events:
        for level in bids:
            book.set_bid(level.price, level.quantity)
        for level in asks:
            book.set_ask(level.price, level.quantity)


def best_seconds(make: Callable[[], Any], run: Callable[[Any], None]) -> float:
    best = float("inf")
    for _ in range(RUNS):
        book = make()
        start = time.perf_counter()
        run(book)
        best = min(best, time.perf_counter() - start)
    return best


def book_speed(*arguments: str) -> list[dict[str, Any]]:
    """One object a case, as `rust_ingest/venues/examples/book_speed.rs` prints it."""
    command = ["cargo", "run", "--release", "--quiet", "--manifest-path", "rust_ingest/Cargo.toml"]
    command += ["--package", "tapeflow-venues", "--example", "book_speed", "--", *arguments]
    environment = {**os.environ, "TAPEFLOW_DATA": str(FOLDER)}
    output = subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]
