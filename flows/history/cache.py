"""Ranges of bars that were worked out before: as many as fit, the least recently used go first."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cachetools import LRUCache

from flows.errors import BadBars

BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class BarRange:
    """What a cached result is the result of. Times are nanoseconds since 1970, UTC; the end is exclusive."""

    instrument: str
    timeframe_ns: int
    start_ns: int
    end_ns: int
    terms: Hashable = None
    """All else that it depends on: venue, session, gaps."""


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache has been asked, and holds."""

    hits: int
    misses: int
    ranges: int
    size_bytes: int
    bytes_max: int

    @property
    def hit_rate(self) -> float:
        """Of all that was asked for; 0 before the first question."""
        return self.hits / (self.hits + self.misses) if self.hits or self.misses else 0.0


@dataclass(frozen=True, slots=True)
class _Kept:
    bars: Any
    size_bytes: int


class BarCache:
    """For several threads. What it holds is handed out as it is, and is not to be changed."""

    def __init__(self, bytes_max: int = BYTES) -> None:
        """`bytes_max` bounds the bars' own memory. Raises BadBars unless it is positive."""
        if bytes_max <= 0:
            raise BadBars(f"a cache of {bytes_max} bytes holds nothing: give a positive bytes_max")
        self._kept: LRUCache[BarRange, _Kept] = LRUCache(bytes_max, getsizeof=lambda kept: kept.size_bytes)
        self._lock = Lock()
        self._hits = self._misses = 0

    def get(self, key: BarRange) -> Any:
        """The bars; None if they are not there."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                self._misses += 1
                return None
            self._hits += 1
            return kept.bars

    def put(self, key: BarRange, bars: Any) -> None:
        """Keeps them, unless they alone are larger than the cache."""
        size_bytes = _size_bytes(bars)
        with self._lock:
            self._kept.pop(key, None)
            if size_bytes <= self._kept.maxsize:
                self._kept[key] = _Kept(bars, size_bytes)

    def newer(self, instrument: str, from_ns: int) -> int:
        """Bars of the instrument came that begin at `from_ns` or later: forgets the ranges that reach behind it, and
        says how many."""
        with self._lock:
            stale = [key for key in self._kept if key.instrument == instrument and key.end_ns > from_ns]
            for key in stale:
                del self._kept[key]
            return len(stale)

    def clear(self) -> None:
        """Forgets all ranges; what was counted stays."""
        with self._lock:
            self._kept.clear()

    def info(self) -> CacheInfo:
        with self._lock:
            return CacheInfo(
                self._hits, self._misses, len(self._kept), int(self._kept.currsize), int(self._kept.maxsize)
            )


def _size_bytes(bars: Any) -> int:
    """Of the columns; a key and its entry come on top."""
    if isinstance(bars, dict):
        return sum(int(values.nbytes) for values in bars.values())
    if hasattr(bars, "estimated_size"):
        return int(bars.estimated_size())
    if hasattr(bars, "memory_usage"):
        return int(bars.memory_usage(deep=True).sum())
    return int(bars.nbytes)
