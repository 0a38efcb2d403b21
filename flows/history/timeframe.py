"""How long a bar is, as people write it."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from flows.errors import BadBars

DAY_NS = 86_400_000_000_000
_UNITS_NS = {"s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000, "d": DAY_NS}
_WRITTEN = re.compile(r"([1-9]\d{0,6})\s*([smhd])")


@lru_cache(maxsize=256, typed=True)
def timeframe_ns(timeframe: str | int | timedelta) -> int:
    """`5m`, `1h`, `1d`, a timedelta, or nanoseconds: in nanoseconds, up to a day. Raises BadBars."""
    length_ns = _length_ns(timeframe)
    if length_ns is None or not 0 < length_ns <= DAY_NS:
        raise BadBars(f"{timeframe!r} is no timeframe: give 30s, 5m, 1h or 1d, up to a day, or nanoseconds")
    return length_ns


def _length_ns(timeframe: str | int | timedelta) -> int | None:
    if isinstance(timeframe, timedelta):
        return timeframe // timedelta(microseconds=1) * 1_000
    if isinstance(timeframe, int) and not isinstance(timeframe, bool):
        return timeframe
    written = _WRITTEN.fullmatch(timeframe.strip()) if isinstance(timeframe, str) else None
    return int(written[1]) * _UNITS_NS[written[2]] if written else None
