"""Recorded one-minute bars, and what a row of any indicator is on them."""

from __future__ import annotations

import csv
import gzip
import io
from functools import cache

import numpy as np

from flows.indicators.declaration import Row
from flows.indicators.stream import Array
from tests.recordings import recording

_FILE = "bars/btc-perp-20211231-20220201_1m.csv.gz"


@cache
def minute_bars() -> dict[str, Array]:
    """45,031 bars without a gap: open, high, low, close, volume."""
    with gzip.open(recording(_FILE), "rb") as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed)))
    names = ("open", "high", "low", "close", "volume")
    return {name: np.array([float(row[name]) for row in rows]) for name in names}


def columns_of(row: Row, bars: dict[str, Array]) -> list[Array]:
    """The inputs of an indicator from bars. What bars do not have is made of what they have: a bid and an ask of low
    and high, sizes and signs of the volume."""
    made = {
        **bars,
        "real": bars["close"],
        "real0": bars["close"],
        "real1": bars["open"],
        "price": bars["close"],
        "bid": bars["low"],
        "ask": bars["high"],
        "bid_size": bars["volume"],
        "ask_size": np.roll(bars["volume"], 1),
        "side": np.sign(bars["close"] - bars["open"]),
        "signed_volume": np.sign(bars["close"] - bars["open"]) * bars["volume"],
        "session": np.floor(np.arange(len(bars["close"])) / 1440.0),
    }
    return [made[one.name] for one in row.inputs]
