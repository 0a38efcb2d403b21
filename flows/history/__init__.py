"""Bars of the past: into longer ones, kept in ClickHouse, and read back by range (`docs/bars.md`).

from flows.history import aggregate_bars

five_minutes = aggregate_bars(one_minute, "5m")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from flows.errors import BadBars
from flows.history.aggregate import aggregate_bars, aggregate_ticks
from flows.history.cache import BarCache, BarRange, CacheInfo
from flows.history.named_bars import named_bars
from flows.history.session import ListedSessions, Session

if TYPE_CHECKING:
    from flows.history.importing import Imported, import_bars
    from flows.history.stored import History, NoBars

# Loaded when they are asked for: those who only aggregate need no client of ClickHouse.
_STORED = {"History": "stored", "NoBars": "stored", "Imported": "importing", "import_bars": "importing"}

__all__ = [
    "BadBars",
    "BarCache",
    "BarRange",
    "CacheInfo",
    "History",
    "Imported",
    "ListedSessions",
    "NoBars",
    "Session",
    "aggregate_bars",
    "aggregate_ticks",
    "import_bars",
    "named_bars",
]


def __getattr__(name: str) -> Any:
    """What needs ClickHouse. Raises AttributeError for what there is not."""
    if name in _STORED:
        return getattr(import_module(f"flows.history.{_STORED[name]}"), name)
    raise AttributeError(f"module 'flows.history' has no attribute {name!r}")
