"""Live bars of a tape, from both twins, beside columns of `flows.history`."""

from __future__ import annotations

from typing import Any

import numpy as np

from flows.contracts.codec import Record
from flows.contracts.records import Bar
from tests.history.recorded_bars import Columns

from .streams import SECOND
from .twins import Twins, entry, records

HOUR = 3_600 * SECOND
WEEK_DAYS = ["mon", "tue", "wed", "thu", "fri"]
WEEK_NIGHTS = ["sun", "mon", "tue", "wed", "thu"]
FX: dict[str, Any] = {"name": "fx", "timezone": "EST5EDT,M3.2.0,M11.1.0", "open": "17:00", "close": "17:00"}
GLOBEX: dict[str, Any] = {"name": "globex", "timezone": "CST6CDT,M3.2.0,M11.1.0", "open": "17:00", "close": "16:00"}
PRICES = ("open", "high", "low", "close")


def live(config: dict[str, Any], tape: list[Record], pieces: int = 3) -> dict[str, list[Bar]]:
    """The bars of each series, from both twins, which hand their states over between the pieces."""
    twins = Twins("bars", {"intervals_ns": [HOUR], **config})
    entries = [entry("market.ticks", offset, record) for offset, record in enumerate(tape)]
    made: dict[str, list[Bar]] = {}
    size = len(entries) // pieces + 1
    for start in range(0, len(entries), size):
        for record in records(twins.feed(entries[start : start + size])):
            assert isinstance(record, Bar), record
            made.setdefault(record.series, []).append(record)
        twins.swap()
    return made


def as_columns(bars: list[Bar], *names: str) -> Columns:
    """When they begin, their prices and `names`, as `aggregate_bars` takes them."""
    made: Columns = {"time": np.array([bar.open_ns for bar in bars], np.int64)}
    return made | {name: np.array([getattr(bar, name) for bar in bars], np.int64) for name in (*PRICES, *names)}


def same(bars: list[Bar], expected: Columns, *names: str) -> bool:
    """Whether live bars begin when the others do, and have their prices and `names`."""
    return all(np.array_equal(values, expected[name]) for name, values in as_columns(bars, *names).items())
