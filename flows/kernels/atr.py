"""The average true range.

J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978): the true range is the greatest of high less low,
high from the last close, and low from the last close; its average begins as the mean of the first n, and goes on as
`(average * (n - 1) + range) / n`.
"""

from __future__ import annotations

from flows.contracts.records import AtrState

EMPTY = AtrState(count=0, average=0.0, close=None)


def add(state: AtrState, period: int, high: int, low: int, close: int) -> AtrState:
    """The state after one more bar, of prices in the instrument's units."""
    if state.close is None:
        return AtrState(0, 0.0, close)
    last = float(state.close)
    moved = max(float(high) - float(low), abs(float(high) - last), abs(float(low) - last))
    length = float(period)
    if state.count == period:
        return AtrState(period, (state.average * (length - 1.0) + moved) / length, close)
    count, total = state.count + 1, state.average + moved
    return AtrState(count, total / length if count == period else total, close)


def average(state: AtrState, period: int) -> float | None:
    """In the instrument's units; None before the `period`-th range."""
    return state.average if state.count == period else None
