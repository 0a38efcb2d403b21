"""Arithmetic that both twins do in the same way."""

from __future__ import annotations

REST = 1e-150
"""Averages of a series that came to rest die away without end, and below 2.2e-308 each step takes a processor a hundred
times as long. What is nearer to zero than this is zero: its square is still no denormal."""

STILL = 1e-100
"""Averages of which the ratio counts are left as they are below this, where nothing moves: well above REST."""
LARGE = 1e150
"""What grows by factors stays below this."""


def rested(value: float) -> float:
    """Zero for what is nearer to it than REST."""
    return 0.0 if abs(value) < REST else value


def ratio(of: float, by: float, flat: float) -> float:
    """The quotient; `flat` where there is nothing to divide by: what is nearer to zero than REST is nothing."""
    return flat if abs(by) < REST else of / by


def true_range(high: float, low: float, previous_close: float) -> float:
    """The greatest distance that the price went since the last close."""
    moved = max(abs(high - previous_close), abs(low - previous_close))
    return max(high - low, moved)


def typical(high: float, low: float, close: float) -> float:
    """The mean of high, low and close."""
    return (high + low + close) / 3.0


def sign(value: float) -> float:
    """1, -1, or 0 of zero."""
    if value > 0.0:
        return 1.0
    return -1.0 if value < 0.0 else 0.0
