"""Which column of a table is what, by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flows.errors import BadBars

PRICES = ("open", "high", "low", "close")
SUMS = ("volume", "trade_count", "buy_volume", "sell_volume", "quote_count")
"""What adds up in any table that has it."""
_TIMES = ("open_ns", "time", "time_ns", "timestamp", "timestamp_utc", "datetime", "date", "open_time", "index")


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of columns as the table has them."""

    time: str
    prices: tuple[str, ...]
    """Open, high, low, close."""
    sums: tuple[str, ...]
    made: tuple[str, ...]
    """What the four prices are called in the result."""
    order: tuple[str, ...]
    """Of the result's columns."""


@lru_cache(maxsize=64)
def of_bars(names: tuple[str, ...], time: str | None, sums: tuple[str, ...] | None) -> Layout:
    """Without `sums`, those that are there; every column needs a rule then. Raises BadBars."""
    found_time = time_named(names, time)
    prices = tuple(column_named(names, name) for name in PRICES)
    if sums is None:
        by_lower = {name.lower(): name for name in names}
        added = tuple(by_lower[name] for name in SUMS if name in by_lower)
    else:
        added = tuple(column_named(names, name) for name in sums)
    order = tuple(name for name in names if name in (found_time, *prices, *added))
    others = [name for name in names if name not in order]
    if sums is None and others:
        raise BadBars(
            f"no rule for {', '.join(others)}: leave them out, or name all that adds up in sums=, as "
            f"sums={[*added, others[0]]}"
        )
    return Layout(found_time, prices, added, prices, order)


@lru_cache(maxsize=64)
def of_ticks(names: tuple[str, ...], time: str | None, price: str, sums: tuple[str, ...]) -> Layout:
    """Raises BadBars."""
    found_time = time_named(names, time)
    added = tuple(column_named(names, name) for name in sums)
    return Layout(found_time, (column_named(names, price),) * 4, added, PRICES, (found_time, *PRICES, *added))


def time_named(names: tuple[str, ...], time: str | None) -> str:
    if time is not None:
        return column_named(names, time)
    by_lower = {name.lower(): name for name in names}
    found = next((by_lower[name] for name in _TIMES if name in by_lower), None)
    if found is None:
        raise BadBars(f"no column of times among {', '.join(names)}: name it with time=")
    return found


def column_named(names: tuple[str, ...], wanted: str) -> str:
    found = next((name for name in names if name == wanted), None)
    found = found or next((name for name in names if name.lower() == wanted), None)
    if found is None:
        raise BadBars(f"no column {wanted} among {', '.join(names)}")
    return found
