"""Bars of the past: into longer ones, kept in ClickHouse, and read back by range (`docs/bars.md`).

from flows.history import aggregate_bars

five_minutes = aggregate_bars(one_minute, "5m")
"""

from __future__ import annotations

from flows.errors import BadBars
from flows.history.aggregate import aggregate_bars, aggregate_ticks
from flows.history.cache import BarCache, BarRange, CacheInfo
from flows.history.session import ListedSessions, Session

__all__ = [
    "BadBars",
    "BarCache",
    "BarRange",
    "CacheInfo",
    "ListedSessions",
    "Session",
    "aggregate_bars",
    "aggregate_ticks",
]
