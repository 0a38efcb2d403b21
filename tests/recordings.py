"""The recordings of ../shared/data, read independently of the program: plain JSON, plain Decimals."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("TAPEFLOW_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def recording(name: str) -> Path:
    """A file of the recordings; skips the test in one plain line where it is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"no recording {name} in {FOLDER}: what it shows was not tried")
    return path


def messages(path: Path) -> Iterator[tuple[str, Any]]:
    """(kind, data) of every line: kind is trade, bookTicker, depth or snapshot."""
    with gzip.open(path, "rt") as file:
        for line in file:
            body = json.loads(line.partition(" ")[2], parse_float=Decimal)
            if "stream" in body:
                yield body["stream"].split("@")[1], body["data"]
            else:
                yield "snapshot", body


@dataclass
class Candle:
    """A bar, worked out from a recording's trades."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(0)
    notional: Decimal = Decimal(0)
    buy_volume: Decimal = Decimal(0)
    trade_count: int = 0


def candles(path: Path, interval_ms: int) -> list[Candle]:
    """Bars of one interval by trade time, those without a trade left out."""
    made: dict[int, Candle] = {}
    for kind, data in messages(path):
        if kind != "trade":
            continue
        price, quantity = Decimal(data["p"]), Decimal(data["q"])
        open_ms = data["T"] // interval_ms * interval_ms
        candle = made.setdefault(open_ms, Candle(open_ms, price, price, price, price))
        candle.high, candle.low, candle.close = max(candle.high, price), min(candle.low, price), price
        candle.volume += quantity
        candle.notional += price * quantity
        candle.buy_volume += Decimal(0) if data["m"] else quantity
        candle.trade_count += 1
    return [made[open_ms] for open_ms in sorted(made)]
