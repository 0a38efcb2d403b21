"""Numbers and times as the page takes them: money as decimal text, times in milliseconds since 1970."""

from __future__ import annotations

from decimal import Decimal


def text(value: Decimal | None) -> str | None:
    """Without trailing zeros, never in powers of ten."""
    if value is None:
        return None
    return f"{value.normalize():f}" if value else "0"


def milliseconds(at_ns: int | None) -> float | None:
    """To the microsecond."""
    return None if at_ns is None else at_ns // 1000 / 1000
